/** Top of every page: where one can go, and who is logged in. */
import Link from 'next/link';
import { Account } from './account.tsx';
import { Mark } from './mark.tsx';
import styles from './site.module.css';

/** The banner. It reports the session, it protects nothing: layouts do not render again on a client navigation. */
export function Header() {
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <Link className={styles.brand} href="/">
          <Mark />
          Footbridge
        </Link>
        <Account />
      </div>
    </header>
  );
}
