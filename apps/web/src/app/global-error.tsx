'use client';
/** What stands in for the whole document when even its frame could not be rendered. */
import { Message } from '../site/message.tsx';
import './globals.css';

export default function GlobalError({ retry }: { readonly retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <main>
          <Message title="Something went wrong">
            <p>The page could not be shown. Trying again may be enough.</p>
            <button className="button" type="button" onClick={retry}>
              Try again
            </button>
          </Message>
        </main>
      </body>
    </html>
  );
}
