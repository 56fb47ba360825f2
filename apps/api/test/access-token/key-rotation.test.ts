import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteRetiredKeys } from '../../src/access-token/key-rows.ts';
import { type KeyRotation, propagationSeconds, rotateSigningKey } from '../../src/access-token/key-rotation.ts';
import { reportKeys } from '../../src/access-token/key-report.ts';
import { readKeyStatus } from '../../src/access-token/key-status.ts';
import type { PublishedKeys, SigningKeys } from '../../src/access-token/signing-keys.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { logInAgain } from '../support/sessions.ts';
import {
  apiSecret,
  asBearer,
  policy,
  type Registered,
  registerSomebody,
  startTestApp,
  type TestApp,
} from '../support/test-app.ts';

const newer = 'the newer secret of thirty-two bytes or more';
const secrets = createSecretRing([apiSecret]);

let api: TestApp;
let keys: PublishedKeys;
let somebody: Registered;
beforeAll(async () => {
  api = await startTestApp();
  keys = published(api.services.signingKeys);
});
afterAll(() => api.close());
beforeEach(async () => {
  await rotate({ isCompromised: true }); // the one key that each test begins with
  await keys.reread();
  somebody = await registerSomebody(api.app);
});

function published(all: SigningKeys): PublishedKeys {
  if (all.algorithm !== 'ES256') throw new Error('the app signs with a shared secret');
  return all;
}

const rotate = (options: { signsInSeconds?: number; isCompromised?: boolean } = {}): Promise<KeyRotation> =>
  rotateSigningKey({
    database: api.database,
    secrets,
    signsInSeconds: propagationSeconds,
    isCompromised: false,
    ...options,
  });

const kids = async (): Promise<string[]> => {
  const { body } = await request(api.app).get('/.well-known/jwks.json').expect(200);
  return body.keys.map(({ kid }: { kid: string }) => kid);
};

/** Lets time pass for the rows: the database's clock cannot be moved. */
const age = (seconds: number) => api.database.$executeRaw`
  UPDATE "SigningKey" SET "signsFrom" = "signsFrom" - make_interval(secs => ${seconds})`;

const verify = (token: string, status: number) => asBearer(request(api.app).get('/api/verify'), token).expect(status);

describe('keys:rotate', () => {
  it('publishes a key that waits, and signs with it later', async () => {
    const [first] = await kids();
    const made = await rotate();
    await keys.reread();
    expect(made).toMatchObject({ kind: 'made', kid: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await kids()).toEqual([made.kid, first]);
    expect(keys.signer().kid).toBe(first);
    await age(propagationSeconds + 1);
    await keys.reread();
    expect(keys.signer().kid).toBe(made.kid);
    await verify(somebody.token, 200);
    await verify((await logInAgain(api.app, somebody)).token, 200);
  });

  it('makes one key however many run at once, and none while one waits', async () => {
    const runs = await Promise.all([rotate(), rotate(), rotate()]);
    expect(runs.map(({ kind }) => kind).toSorted()).toEqual(['made', 'waiting', 'waiting']);
    expect(new Set(runs.map(({ kid }) => kid)).size).toBe(1);
    await age(propagationSeconds + 1);
    expect((await rotate()).kind).toBe('made');
  });

  it('lets the key that waits sign at once', async () => {
    const { kid } = await rotate();
    expect(await rotate({ signsInSeconds: 0 })).toEqual({ kind: 'hastened', kid });
    await keys.reread();
    expect(keys.signer().kid).toBe(kid);
    expect((await rotate({ signsInSeconds: 0 })).kind).toBe('made');
  });

  it('takes back everything that a compromised key signed, and ends no session', async () => {
    await rotate();
    const before = (await api.database.signingKey.findMany()).map(({ kid }) => kid);
    const replaced = await rotate({ isCompromised: true });
    expect(replaced).toMatchObject({ kind: 'replaced', deleted: expect.arrayContaining(before) });
    await keys.reread();
    expect(await kids()).toEqual([replaced.kid]);
    await verify(somebody.token, 401);
    await verify((await logInAgain(api.app, somebody)).token, 200);
    expect(await api.database.session.count({ where: { id: somebody.sessionId, revokedAt: null } })).toBe(1);
  });
});

describe('a retired key', () => {
  it('is published until its last token has expired, and deleted then', async () => {
    const [first] = await kids();
    const { kid } = await rotate();
    await age(propagationSeconds + policy.accessTokenSeconds + 119);
    expect(await deleteRetiredKeys(api.database)).toEqual([]);
    await age(2);
    expect(await deleteRetiredKeys(api.database)).toEqual([first]);
    await keys.reread();
    expect(await kids()).toEqual([kid]);
    await verify(somebody.token, 401);
  });

  it('is kept by an instance whose tokens live longer', async () => {
    await api.sibling({ policy: { accessTokenSeconds: 7200 } });
    await rotate();
    await age(propagationSeconds + policy.accessTokenSeconds + 3600);
    expect(await deleteRetiredKeys(api.database)).toEqual([]);
  });

  it('is never the only one, nor deleted twice', async () => {
    await age(1_000_000);
    expect(await deleteRetiredKeys(api.database)).toEqual([]);
    await rotate();
    await age(1_000_000);
    const both = await Promise.all([deleteRetiredKeys(api.database), deleteRetiredKeys(api.database)]);
    expect(both.flat()).toHaveLength(1);
  });
});

describe('keys:status', () => {
  it('tells what waits, signs, and is published, and what each secret is needed for', async () => {
    await rotate();
    await age(propagationSeconds + 1);
    const { kid: waiting } = await rotate();
    await registerSomebody(await api.sibling({ apiSecrets: [newer, apiSecret] }));
    const status = await readKeyStatus(api.database, createSecretRing([newer, apiSecret]));
    expect(status.signingKeys.map(({ state }) => state)).toEqual(['waits', 'signs', 'published']);
    expect(status.signingKeys[0]).toMatchObject({ kid: waiting, neededUntil: undefined });
    expect(status.secrets).toMatchObject([
      { place: 1, signingKeys: 3, sessions: 1 },
      { place: 2, signingKeys: 0, sessions: expect.any(Number), lastEnd: expect.any(Date) },
    ]);
    const report = reportKeys(status);
    expect(report).toMatch(/waits, signs from .*\n.*signs since .*\n.*published until /);
    for (const secret of [newer, apiSecret]) expect(report).not.toContain(secret);
  });

  it('says which secret may be removed, and which is missing', async () => {
    const unused = 'a secret that nothing was ever made with';
    const removable = reportKeys(await readKeyStatus(api.database, createSecretRing([apiSecret, unused])));
    expect(removable).toMatch(/number 2 {2}0 live sessions; seals 0 keys: not in use, may be removed/);
    expect(removable.match(/may be removed/g)).toHaveLength(1);
    const missing = reportKeys(await readKeyStatus(api.database, createSecretRing([unused])));
    expect(missing).toMatch(/MISSING HERE .*seals 1 keys: put it back at the end of API_SECRET/);
  });
});
