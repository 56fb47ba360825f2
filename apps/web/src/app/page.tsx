/** The start page: what this is, the mode in force, and why one way works and the other does not. */
import { cookiePolicy } from '@footbridge/core';
import Link from 'next/link';
import { connection } from 'next/server';
import { webSettings } from '../env.ts';
import { FlowDiagram } from '../flow/flow-diagram.tsx';
import { bridgedWay, naiveWay } from '../flow/flows.ts';
import { getSnapshot } from '../session.ts';
import styles from './page.module.css';

export default async function HomePage() {
  const session = await getSnapshot();
  return (
    <div className={styles.page}>
      <div className={styles.opening}>
        <div className={styles.hero}>
          <h1 className={styles.title}>Two domains, one session</h1>
          <p className={styles.lead}>
            An API on another domain can set all the httpOnly cookies it likes: your frontend&rsquo;s middleware never
            sees one. Footbridge gives the frontend a first-party session of its own, sealed, and verified locally.
          </p>
          <p className={styles.actions}>
            {session.status === 'authenticated' ? (
              <Link className="button" href="/private" prefetch={false}>
                Open the private page
              </Link>
            ) : (
              <>
                <Link className="button" href="/login">
                  Log in
                </Link>
                <Link className="button quiet" href="/register">
                  Create an account
                </Link>
              </>
            )}
          </p>
        </div>
        <ModeInForce />
      </div>

      <section className={styles.ways} aria-labelledby="ways">
        <h2 id="ways">Why one works and the other cannot</h2>
        <div className={styles.pair}>
          <FlowDiagram flow={naiveWay} />
          <FlowDiagram flow={bridgedWay} />
        </div>
      </section>
    </div>
  );
}

/** What this very process runs with; read at the request, never at the build. */
async function ModeInForce() {
  await connection();
  const { cookieMode, webOrigin, apiOrigin } = webSettings();
  const { name, attributes } = cookiePolicy({ publicOrigin: webOrigin, mode: cookieMode });
  const flags = ['HttpOnly', ...(attributes.secure ? ['Secure'] : []), `SameSite=${attributes.sameSite}`];
  return (
    <section className={styles.mode} aria-labelledby="mode">
      <h2 id="mode" className={styles.modeTitle}>
        Mode in force <code className={styles.badge}>{cookieMode}</code>
      </h2>
      <p className="muted">The frontend sets the cookie on its own host, and the browser talks to nobody else.</p>
      <dl className={styles.facts}>
        <dt>Frontend</dt>
        <dd className="mono">{webOrigin}</dd>
        <dt>API</dt>
        <dd className="mono">{apiOrigin}</dd>
        <dt>Cookie</dt>
        <dd className="mono">{[name, ...flags].join('; ')}</dd>
      </dl>
    </section>
  );
}
