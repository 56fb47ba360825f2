/** Which part of a content a `Range` header asks for (RFC 9110, section 14.1.2): exactly one range of bytes, or all. */
import type { ByteRange } from '../../notes/attachments.ts';

const grammar = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;

/** What to send. A header that is malformed, or asks for several ranges, is ignored as the RFC allows. */
export type Part =
  | { readonly kind: 'whole' }
  | { readonly kind: 'range'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

/** Judges the header for a content of `size` bytes. */
export function partOf(header: string | undefined, size: number): Part {
  const [matched, first = '', last = '', suffix = ''] = grammar.exec(header ?? '') ?? [];
  if (matched === undefined) return { kind: 'whole' };
  if (suffix !== '') return satisfiable({ start: Math.max(0, size - Number(suffix)), end: size - 1 });

  const isBackwards = last !== '' && Number(last) < Number(first);
  if (isBackwards) return { kind: 'whole' };
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return satisfiable({ start: Number(first), end });
}

function satisfiable(range: ByteRange): Part {
  return range.start <= range.end ? { kind: 'range', range } : { kind: 'unsatisfiable' };
}
