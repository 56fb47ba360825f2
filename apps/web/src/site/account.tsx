'use client';
/** The part of the header that depends on who is logged in: right in the first HTML, and when that changes later. */
import { useSession } from '@footbridge/next/client';
import { usePathname } from 'next/navigation';
import { NavigationLink } from './navigation-link.tsx';
import { pagesThatLeadIn } from './pages-that-lead-in.ts';
import styles from './site.module.css';

export function Account() {
  const session = useSession();
  const leadsIn = pagesThatLeadIn.has(usePathname());
  // A page keeps the person whom it was made for until they leave it; the pages that lead in are nobody's.
  const isKept = session.status === 'authenticated' || (session.status === 'ended' && !leadsIn);
  return (
    <>
      <nav aria-label="Main" className={styles.navigation}>
        <NavigationLink href="/private">Private page</NavigationLink>
        {isKept ? null : (
          <>
            <NavigationLink href="/login">Log in</NavigationLink>
            <NavigationLink href="/register">Register</NavigationLink>
          </>
        )}
      </nav>
      {isKept ? <LogoutForm email={session.user.email} /> : null}
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
