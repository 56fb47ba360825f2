/** Whose address it is: a household or a host gets a whole IPv6 network, and may come from any address in it. */
import ipaddr from 'ipaddr.js';

/** The address itself in IPv4, also where IPv6 wraps it; the network of 64 bits in IPv6 (RFC 4291, section 2.5.4). */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${new ipaddr.IPv6(parsed.parts).toString()}/64`).toString();
}
