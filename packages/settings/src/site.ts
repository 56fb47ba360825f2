/** What a host is to a browser that is to keep a cookie for several hosts (Public Suffix List, private section too). */
import { isIP } from 'node:net';
import { parse } from 'tldts';

/** Only hosts of one `site` can share a cookie, and only for that `registrableDomain` or a name below it. */
export type HostKind =
  | { readonly kind: 'address' }
  | { readonly kind: 'single-label' }
  | { readonly kind: 'public-suffix' }
  | { readonly kind: 'site'; readonly registrableDomain: string; readonly publicSuffix: string };

/** Says what a host name is, as `URL` writes it: lower case, IPv6 in brackets, international names in punycode. */
export function hostKind(hostname: string): HostKind {
  if (isAddress(hostname)) return { kind: 'address' };
  if (!hostname.includes('.')) return { kind: 'single-label' };
  const { domain, publicSuffix } = parse(hostname, { allowPrivateDomains: true });
  if (domain === null || publicSuffix === null) return { kind: 'public-suffix' };
  return { kind: 'site', registrableDomain: domain, publicSuffix };
}

/** An IP address, with or without the brackets of a URL. */
export function isAddress(text: string): boolean {
  return isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
