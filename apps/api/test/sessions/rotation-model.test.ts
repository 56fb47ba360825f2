import { type Arbitrary, array, assert, asyncProperty, constant, constantFrom, nat, oneof } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/generated/prisma/client.ts';
import { computeRefreshToken } from '../../src/refresh-token/refresh-token.ts';
import { refreshTokenKeys } from '../../src/refresh-token/token-keys.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { age, rowOf } from '../support/sessions.ts';
import { apiSecret, policy, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

const runs = process.env['TEST_DATABASE_URL'] === undefined ? 30 : 100;
const { refreshGraceSeconds, sessionIdleSeconds, sessionAbsoluteSeconds } = policy;
const secrets = createSecretRing([apiSecret]);

let api: TestApp;
let userId: string;
beforeAll(async () => {
  api = await startTestApp();
  userId = (await registerSomebody(api.app)).user.id;
});
afterAll(() => api.close());

/** What section 5.3 says, with a clock of its own. */
interface Model {
  generation: number;
  now: number;
  rotatedAt: number;
  idleEnd: number;
  isRevoked: boolean;
}

/** What a client, a thief, a wire or the clock may do. */
type Step =
  | { readonly kind: 'rotate' }
  | { readonly kind: 'lose' }
  | { readonly kind: 'replay'; readonly back: number }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'revoke' };

/** No sum of them ends at the grace, whose last moment counts: the test's own run time passes on the database's clock too. */
const pauses = [7, refreshGraceSeconds * 0.4, refreshGraceSeconds * 2, sessionIdleSeconds / 2, sessionIdleSeconds * 2];

const step: Arbitrary<Step> = oneof(
  { weight: 6, arbitrary: constant<Step>({ kind: 'rotate' }) },
  { weight: 3, arbitrary: constant<Step>({ kind: 'lose' }) },
  { weight: 3, arbitrary: nat({ max: 3 }).map((back): Step => ({ kind: 'replay', back })) },
  { weight: 3, arbitrary: constantFrom(...pauses).map((seconds): Step => ({ kind: 'pass', seconds })) },
  { weight: 1, arbitrary: constant<Step>({ kind: 'revoke' }) },
);

/** Judges a presented generation, and moves the model on. */
function expected(model: Model, presented: number): string {
  if (model.isRevoked) return 'session_revoked';
  if (model.now >= Math.min(model.idleEnd, sessionAbsoluteSeconds)) return 'session_expired';
  if (presented === model.generation) {
    model.generation += 1;
    model.rotatedAt = model.now;
    model.idleEnd = model.now + sessionIdleSeconds;
    return `generation ${model.generation}`;
  }
  const isForgiven = presented === model.generation - 1 && model.now - model.rotatedAt <= refreshGraceSeconds;
  if (isForgiven) return `generation ${model.generation}`;
  model.isRevoked = true;
  return 'refresh_token_reused';
}

async function observed(session: Session, generation: number): Promise<string> {
  const token = computeRefreshToken({ sessionId: session.id, generation }, refreshTokenKeys(session, secrets));
  const rotation = await api.services.rotate(token);
  return rotation.kind === 'refused' ? rotation.code : `generation ${rotation.session.generation}`;
}

async function newSession(): Promise<Session> {
  const draft = api.services.sessions.draft({ address: null, userAgent: null });
  const start = Date.now();
  const ends = {
    rotatedAt: new Date(start),
    expiresAt: new Date(start + sessionIdleSeconds * 1000),
    absoluteExpiresAt: new Date(start + sessionAbsoluteSeconds * 1000),
  };
  return api.database.session.create({ data: { ...draft, ...ends, userId } });
}

/** Plays one life of a session; the client holds what it last received. */
async function play(steps: readonly Step[]): Promise<void> {
  const session = await newSession();
  const model: Model = { generation: 1, now: 0, rotatedAt: 0, idleEnd: sessionIdleSeconds, isRevoked: false };
  const [told, seen]: [string[], string[]] = [[], []];
  let held = 1;
  for (const [index, move] of steps.entries()) {
    if (move.kind === 'pass') {
      await age(api.database, session.id, move.seconds);
      model.now += move.seconds;
    } else if (move.kind === 'revoke') {
      await api.services.sessions.end(session.id, 'logout');
      model.isRevoked = true;
    } else {
      const presented = move.kind === 'replay' ? Math.max(1, held - move.back) : held;
      const outcome = expected(model, presented);
      const story = `step ${index}, ${move.kind}`;
      told.push(`${story}: ${outcome}`);
      seen.push(`${story}: ${await observed(session, presented)}`);
      // A lost response leaves the client with what it had; a replay is somebody else's.
      if (move.kind === 'rotate' && outcome.startsWith('generation')) held = model.generation;
    }
  }
  expect(seen).toEqual(told);
  const row = await rowOf(api.database, session.id);
  expect({ generation: row.generation, isRevoked: row.revokedAt !== null }).toEqual({
    generation: model.generation,
    isRevoked: model.isRevoked,
  });
  expect(row.expiresAt.getTime()).toBeLessThanOrEqual(row.absoluteExpiresAt.getTime());
}

describe('any life of a session', () => {
  it('goes as the model of the design says', async () => {
    await assert(asyncProperty(array(step, { minLength: 3, maxLength: 14 }), play), { numRuns: runs });
  }, 240_000);
});
