/** Looks for many secrets in much text, in every form in which one might have got into it. */
import type { Secret } from './secrets.ts';

/** A secret that was found, and the form that it had; never its value. */
export interface Finding {
  readonly what: string;
  readonly form: string;
}

/** Bytes of a form that are looked for: its end, for the beginnings of tokens are all alike. */
const windowBytes = 12;
const bloomBits = 24;
const factor = 0x01000193; // any odd number that spreads well

const forms: Readonly<Record<string, (value: string) => string>> = {
  'as it is': (value) => value,
  'URL-encoded': (value) => encodeURIComponent(value),
  'form-encoded': (value) => new URLSearchParams([['', value]]).toString().slice(1),
  'in JSON': (value) => JSON.stringify(value).slice(1, -1),
  'in base64': (value) => Buffer.from(value).toString('base64').replace(/=+$/, ''),
  'in base64url': (value) => Buffer.from(value).toString('base64url'),
  'in hexadecimal': (value) => Buffer.from(value).toString('hex'),
};

interface Form extends Finding {
  readonly bytes: Buffer;
}

/** Prepares the search; values of less than twelve bytes are not looked for: words of every day look like them. */
export function createSearch(secrets: readonly Secret[]): (text: Buffer) => readonly Finding[] {
  const byHash = new Map<number, Form[]>();
  const bloom = new Uint8Array(1 << (bloomBits - 3));
  for (const form of secrets.flatMap(formsOf)) {
    const hash = hashOf(form.bytes, form.bytes.length - windowBytes);
    const slot = hash >>> (32 - bloomBits);
    bloom[slot >>> 3] = (bloom[slot >>> 3] ?? 0) | (1 << (slot & 7));
    byHash.set(hash, [...(byHash.get(hash) ?? []), form]);
  }

  const leaving = power(factor, windowBytes);
  return (text) => {
    const found = new Map<Form, Finding>();
    if (text.length < windowBytes) return [];
    let hash = hashOf(text, 0);
    for (let end = windowBytes; ; end += 1) {
      const slot = hash >>> (32 - bloomBits);
      if (((bloom[slot >>> 3] ?? 0) & (1 << (slot & 7))) !== 0) {
        for (const form of byHash.get(hash) ?? []) {
          const start = end - form.bytes.length;
          if (start >= 0 && form.bytes.equals(text.subarray(start, end))) found.set(form, form);
        }
      }
      if (end >= text.length) break;
      hash = (Math.imul(hash, factor) + (text[end] ?? 0) - Math.imul(leaving, text[end - windowBytes] ?? 0)) >>> 0;
    }
    return Array.from(found.values(), ({ what, form }) => ({ what, form }));
  };
}

function formsOf({ what, value }: Secret): Form[] {
  if (Buffer.byteLength(value) < windowBytes) return [];
  const seen = new Set<string>();
  return Object.entries(forms).flatMap(([form, encode]) => {
    const encoded = encodable(encode, value);
    if (encoded === undefined || seen.has(encoded)) return [];
    seen.add(encoded);
    return [{ what, form, bytes: Buffer.from(encoded) }];
  });
}

/** What a fuzzer sends may have no URL-encoded form at all. */
function encodable(encode: (value: string) => string, value: string): string | undefined {
  try {
    return encode(value);
  } catch {
    return undefined;
  }
}

function hashOf(bytes: Buffer, start: number): number {
  let hash = 0;
  for (let index = start; index < start + windowBytes; index += 1) {
    hash = (Math.imul(hash, factor) + (bytes[index] ?? 0)) >>> 0;
  }
  return hash;
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let step = 0; step < exponent; step += 1) result = Math.imul(result, base) >>> 0;
  return result;
}
