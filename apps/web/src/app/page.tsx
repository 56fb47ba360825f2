/** The start page: what this is, the mode in force, and why one way works and the other does not. */
import { type CookiePolicy, cookiePolicies } from '@footbridge/core';
import Link from 'next/link';
import { connection } from 'next/server';
import { cookieModeOf } from '../cookie-mode.ts';
import { webSettings } from '../env.ts';
import { FlowDiagram } from '../flow/flow-diagram.tsx';
import { bridgedWay, naiveWay, sharedWay } from '../flow/flows.ts';
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
        <h2 id="ways">Why one cannot work and two do</h2>
        <div className={styles.pair}>
          <FlowDiagram flow={naiveWay} />
          <FlowDiagram flow={bridgedWay} />
          <FlowDiagram flow={sharedWay} />
        </div>
      </section>
    </div>
  );
}

const modeTexts = {
  proxy: 'The frontend sets the cookie on its own host, and the browser talks to nobody else.',
  'shared-domain': 'Either app sets the cookies for every subdomain, and the browser talks to both.',
} as const;

/** What this very process runs with; read at the request, never at the build. */
async function ModeInForce() {
  await connection();
  const settings = webSettings();
  const { cookieMode, webOrigin, apiOrigin } = settings;
  const policies = cookiePolicies({ publicOrigin: webOrigin, cookies: cookieModeOf(settings) });
  return (
    <section className={styles.mode} aria-labelledby="mode">
      <h2 id="mode" className={styles.modeTitle}>
        Mode in force <code className={styles.badge}>{cookieMode}</code>
      </h2>
      <p className="muted">{modeTexts[cookieMode]}</p>
      <dl className={styles.facts}>
        <dt>Frontend</dt>
        <dd className="mono">{webOrigin}</dd>
        <dt>API</dt>
        <dd className="mono">{apiOrigin}</dd>
        <dt>{policies.length === 1 ? 'Cookie' : 'Cookies'}</dt>
        {policies.map((policy) => (
          <dd key={policy.name} className="mono">
            {described(policy)}
          </dd>
        ))}
      </dl>
    </section>
  );
}

function described({ name, attributes: { domain, secure, sameSite } }: CookiePolicy): string {
  const scope = domain === undefined ? [] : [`Domain=${domain}`];
  return [name, ...scope, 'HttpOnly', ...(secure ? ['Secure'] : []), `SameSite=${sameSite}`].join('; ');
}
