/** Spelled otherwise than it was issued, or too much of it (RFC 4648, section 3.5; RFC 7515, section 7; RFC 8725, section 3.6). */
import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { encode, issueToken, withPart } from './forge.ts';
import type { Target, TokenAttack } from './target.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes in another spelling: the last of 86 characters has four bits to spare. */
function otherSpelling(token: string): string {
  const last = alphabet.indexOf(token.at(-1) ?? '');
  return token.slice(0, -1) + alphabet[last + 1];
}

const spellings: readonly (readonly [what: string, of: (token: string) => string])[] = [
  ['spare bits that are not zero', otherSpelling],
  ['padding', (token) => `${token}==`],
  ['padding on every part', (token) => token.replaceAll('.', '=.')],
  ['a space before it', (token) => ` ${token}`],
  ['a line break in it', (token) => token.replace('.', '.\n')],
  ['a tab in it', (token) => token.replace('.', '\t.')],
  ['a NUL after it', (token) => `${token}\0`],
  ['percent signs', (token) => token.replaceAll('.', '%2E')],
  ['a dot before it', (token) => `.${token}`],
  ['a dot after it', (token) => `${token}.`],
  ['a comma and itself', (token) => `${token},${token}`],
  ['a fourth part', (token) => `${token}.e30`],
  ['a fifth part', (token) => `${token}.e30.e30`],
  ['two parts', (token) => token.split('.').slice(0, 2).join('.')],
  ['one part', (token) => token.replaceAll('.', '')],
  ['dots alone', () => '..'],
  ['letters of another alphabet', (token) => token.replace('e', '\u0435')],
  ['quotation marks', (token) => `"${token}"`],
  ['a JSON form', flattened],
];

function flattened(token: string): string {
  const [header, payload, signature] = token.split('.');
  return JSON.stringify({ protected: header, payload, signature });
}

const misspelt: TokenAttack[] = spellings.map(([name, of]) => ({
  name,
  forge: (target) => of(issueToken(target)),
}));

const standardAlphabet: TokenAttack = {
  name: 'the alphabet of base64',
  forge: (target) => {
    const signed = Array.from({ length: 200 }, (_, index) => issueToken(target, { claims: { n: index } }));
    const token = signed.find((candidate) => /[-_]/.test(candidate)) ?? '';
    return token.replaceAll('-', '+').replaceAll('_', '/');
  },
};

const large: TokenAttack[] = [
  { name: 'a payload of 20 kB', forge: (target) => issueToken(target, { claims: { padding: 'x'.repeat(20_000) } }) },
  { name: 'a megabyte of zeros', forge: () => `${'A'.repeat(1_000_000)}.e30.e30` },
  { name: 'a hundred thousand dots', forge: () => '.'.repeat(100_000) },
  { name: 'a signature of 10 kB', forge: (target) => withPart(issueToken(target), 2, encode(Buffer.alloc(10_000))) },
];

/** An attacker can encrypt to a public key, or with a key of their own. */
function encrypted({ claims, kid }: Target, header: Readonly<Record<string, unknown>>, plaintext?: Buffer): string {
  const key = Buffer.from(hkdfSync('sha256', 'the attacker’s key', '', 'jwe', 32));
  const head = encode(JSON.stringify({ enc: 'A256GCM', typ: 'at+jwt', kid, ...header }));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(head));
  const text = Buffer.concat([cipher.update(plaintext ?? JSON.stringify(claims)), cipher.final()]);
  return [head, '', encode(nonce), encode(text), encode(cipher.getAuthTag())].join('.');
}

const bomb = deflateRawSync(Buffer.alloc(10_000_000));
const salt = encode(Buffer.alloc(16));

const jwe: TokenAttack[] = [
  { name: 'encryption with a key of its own', forge: (target) => encrypted(target, { alg: 'dir' }) },
  { name: 'encryption in ES256’s name', forge: (target) => encrypted(target, { alg: 'ES256' }) },
  { name: 'a zip bomb in it', forge: (target) => encrypted(target, { alg: 'dir', zip: 'DEF' }, bomb) },
  {
    name: 'two milliards of password rounds',
    forge: (target) => encrypted(target, { alg: 'PBES2-HS256+A128KW', p2c: 2_147_483_647, p2s: salt }),
  },
  {
    name: 'encryption to the public key',
    forge: (target) => encrypted(target, { alg: 'ECDH-ES', epk: target.publicKey.export({ format: 'jwk' }) }),
  },
];

/** Attacks by spelling, size and encryption. */
export const encodingAttacks: readonly TokenAttack[] = [...misspelt, standardAlphabet, ...large, ...jwe];
