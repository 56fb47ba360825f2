/** Refuses requests that another site made a browser send, before any cookie is read (Fetch Metadata; RFC 6454). */
import { headers } from '@footbridge/contracts';

/** Whether a request is from our own pages; `reason` names the evidence against it, for the log. */
export type OriginJudgement =
  | { readonly kind: 'own' }
  | { readonly kind: 'foreign'; readonly reason: 'sec_fetch_site' | 'origin' | 'unmarked' };

/**
 * Judges where a request comes from by the strongest evidence at hand: `Sec-Fetch-Site`, which no page can forge;
 * without it `Origin`; without both a header that a form cannot send and that CORS keeps other sites from sending.
 */
export function judgeOrigin(request: Request, publicOrigin: string): OriginJudgement {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return isOwnSite(site, request.method) ? { kind: 'own' } : foreign('sec_fetch_site');

  const origin = request.headers.get('origin'); // `null`, the origin of sandboxed frames, is present and wrong
  if (origin !== null) return origin === publicOrigin ? { kind: 'own' } : foreign('origin');

  return request.headers.get(headers.csrf) === '1' ? { kind: 'own' } : foreign('unmarked');
}

/** `none` is the person's own doing (address bar, bookmark), which can only be a GET; `same-site` is a neighbour. */
function isOwnSite(site: string, method: string): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  return site === 'same-origin' || (site === 'none' && isRead);
}

function foreign(reason: 'sec_fetch_site' | 'origin' | 'unmarked'): OriginJudgement {
  return { kind: 'foreign', reason };
}
