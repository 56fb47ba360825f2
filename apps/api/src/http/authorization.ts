/** Reads the `Authorization` header (RFC 9110, section 11.6.2): a bearer token, or a client's credential. */
import type { Request } from 'express';

const bearerGrammar = /^Bearer +([\w.~+/-]+=*)$/i; // RFC 6750, section 2.1
const bearerScheme = /^Bearer(?:\s|$)/i;
const basicGrammar = /^Basic +([\w.~+/-]+=*)$/i; // RFC 7617, section 2

/** What the header says about a bearer. */
export type BearerHeader =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' };

/** Reads a bearer token. Two headers are malformed: Node would keep the first, a proxy before it may trust the last. */
export function readBearer(request: Request): BearerHeader {
  const values = request.headersDistinct['authorization'] ?? [];
  if (!values.some((value) => bearerScheme.test(value))) return { kind: 'none' };
  const [value, ...others] = values;
  const token = others.length === 0 ? bearerGrammar.exec(value ?? '')?.[1] : undefined;
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token };
}

/** Reads the user-id and password of exactly one Basic header, or `undefined`. */
export function readBasic(request: Request): { readonly id: string; readonly secret: string } | undefined {
  const [value, ...others] = request.headersDistinct['authorization'] ?? [];
  const encoded = others.length === 0 ? basicGrammar.exec(value ?? '')?.[1] : undefined;
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
