import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { computeRefreshToken, isGenuine, parseRefreshToken } from '../../src/refresh-token/refresh-token.ts';

const sessionId = randomUUID();
const keys = { secret: randomBytes(32), key: randomBytes(32) };
const token = computeRefreshToken({ sessionId, generation: 12 }, keys);

describe('refresh token', () => {
  it('is the same for everybody who computes it', () => {
    expect(computeRefreshToken({ sessionId, generation: 12 }, keys)).toBe(token);
    expect(token).toMatch(new RegExp(`^v1\\.${sessionId}\\.12\\.[\\w-]{43}$`));
  });

  it('is genuine with its own keys alone', () => {
    const parsed = parseRefreshToken(token);
    if (!parsed) throw new Error('the token does not parse');
    expect(isGenuine(parsed, keys)).toBe(true);
    expect(isGenuine(parsed, { ...keys, secret: randomBytes(32) })).toBe(false);
    expect(isGenuine(parsed, { ...keys, key: randomBytes(32) })).toBe(false);
    expect(isGenuine({ ...parsed, generation: 13 }, keys)).toBe(false);
    expect(isGenuine({ ...parsed, sessionId: randomUUID() }, keys)).toBe(false);
  });

  it('keeps its fields apart inside the MAC', () => {
    const shifted = { secret: Buffer.concat([Buffer.from('2'), keys.secret]), key: keys.key };
    const macs = [token, computeRefreshToken({ sessionId, generation: 1 }, shifted)].map((text) => text.split('.')[3]);
    expect(macs[0]).not.toBe(macs[1]);
  });

  it('has exactly one spelling', () => {
    const [, , , mac = ''] = token.split('.');
    const lastSpare = mac.slice(0, -1) + String.fromCharCode(mac.charCodeAt(42) + 1);
    const spellings = [
      '',
      'v1',
      `${token}=`,
      `${token}\n`,
      ` ${token}`,
      token.toUpperCase(),
      token.replace('v1', 'v2'),
      token.replace('.12.', '.012.'),
      token.replace('.12.', '.0.'),
      token.replace('.12.', '.-1.'),
      token.replace('.12.', '.1e1.'),
      token.replace('.12.', '.2147483648.'),
      token.replace('.12.', `.${'9'.repeat(400)}.`),
      token.replaceAll('-', ''),
      `v1.${sessionId}.12.${lastSpare}`,
      `v1.${sessionId}.12.${mac}AAAA`,
      `v1.${sessionId}.12.${mac}.x`,
      `v1.${sessionId}.12.${mac.slice(1)}`,
    ];
    expect(spellings.filter((text) => parseRefreshToken(text) !== undefined)).toEqual([]);
    expect(parseRefreshToken(token)).toMatchObject({ sessionId, generation: 12 });
  });
});
