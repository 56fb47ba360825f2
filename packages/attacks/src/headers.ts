/** The token chooses the key, or says what it is not (RFC 8725, sections 2.7, 2.8, 3.10 and 3.11). */
import { generateKeyPairSync } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { encode, issueToken, macToken, signES256, signingInput } from './forge.ts';
import type { Target, TokenAttack } from './target.ts';

const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const foreignJwk = { ...foreign.publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256', use: 'sig' };
const certificate = foreign.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const evil = 'https://evil.example';

const brought: readonly (readonly [what: string, header: Record<string, unknown>])[] = [
  ['its own key in jwk', { jwk: foreignJwk }],
  ['its own key in jwk, under our key id', { jwk: { ...foreignJwk, kid: undefined } }],
  ['a link to its own key set', { jku: `${evil}/jwks.json` }],
  ['a link to a key set of this machine', { jku: 'http://127.0.0.1:1/jwks.json' }],
  ['a link to a file', { jku: 'file:///etc/passwd' }],
  ['a link to its own certificate', { x5u: `${evil}/chain.pem` }],
  ['its own certificate', { x5c: [certificate] }],
  ['the thumbprint of its own certificate', { x5t: encode('thumbprint'), 'x5t#S256': encode('thumbprint') }],
];

const broughtKeys: TokenAttack[] = brought.flatMap(([what, header]) => [
  { name: what, forge: (target) => issueToken(target, { header, key: foreign.privateKey }) },
  {
    name: `${what}, and its own key id`,
    forge: (target) => issueToken(target, { header: { ...header, kid: 'mine' }, key: foreign.privateKey }),
  },
]);

const strangeIds: readonly unknown[] = [
  'mine',
  'A'.repeat(43),
  '../../../../../../dev/null',
  '..\\..\\windows\\win.ini',
  '/dev/null',
  '/proc/self/environ',
  `${evil}/key.pem`,
  "' OR '1'='1",
  '"; DROP TABLE "SigningKey"; --',
  '$(id)',
  '__proto__',
  'constructor',
  '\u0000',
  '',
  'k'.repeat(4096),
  0,
  null,
  undefined,
  ['mine'],
  { kid: 'mine' },
];

const strangeKeyIds: TokenAttack[] = strangeIds.map((kid) => ({
  name: kid === undefined ? 'no key id' : `the key id ${JSON.stringify(kid).slice(0, 50)}`,
  forge: (target) => issueToken(target, { header: { kid } }),
}));

const foreignKeys: TokenAttack[] = [
  { name: 'a foreign signature under our key id', forge: (target) => issueToken(target, { key: foreign.privateKey }) },
  {
    name: 'an empty file as key',
    forge: (target) => macToken({ ...target, kid: '../../../../dev/null' }, Buffer.alloc(0)),
  },
];

const critical: readonly (readonly [what: string, header: Record<string, unknown>])[] = [
  ['a critical extension that nobody knows', { crit: ['x'], x: true }],
  ['a critical extension that is not there', { crit: ['x'] }],
  ['a critical standard member', { crit: ['alg'] }],
  ['an empty list of critical extensions', { crit: [] }],
  ['critical extensions that are no list', { crit: 'exp' }],
  ['an unencoded payload', { crit: ['b64'], b64: false }],
];

const otherKinds: readonly unknown[] = [
  undefined,
  null,
  '',
  'JWT',
  'jwt',
  'at',
  'jwt+at',
  'at+jwt2',
  'application/jwt',
  'id_token+jwt',
  'logout+jwt',
  'secevent+jwt',
  'dpop+jwt',
  'refresh+jwt',
  ['at+jwt'],
];

const misnamed: TokenAttack[] = [
  ...critical.map(([name, header]) => ({ name, forge: (target: Target) => issueToken(target, { header }) })),
  ...otherKinds.map((typ) => ({
    name: typ === undefined ? 'no type' : `the type ${JSON.stringify(typ)}`,
    forge: (target: Target) => issueToken(target, { header: { typ } }),
  })),
  {
    name: 'the looks of an ID token',
    forge: (target) =>
      issueToken(target, { header: { typ: 'JWT' }, claims: { nonce: 'n', at_hash: 'h', auth_time: 1, aud: 'web' } }),
  },
  {
    name: 'a compressed payload',
    forge: (target) => {
      const payload = encode(deflateRawSync(JSON.stringify(target.claims)));
      const input = `${signingInput(target, { header: { zip: 'DEF' } }).split('.')[0]}.${payload}`;
      return `${input}.${signES256(input, target.privateKey)}`;
    },
  },
];

const broken: readonly (readonly [what: string, header: string])[] = [
  ['a header that is a list', '["ES256"]'],
  ['a header that is null', 'null'],
  ['a header that is a text', '"ES256"'],
  ['a header that is no JSON', '{"alg":"ES256"'],
  ['a header that is not UTF-8', '\u00ff\u00fe'],
  ['a header of ten thousand brackets', '['.repeat(10_000)],
  ['a header that names its algorithm twice', '{"alg":"ES256","typ":"at+jwt","kid":"KID","alg":"none"}'],
  ['a header that names its key twice', '{"alg":"ES256","typ":"at+jwt","kid":"KID","kid":"mine"}'],
  ['a header with a prototype of its own', '{"__proto__":{"alg":"ES256","typ":"at+jwt","kid":"KID"}}'],
];

const brokenHeaders: TokenAttack[] = broken.map(([name, header]) => ({
  name,
  forge: (target) => {
    const input = `${encode(Buffer.from(header.replaceAll('KID', target.kid), 'latin1'))}.${encode(JSON.stringify(target.claims))}`;
    return `${input}.${signES256(input, target.privateKey)}`;
  },
}));

/** Attacks by what a header says. */
export const headerAttacks: readonly TokenAttack[] = [
  ...broughtKeys,
  ...strangeKeyIds,
  ...foreignKeys,
  ...misnamed,
  ...brokenHeaders,
];
