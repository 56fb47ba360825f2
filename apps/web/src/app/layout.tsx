/** The document around every page. */
import { SessionProvider } from '@footbridge/next/client';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { Footer } from '../site/footer.tsx';
import { Header } from '../site/header.tsx';
import { SessionNotice } from '../site/session-notice.tsx';
import { getSnapshot } from '../session.ts';
import styles from '../site/site.module.css';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Footbridge', template: '%s · Footbridge' },
  description: 'A first-party, httpOnly session for a frontend whose API lives on another domain.',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fbfaf7' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1315' },
  ],
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <a href="#content" className={styles.skip}>
          Skip to content
        </a>
        <SessionProvider initial={await getSnapshot()}>
          <Header />
          <SessionNotice />
          <main id="content" tabIndex={-1}>
            {children}
          </main>
          <Footer />
        </SessionProvider>
      </body>
    </html>
  );
}
