/** The token chooses the algorithm (RFC 8725, sections 2.1 and 3.1): none at all, a MAC with the public key, another one. */
import { constants, generateKeyPairSync, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto';
import { encode, issueToken, macToken, signingInput, withPart } from './forge.ts';
import type { Target, TokenAttack } from './target.ts';

const nones = ['none', 'None', 'NONE', 'nOnE', 'none ', '', null, undefined, 0, false, ['ES256'], { alg: 'ES256' }];

const unsigned: TokenAttack[] = nones.flatMap((alg) => {
  const spelling = alg === undefined ? 'no algorithm at all' : `the algorithm ${JSON.stringify(alg)}`;
  return [
    { name: `${spelling} and no signature`, forge: (target) => `${signingInput(target, { header: { alg } })}.` },
    { name: `${spelling} and a genuine signature`, forge: (target) => issueToken(target, { header: { alg } }) },
  ];
});

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

/** Every form in which somebody might have the public key at hand, taken for a shared secret. */
const secretsOf: readonly (readonly [form: string, of: (target: Target) => string | Buffer])[] = [
  ['as PEM', ({ publicKey }) => pemOf(publicKey)],
  ['as PEM without its last line break', ({ publicKey }) => pemOf(publicKey).trimEnd()],
  ['as DER', ({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' })],
  ['as a JWK', ({ publicKey, kid }) => JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid })],
  [
    'as the published JWK',
    ({ publicKey, kid }) => {
      const { x, y } = publicKey.export({ format: 'jwk' });
      return JSON.stringify({ kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' });
    },
  ],
  ['as its x alone', ({ publicKey }) => Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')],
  ['by its name', ({ kid }) => kid],
];

const confused: TokenAttack[] = [
  ...secretsOf.map(([form, secretOf]) => ({
    name: `the public key ${form} as an HMAC secret`,
    forge: (target: Target) => macToken(target, secretOf(target)),
  })),
  { name: 'an HMAC with an empty secret', forge: (target) => macToken(target, '') },
  { name: 'HS384 with the public key', forge: (target) => macToken(target, pemOf(target.publicKey), 384) },
  { name: 'HS512 with the public key', forge: (target) => macToken(target, pemOf(target.publicKey), 512) },
];

interface OtherAlgorithm {
  readonly alg: string;
  readonly pair: () => { readonly privateKey: KeyObject };
  readonly hash: string | null;
  readonly options?: Omit<SignKeyObjectInput, 'key'>;
}

const rsa = once(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const curve = { dsaEncoding: 'ieee-p1363' } as const;
const others: readonly OtherAlgorithm[] = [
  { alg: 'RS256', pair: rsa, hash: 'sha256' },
  { alg: 'RS512', pair: rsa, hash: 'sha512' },
  { alg: 'PS256', pair: rsa, hash: 'sha256', options: pss },
  {
    alg: 'ES384',
    pair: once(() => generateKeyPairSync('ec', { namedCurve: 'P-384' })),
    hash: 'sha384',
    options: curve,
  },
  {
    alg: 'ES512',
    pair: once(() => generateKeyPairSync('ec', { namedCurve: 'P-521' })),
    hash: 'sha512',
    options: curve,
  },
  {
    alg: 'ES256K',
    pair: once(() => generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
    hash: 'sha256',
    options: curve,
  },
  { alg: 'EdDSA', pair: once(() => generateKeyPairSync('ed25519')), hash: null },
  { alg: 'Ed25519', pair: once(() => generateKeyPairSync('ed25519')), hash: null },
];

const foreignAlgorithms: TokenAttack[] = others.flatMap(({ alg, pair, hash, options }) => {
  const signWith = (input: string): string =>
    encode(sign(hash, Buffer.from(input), { key: pair().privateKey, ...options }));
  return [
    {
      name: `the algorithm ${alg} and a key of that kind`,
      forge: (target: Target) => {
        const input = signingInput(target, { header: { alg } });
        return `${input}.${signWith(input)}`;
      },
    },
    {
      name: `the name of ES256 on a signature by ${alg}`,
      forge: (target: Target) => withPart(issueToken(target), 2, signWith(signingInput(target))),
    },
  ];
});

/** Attacks on the choice of the algorithm. */
export const algorithmAttacks: readonly TokenAttack[] = [...unsigned, ...confused, ...foreignAlgorithms];

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
