'use client';
/** A link between pages of the logged-in: it shows that it was followed while the next page is on its way. */
import Link, { useLinkStatus } from 'next/link';
import type { ReactNode } from 'react';
import styles from './site.module.css';

interface PageLinkProps {
  readonly href: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Prefetched, for it stands on pages alone that only somebody logged in can see. */
export function PageLink({ href, className, children }: PageLinkProps) {
  return (
    <Link href={href} className={className}>
      <Followed>{children}</Followed>
    </Link>
  );
}

/** No skeleton of the next page: it would be streamed, and without a script nothing takes its place. */
function Followed({ children }: { readonly children: ReactNode }) {
  const { pending } = useLinkStatus();
  return <span className={pending ? styles.followed : undefined}>{children}</span>;
}
