/** Reads `COOKIE_DOMAIN`, the `Domain` attribute of what every subdomain shares (RFC 6265bis, section 5.6.3). */
import type { Problem } from './problem.ts';
import { isAddress } from './site.ts';

/** A name as cookies carry it, or why there is none. */
export type CookieDomain =
  | { readonly kind: 'domain'; readonly name: string }
  | { readonly kind: 'unset' }
  | { readonly kind: 'malformed'; readonly problem: Problem };

const setting = 'COOKIE_DOMAIN';

/** What people paste that is more than a name. An earlier row wins: the path of a URL is not its mistake. */
const surplus = [
  ['a scheme', /^[a-z][a-z0-9+.-]*:\/\//i],
  ['a user name', /@/],
  ['a path', /[/\\?#]/],
  ['a space', /\s/],
  ['a wildcard', /\*/],
  ['a port', /:\d*$/],
  ['a trailing dot', /.\.$/],
] as const;

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const hostName = new RegExp(String.raw`^(?=.{1,253}$)${label}(?:\.${label})*$`);

/** Drops a leading dot, lowers the case, writes international names in punycode. */
export function readCookieDomain(text: string | undefined): CookieDomain {
  if (text === undefined) return { kind: 'unset' };
  const bare = text.replace(/^\./, '');
  if (isAddress(bare)) return address;

  const excess = surplus.find(([, pattern]) => pattern.test(bare));
  if (excess !== undefined) return malformed(`must be a domain name without ${excess[0]}`);

  const hostname = canonical(bare);
  if (isAddress(hostname)) return address; // 127.1, 2130706433 and 0x7f.1 are 127.0.0.1
  return hostName.test(hostname) ? { kind: 'domain', name: hostname } : malformed('must be a domain name');
}

/** The `Domain` of cookies that `readSettings` has found well-formed, if there is one. */
export function cookieDomainOf(text: string | undefined): string | undefined {
  const domain = readCookieDomain(text);
  return domain.kind === 'domain' ? domain.name : undefined;
}

/** As a browser reads a host; empty where it would read none. `URL` would decode percent signs, a name has none. */
function canonical(name: string): string {
  const url = `http://${name}`;
  return name.includes('%') || !URL.canParse(url) ? '' : new URL(url).hostname;
}

function malformed(rule: string): CookieDomain {
  return { kind: 'malformed', problem: { setting, rule, remedy: 'write the name alone, such as example.com' } };
}

const address: CookieDomain = {
  kind: 'malformed',
  problem: {
    setting,
    rule: 'must be a domain name, not an address',
    remedy: 'leave it unset with COOKIE_MODE=proxy, or give the apps a domain',
  },
};
