/** The document around every page. */
import { type ApiMode, SessionProvider } from '@footbridge/next/client';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { type WebSettings, webSettings } from '../env.ts';
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
  const initial = await getSnapshot(); // first: it ends a prerender before settings are read
  return (
    <html lang="en">
      <body>
        <a href="#content" className={styles.skip}>
          Skip to content
        </a>
        <SessionProvider initial={initial} api={apiMode(webSettings())}>
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

/** Where scripts call the API: read at run time, so that one build serves either mode. */
function apiMode({ cookieMode, apiOrigin }: WebSettings): ApiMode {
  return cookieMode === 'proxy' ? { mode: cookieMode } : { mode: cookieMode, origin: apiOrigin };
}
