/** What is signed is not what is said, or nothing is signed at all (CVE-2022-21449; RFC 7518, section 3.4). */
import { sign } from 'node:crypto';
import { encode, issueToken, signES256, signingInput, withPart } from './forge.ts';
import type { Target, TokenAttack } from './target.ts';

const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const zero = Buffer.alloc(32);
const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])]);

const bytesOf = (token: string): Buffer => Buffer.from(token.split('.')[2] ?? '', 'base64url');

const signatures: readonly (readonly [what: string, of: (target: Target) => Uint8Array | string])[] = [
  ['no signature', () => ''],
  ['a signature of zeros', () => Buffer.concat([zero, zero])],
  ['r of zero', (target) => Buffer.concat([zero, bytesOf(issueToken(target)).subarray(32)])],
  ['s of zero', (target) => Buffer.concat([bytesOf(issueToken(target)).subarray(0, 32), zero])],
  ['r and s of the group’s order', () => Buffer.concat([order, order])],
  ['r and s of one', () => Buffer.concat([one, one])],
  ['a signature of ones', () => Buffer.alloc(64, 255)],
  ['a signature in DER', (target) => sign('sha256', Buffer.from(signingInput(target)), target.privateKey)],
  ['half a signature', (target) => bytesOf(issueToken(target)).subarray(0, 32)],
  ['a signature short of a byte', (target) => bytesOf(issueToken(target)).subarray(0, 63)],
  ['a signature and a byte more', (target) => Buffer.concat([bytesOf(issueToken(target)), Buffer.from([0])])],
  [
    'a signature with one bit turned',
    (target) => bytesOf(issueToken(target)).map((byte, at) => (at === 5 ? byte ^ 1 : byte)),
  ],
  ['the signature of another token', (target) => bytesOf(issueToken(target, { claims: { jti: 'another' } }))],
  [
    'the signature of its payload alone',
    (target) => signES256(signingInput(target).split('.')[1] ?? '', target.privateKey),
  ],
];

const swapped: TokenAttack[] = signatures.map(([name, of]) => ({
  name,
  forge: (target) => {
    const signature = of(target);
    return `${signingInput(target)}.${typeof signature === 'string' ? signature : encode(signature)}`;
  },
}));

const altered: TokenAttack[] = [
  {
    name: 'a role that was signed otherwise',
    forge: (target) => withPart(issueToken(target), 1, encode(JSON.stringify({ ...target.claims, role: 'admin' }))),
  },
  {
    name: 'a session that was signed otherwise',
    forge: (target) => withPart(issueToken(target), 1, encode(JSON.stringify({ ...target.claims, sid: 'another' }))),
  },
  {
    name: 'a header with a space more than was signed',
    forge: (target) =>
      withPart(
        issueToken(target),
        0,
        encode(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: target.kid }, null, 1)),
      ),
  },
];

/** Attacks on the signature. */
export const signatureAttacks: readonly TokenAttack[] = [...swapped, ...altered];
