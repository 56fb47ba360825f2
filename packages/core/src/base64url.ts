/** base64url without padding, in its one canonical spelling (RFC 4648, sections 3.5 and 5). */

/**
 * Decoders ignore the unused low bits of the last character, so that several spellings decode to the same bytes.
 * Only one of them is canonical: the last character of a shorter group is one of those whose unused bits are zero.
 */
const canonical = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$/;

/** Whether every dot-separated part is canonical, so that a token changed at any character is another token. */
export function isCanonicalCompact(text: string, parts: number): boolean {
  const split = text.split('.');
  return split.length === parts && split.every((part) => canonical.test(part));
}
