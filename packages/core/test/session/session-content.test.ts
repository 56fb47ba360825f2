import { describe, expect, it } from 'vitest';
import { parseSessionContent, sessionContent } from '../../src/session/session-content.ts';
import { iso, tokens } from '../fixtures/fake-api.ts';
import { epoch } from '../fixtures/issuer.ts';

const answer = await tokens();
const receivedAt = epoch * 1000 + 400;

describe('sessionContent', () => {
  it('counts lifetimes from receipt on our clock', () => {
    const content = sessionContent(answer, { issuedAtSeconds: epoch, receivedAt });
    expect(content.expiresAt).toBe(receivedAt + 604_800_000);
    expect(content.apiClockAheadMs).toBe(-400);
  });

  it('keeps the absolute end in place within clock noise', () => {
    const ends = [0, 400, 999, 4_999].map(
      (delay) => sessionContent(answer, { issuedAtSeconds: epoch, receivedAt: epoch * 1000 + delay }).absoluteExpiresAt,
    );
    expect(new Set(ends)).toEqual(new Set([Date.parse(iso(2_592_000))]));
  });

  it.each([-600_000, 600_000])('translates the absolute end from a clock %i ms off', (ahead) => {
    const content = sessionContent(answer, { issuedAtSeconds: epoch, receivedAt: epoch * 1000 - ahead });
    expect(content.absoluteExpiresAt).toBe(Date.parse(iso(2_592_000)) - ahead);
  });

  it('survives being sealed as JSON', () => {
    const content = sessionContent(answer, { issuedAtSeconds: epoch, receivedAt });
    expect(parseSessionContent(JSON.parse(JSON.stringify(content)))).toEqual(content);
  });

  it.each([undefined, null, 'text', [], {}, { accessToken: 'a' }])('does not read %j', (value) => {
    expect(parseSessionContent(value)).toBeUndefined();
  });
});
