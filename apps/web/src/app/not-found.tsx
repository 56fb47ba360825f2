/** A path that leads nowhere; without a session the guard has asked for a login first. */
import type { Metadata } from 'next';
import Link from 'next/link';
import { Message } from '../site/message.tsx';

export const metadata: Metadata = { title: 'Nothing here' };

export default function NotFound() {
  return (
    <Message title="There is nothing here">
      <p>The address may be mistyped, or the page has gone.</p>
      <Link className="button" href="/">
        Back to the start
      </Link>
    </Message>
  );
}
