/** Whose request this is, by the proxies that are trusted to say (`X-Forwarded-For`, RFC 7239, section 5.2). */

/** What the host saw, and how far it may be believed. */
export interface ClientAddressOptions {
  /** The `X-Forwarded-For` header as received. */
  forwardedFor: string | null;
  /** The socket's peer, where the host knows it. */
  peer?: string | undefined;
  /** Own proxies in front of this server. Each appends one entry on the right; the rest is the client's word. */
  trustedHops: number;
}

/** The end user's IP address in canonical form, or `undefined` when nobody trustworthy says. */
export function clientAddress(options: ClientAddressOptions): string | undefined {
  if (options.trustedHops === 0) return canonicalAddress(options.peer ?? '');
  const entries = (options.forwardedFor ?? '').split(',');
  return canonicalAddress(entries.at(-options.trustedHops) ?? '');
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const withPort = /^(?<ipv4>[0-9.]+):\d{1,5}$|^\[(?<ipv6>[0-9a-f:.]+)\](?::\d{1,5})?$/i;

function canonicalAddress(entry: string): string | undefined {
  const text = entry.trim();
  const parts = withPort.exec(text)?.groups;
  const address = parts?.['ipv4'] ?? parts?.['ipv6'] ?? text;
  return ipv4.test(address) ? address : canonicalIpv6(address);
}

/** The URL parser is the one validator of IPv6 that every runtime has; it writes the form of RFC 5952. */
function canonicalIpv6(address: string): string | undefined {
  const mayBeIpv6 = /^[0-9a-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]/`);
  if (!mayBeIpv6) return undefined;
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  return mappedIpv4(canonical) ?? canonical;
}

/** `::ffff:7f00:1` is 127.0.0.1 on a dual-stack socket: one person, one address. */
function mappedIpv4(canonical: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const words = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return words.flatMap((word) => [word >> 8, word & 255]).join('.');
}
