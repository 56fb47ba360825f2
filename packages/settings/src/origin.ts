/** The rule that keeps sessions off plain http outside the machine (RFC 6265bis, section 8.3). */
import type { Mode } from './mode.ts';
import type { Problem } from './problem.ts';

const loopbackAddress = /^(127(\.\d{1,3}){3}|\[::1\])$/;

function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || loopbackAddress.test(hostname);
}

/** The problem of a plain http origin that leaves the machine in production, or `undefined` where there is none. */
export function insecureOrigin(setting: string, origin: string, mode: Mode): Problem | undefined {
  const { protocol, hostname } = new URL(origin);
  const isExposed = mode === 'production' && protocol === 'http:' && !isLocal(hostname);
  if (!isExposed) return undefined;
  return {
    setting,
    rule: 'a plain http: origin is allowed in production only on loopback or *.localhost',
    remedy: 'serve it over https: and say so here',
  };
}
