/** What must hold before anything is timed: bytes arrive unchanged both ways, and a token with them. */
import { digestOfNoise, noise, text } from '../../fixtures/relay-hops/payload.ts';
import type { RunningHop } from './hops.ts';
import type { Visitor } from './site.ts';

const uploadBytes = 64 * 1024;

interface VerifyAnswer {
  readonly data?: { readonly user?: { readonly email?: string } };
}

/** Asks each hop a few times. Throws where an answer is not what the upstream or the API would have given. */
export async function prove(running: readonly RunningHop[], { email }: Visitor): Promise<void> {
  for (const { name, hop, base, headers } of running) {
    if (name === 'customServer') await showPage(base);
    const read = await fetch(`${base}/bench/text`, { headers });
    if ((await read.text()) !== text) throw new Error(`${hop.title} changed what was read (${read.status})`);

    if (hop.asksNobody) continue;

    const verified = await fetch(`${base}/verify`, { headers });
    const { data }: VerifyAnswer = await verified.json();
    if (data?.user?.email !== email) throw new Error(`${hop.title} brought the API no token of its visitor`);

    const body = new Uint8Array(Buffer.concat([...noise(uploadBytes)]));
    const written = await fetch(`${base}/bench/digest`, { method: 'POST', headers, body });
    const isWhole = (await written.text()) === digestOfNoise(uploadBytes);
    if (!isWhole) throw new Error(`${hop.title} changed what was sent (${written.status})`);

    if (hop.adds !== "the session's token") continue;
    const { cookie: _cookie, ...anonymous } = headers;
    const stranger = await fetch(`${base}/bench/text`, { headers: anonymous });
    if (stranger.status !== 401) throw new Error(`${hop.title} answered a stranger ${stranger.status}`);
  }
}

/** A page turns on what Next.js does to every promise of its process from then on: the relay pays for that, too. */
async function showPage(base: string): Promise<void> {
  const page = await fetch(new URL('/login', base));
  if (!page.ok) throw new Error(`the frontend shows no page (${page.status})`);
}
