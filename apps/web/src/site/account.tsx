'use client';
/** The part of the header that depends on who is logged in: right in the first HTML, and when that changes later. */
import { useSession } from '@footbridge/next/client';
import { NavigationLink } from './navigation-link.tsx';
import styles from './site.module.css';

export function Account() {
  const session = useSession();
  const isLoggedIn = session.status === 'authenticated';
  return (
    <>
      <nav aria-label="Main" className={styles.navigation}>
        <NavigationLink href="/private">Private page</NavigationLink>
        {isLoggedIn ? null : (
          <>
            <NavigationLink href="/login">Log in</NavigationLink>
            <NavigationLink href="/register">Register</NavigationLink>
          </>
        )}
      </nav>
      {isLoggedIn ? <LogoutForm email={session.user.email} /> : null}
    </>
  );
}

/** A real form: logging out works without a script, and no link can be prefetched into it. */
function LogoutForm({ email }: { readonly email: string }) {
  return (
    <form method="post" action="/api/logout" className={styles.account}>
      <input type="hidden" name="returnTo" value="/" />
      <span className={styles.email} title={email}>
        {email}
      </span>
      <button type="submit" className={styles.logout}>
        Log out
      </button>
    </form>
  );
}
