/** A moment for people and for programs. In UTC: the server does not know where the reader is. */
import type { ReactNode } from 'react';

const calendar = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

interface MomentProps {
  readonly at: Date;
  /** What stands behind it, such as the moment to the millisecond. */
  readonly children?: ReactNode;
}

/** A browser may write a date a little differently from this server: what the server wrote stays. */
export function Moment({ at, children }: MomentProps) {
  return (
    <time dateTime={at.toISOString()} suppressHydrationWarning>
      {calendar.format(at)} UTC
      {children}
    </time>
  );
}
