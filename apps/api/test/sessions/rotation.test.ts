import request from 'supertest';
import type { QueryResultRow } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { computeRefreshToken } from '../../src/refresh-token/refresh-token.ts';
import { createRotation } from '../../src/sessions/rotation.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { expectRefusal } from '../support/contract.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { openSession, refresh, rowOf } from '../support/sessions.ts';
import { apiSecret, asBearer, policy, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

const isReal = process.env['TEST_DATABASE_URL'] !== undefined;
const rounds = isReal ? 500 : 25;

let api: TestApp;
let instances: readonly Instance[];
beforeAll(async () => {
  api = await startTestApp();
  instances = [await startInstance(api, { hears: false }), await startInstance(api, { hears: false })];
});
afterAll(async () => {
  for (const instance of instances) await instance.close();
  await api.close();
});
afterEach(() => vi.restoreAllMocks());

const originOf = (index: number): string => instances[index % instances.length]?.origin ?? '';

describe('rotation', () => {
  it('gives a hundred parallel holders one successor', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => refresh(originOf(index), refreshToken)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect((await rowOf(api.database, sessionId)).generation).toBe(2);
  });

  it('costs one statement once the keys are known', async () => {
    const { refreshToken } = await registerSomebody(api.app);
    const statements: string[] = [];
    const database = api.database.$extends({
      query: {
        $allOperations: ({ operation, args, query }) => {
          statements.push(operation);
          return query(args);
        },
      },
      client: {
        async $statement<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
          statements.push('$statement');
          return api.database.$statement<Row>(text, values);
        },
      },
    });
    const rotate = createRotation({
      database,
      secrets: createSecretRing([apiSecret]),
      ledger: api.services.ledger,
      idleSeconds: policy.sessionIdleSeconds,
      graceSeconds: policy.refreshGraceSeconds,
    });
    const cold = await rotate(refreshToken);
    expect(cold.kind).toBe('rotated');
    expect(statements).toEqual(['findUnique', '$statement']);
    if (cold.kind === 'refused') return;
    statements.length = 0;
    const key = createSecretRing([apiSecret]).key('refreshToken', cold.session.keyId) ?? Buffer.alloc(0);
    const { id: sessionId, generation, secret } = cold.session;
    expect(await rotate(computeRefreshToken({ sessionId, generation }, { secret, key }))).toMatchObject({
      kind: 'rotated',
    });
    expect(statements).toEqual(['$statement']);
  });

  it('ends a session once for parallel replays', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const second = (await refresh(api.app, refreshToken)).body.refreshToken;
    await refresh(api.app, second);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => refresh(originOf(index), refreshToken)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(answers.map(({ body }) => body.code)).toContain('refresh_token_reused');
    expect((await rowOf(api.database, sessionId)).revokedReason).toBe('refresh_token_reused');
  });

  it('serves two users in the same instant their own', async () => {
    const people = [await registerSomebody(api.app), await registerSomebody(api.app)];
    for (let round = 0; round < rounds / 5; round += 1) {
      const answers = await Promise.all(
        people.map(({ refreshToken }, index) => refresh(originOf(index + round), refreshToken)),
      );
      for (const [index, { body }] of answers.entries()) {
        const person = people[index];
        expect(body.data.user.id).toBe(person?.user.id);
        if (person) people[index] = { ...person, refreshToken: body.refreshToken };
      }
    }
  }, 120_000);

  it(`lets nothing through after the answer to logout, in ${rounds} races`, async () => {
    const { user } = await registerSomebody(api.app);
    const origin = originOf(0);
    for (let round = 0; round < rounds; round += 1) {
      const { refreshToken, token } = await openSession(api, user);
      const logout = async () => {
        if (round % 2 === 0) await pause(round % 5);
        return asBearer(request(origin).post('/api/logout'), token);
      };
      const [ended, refreshed] = await Promise.all([logout(), refresh(origin, refreshToken)]);
      expect(ended.status).toBe(200);
      const tokens = refreshed.status === 200 ? [refreshToken, refreshed.body.refreshToken] : [refreshToken];
      for (const held of tokens) expectRefusal(await refresh(origin, held), 'session_revoked');
      const access = refreshed.status === 200 ? refreshed.body.token : token;
      expectRefusal(await asBearer(request(origin).get('/api/sessions'), access), 'session_revoked');
    }
  }, 240_000);
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
