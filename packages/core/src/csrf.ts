/** Refuses requests that another site made a browser send, before any cookie is read (Fetch Metadata; RFC 6454). */
import { headers } from '@footbridge/contracts';

/** Whether a request is from our own pages; `reason` names the evidence against it, for the log. */
export type OriginJudgement =
  | { readonly kind: 'own' }
  | { readonly kind: 'foreign'; readonly reason: 'sec_fetch_site' | 'origin' | 'unmarked' };

/** Whose pages may ask. */
export interface OriginRules {
  /** Exactly as a browser sends them: scheme, host and port, no slash at the end. */
  readonly origins: readonly string[];
  /**
   * Whether the pages are on other subdomains than what they ask. Then `same-site` is not enough, for every subdomain is
   * that: a write must name its `Origin`, and whatever names one must name ours.
   */
  readonly acceptsSameSite?: boolean;
}

/** What is judged: a Web `Request`, or the same seen in another framework. */
export interface JudgedRequest {
  readonly method: string;
  readonly headers: Pick<Headers, 'get'>;
}

/**
 * Judges where a request comes from by the strongest evidence at hand: `Sec-Fetch-Site`, which no page can forge;
 * without it `Origin`; without both a header that a form cannot send and that CORS keeps other sites from sending.
 */
export function judgeOrigin(request: JudgedRequest, rules: OriginRules): OriginJudgement {
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin'); // `null`, the origin of sandboxed frames, is present and wrong
  const isOurs = origin !== null && rules.origins.includes(origin);
  if (site === 'same-site' && rules.acceptsSameSite === true) {
    const isHarmless = origin === null && isRead(request);
    return isOurs || isHarmless ? own : foreign('origin');
  }
  if (site !== null) return isOwnSite(site, request) ? own : foreign('sec_fetch_site');
  if (origin !== null) return isOurs ? own : foreign('origin');
  return request.headers.get(headers.csrf) === '1' ? own : foreign('unmarked');
}

/** `none` is the person's own doing (address bar, bookmark), which can only be a GET; `same-site` is a neighbour. */
function isOwnSite(site: string, request: JudgedRequest): boolean {
  return site === 'same-origin' || (site === 'none' && isRead(request));
}

function isRead({ method }: JudgedRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

const own: OriginJudgement = { kind: 'own' };

function foreign(reason: 'sec_fetch_site' | 'origin' | 'unmarked'): OriginJudgement {
  return { kind: 'foreign', reason };
}
