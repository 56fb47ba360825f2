'use client';
/** One entry of the main navigation; it knows whether it is the page on show. */
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

/** Never prefetched: the client router would keep the guard's redirect of somebody who was not logged in yet. */
export function NavigationLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const isHere = usePathname() === href;
  return (
    <Link href={href} prefetch={false} aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  );
}
