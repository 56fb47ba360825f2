/** Genuinely signed, and still not for this verifier, or not now (RFC 7519, section 4.1; RFC 8725, sections 3.8 to 3.10). */
import { issueToken } from './forge.ts';
import type { Target, TokenAttack } from './target.ts';

const required = ['iss', 'aud', 'sub', 'sid', 'role', 'iat', 'exp', 'jti'] as const;
const notTexts = ['', 0, 1, true, null, {}, [], ['user']] as const;
const notTimes = ['', '9999999999', '2099-01-01', null, true, {}, [], [9_999_999_999]] as const;

const missing: TokenAttack[] = required.map((claim) => ({
  name: `no ${claim}`,
  forge: (target) => issueToken(target, { claims: { [claim]: undefined } }),
}));

const mistyped: TokenAttack[] = [
  ...(['sub', 'sid', 'role', 'jti'] as const).flatMap((claim) => notTexts.map((value) => valued(claim, value))),
  ...(['iat', 'exp', 'nbf'] as const).flatMap((claim) => notTimes.map((value) => valued(claim, value))),
  ...['', 0, null, {}, [], [1]].map((value) => valued('aud', value)),
];

function valued(claim: string, value: unknown): TokenAttack {
  return {
    name: `${claim} ${JSON.stringify(value)}`,
    forge: (target) => issueToken(target, { claims: { [claim]: value } }),
  };
}

type Claims = Readonly<Record<string, unknown>>;

const elsewhere: readonly (readonly [what: string, claims: (own: Target['claims']) => Claims])[] = [
  ['another issuer', () => ({ iss: 'https://evil.example' })],
  ['our issuer and a slash more', ({ iss }) => ({ iss: `${String(iss)}/` })],
  ['our issuer in upper case', ({ iss }) => ({ iss: String(iss).toUpperCase() })],
  ['an issuer that begins with ours', ({ iss }) => ({ iss: `${String(iss)}.evil.example` })],
  ['a list of issuers', ({ iss }) => ({ iss: [iss] })],
  ['another audience', () => ({ aud: 'somebody-else' })],
  ['an audience that begins with ours', ({ aud }) => ({ aud: `${String(aud)}-admin` })],
  ['our audience in upper case', ({ aud }) => ({ aud: String(aud).toUpperCase() })],
  ['a list of other audiences', () => ({ aud: ['one', 'two'] })],
];

const misplaced: TokenAttack[] = elsewhere.map(([name, claims]) => ({
  name,
  forge: (target) => issueToken(target, { claims: claims(target.claims) }),
}));

const untimely: TokenAttack[] = [
  ...([1, 60, 86_400] as const).map(
    (seconds): TokenAttack => ({
      name: `an end ${seconds} s ago`,
      forge: (target) =>
        issueToken(target, { claims: { iat: target.claims.iat - seconds - 900, exp: target.claims.iat - seconds } }),
      isExpired: true,
    }),
  ),
  {
    name: 'an end in 1970',
    forge: (target) => issueToken(target, { claims: { exp: 0 } }),
    isExpired: true,
  },
  { name: 'an end before 1970', forge: (target) => issueToken(target, { claims: { exp: -1 } }) },
  {
    name: 'an end in milliseconds',
    forge: (target) => issueToken(target, { claims: { exp: target.claims.exp * 1000 } }),
  },
  {
    name: 'a beginning in an hour',
    forge: (target) => issueToken(target, { claims: { nbf: target.claims.iat + 3600 } }),
  },
  {
    name: 'an issue in an hour',
    forge: (target) => issueToken(target, { claims: { iat: target.claims.iat + 3600, exp: target.claims.iat + 7200 } }),
    needsClock: true,
  },
];

/** What JSON.stringify would not write, in place of one member. */
const texts: readonly (readonly [what: string, member: string])[] = [
  ['an end beyond all numbers', '"exp":1e999'],
  ['an end of 300 digits', '"exp":1e300'],
  ['an end that is not a number', '"exp":NaN'],
  ['a second issuer', '"iss":"https://evil.example"'],
  ['a second audience', '"aud":"somebody-else"'],
  ['a second, empty session', '"sid":""'],
];

const written: TokenAttack[] = texts.map(([name, member]) => ({
  name,
  forge: (target) => issueToken(target, { payload: withMember(target, member) }),
}));

const expiredTwice: TokenAttack = {
  name: 'a second end, which is over',
  forge: (target) => issueToken(target, { payload: withMember(target, '"exp":1') }),
  isExpired: true,
};

/** Of two members of one name the last counts (RFC 7519, section 4): for every reader the same. */
function withMember({ claims }: Target, member: string): string {
  return `${JSON.stringify(claims).slice(0, -1)},${member}}`;
}

const shapeless: TokenAttack[] = ['null', '[]', '"text"', '1', '', '{', `{"__proto__":{"sub":"admin"}}`].map(
  (payload) => ({
    name: `the payload ${JSON.stringify(payload)}`,
    forge: (target) => issueToken(target, { payload }),
  }),
);

/** Attacks with what a token claims. */
export const claimAttacks: readonly TokenAttack[] = [
  ...missing,
  ...mistyped,
  ...misplaced,
  ...untimely,
  ...written,
  expiredTwice,
  ...shapeless,
];
