/** Top of every page: where one can go, and who is logged in. */
import Link from 'next/link';
import { getSession } from '../session.ts';
import { Mark } from './mark.tsx';
import { NavigationLink } from './navigation-link.tsx';
import styles from './site.module.css';

/** The banner. It reports the session, it protects nothing: layouts do not render again on a client navigation. */
export async function Header() {
  const session = await getSession();
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <Link className={styles.brand} href="/">
          <Mark />
          Footbridge
        </Link>
        <nav aria-label="Main" className={styles.navigation}>
          <NavigationLink href="/private">Private page</NavigationLink>
          {session.kind === 'authenticated' ? null : (
            <>
              <NavigationLink href="/login">Log in</NavigationLink>
              <NavigationLink href="/register">Register</NavigationLink>
            </>
          )}
        </nav>
        {session.kind === 'authenticated' ? <Account email={session.user.email} /> : null}
      </div>
    </header>
  );
}

/** A real form: logging out works without a script, and no link can be prefetched into it. */
function Account({ email }: { readonly email: string }) {
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
