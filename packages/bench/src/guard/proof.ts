/** What must hold before anything is timed: every frontend does its job, for visitors and for strangers. */
import type { Frontend, Visitor } from './site.ts';
import type { Variant } from './variants.ts';

/** Asks each frontend twice. Throws where status or body are not what its proxy owes. */
export async function prove(frontends: readonly Frontend[], { cookieHeader, sessions }: Visitor): Promise<void> {
  const shown: Record<Variant, string> = { empty: 'nobody', guarded: sessions.sealed, asking: sessions.bare };
  for (const { variant, page } of frontends) {
    const visit = await fetch(page, { headers: { cookie: cookieHeader, accept: 'text/html' }, redirect: 'manual' });
    const body = await visit.text();
    if (visit.status !== 200 || !body.includes(`<output>${shown[variant]}</output>`)) {
      throw new Error(`${variant} answered its visitor ${visit.status}, without the session it should have seen`);
    }
    const stranger = await fetch(page, { headers: { accept: 'text/html' }, redirect: 'manual' });
    const isAsOwed = stranger.status === (variant === 'empty' ? 200 : 307);
    if (!isAsOwed) throw new Error(`${variant} answered a stranger ${stranger.status}`);
  }
}
