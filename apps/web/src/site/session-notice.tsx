'use client';
/** Tells every open page when its session has ended elsewhere. */
import { SessionEndedNotice } from '@footbridge/next/client';
import { usePathname } from 'next/navigation';
import { pagesThatLeadIn } from './pages-that-lead-in.ts';
import styles from './site.module.css';

export function SessionNotice() {
  const pathname = usePathname();
  if (pagesThatLeadIn.has(pathname)) return null;
  // During a client-side navigation the address is still the last page's.
  const isAddress = typeof location !== 'undefined' && location.pathname === pathname;
  return <SessionEndedNotice className={styles.notice} path={pathname + (isAddress ? location.search : '')} />;
}
