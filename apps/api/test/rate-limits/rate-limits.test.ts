import request, { type Response } from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/log.ts';
import type { Hasher } from '../../src/passwords/worker-pool.ts';
import type { RateLimitPolicy } from '../../src/rate-limits/rate-limits.ts';
import { expectRefusal } from '../support/contract.ts';
import { openSession, refresh } from '../support/sessions.ts';
import { asBearer, asClient, newAccount, type Registered, startTestApp, type TestApp } from '../support/test-app.ts';

const limits: RateLimitPolicy = { loginPerAccount: 5, loginPerAddress: 8, refreshPerSession: 4 };
const elsewhere = '198.51.100.66';
const wrong = 'not the password';

const logged: string[] = [];
const logger = createLogger('info', { write: (line) => void logged.push(line) });
let hashed = 0;
const counting = (hasher: Hasher): Hasher => ({
  ...hasher,
  hash: (task) => ((hashed += 1), hasher.hash(task)),
  compare: (task) => ((hashed += 1), hasher.compare(task)),
});

const statuses = async (attempts: number, attempt: () => Promise<Response>): Promise<number[]> => {
  const seen: number[] = [];
  while (seen.length < attempts) seen.push((await attempt()).status);
  return seen;
};
const expectLimited = (response: Response): number => {
  expectRefusal(response, 'rate_limited');
  expect(response.headers['retry-after']).toMatch(/^[1-9]\d?$/);
  return Number(response.headers['retry-after']);
};

describe.each(['together', 'here'] as const)('rate limits, counted %s', (counted) => {
  let api: TestApp;
  let minute = 0; // every test begins in a window of its own
  beforeAll(async () => {
    api = await startTestApp({ rateLimits: { policy: limits, counted }, hasher: counting, logger });
    minute = Date.now();
  });
  afterAll(() => api.close());

  const login = (email: string, { password = wrong, from = '' } = {}, app = api.app): Promise<Response> =>
    asClient(request(app).post('/api/login'))
      .set('X-Forwarded-For', from)
      .send({ email, password })
      .then((response) => response);
  const register = (from: string, account = newAccount()): Promise<Response> =>
    asClient(request(api.app).post('/api/register'))
      .set('X-Forwarded-For', from)
      .send(account)
      .then((response) => response);
  const somebodyAt = async (from: string): Promise<Registered> => {
    const account = newAccount();
    const { body } = await register(from, account);
    return { ...account, ...body, user: body.data.user, sessionId: body.data.session.id };
  };
  const change = ({ token }: Registered, currentPassword: string): Promise<Response> =>
    asBearer(request(api.app).post('/api/me/password'), token)
      .send({ currentPassword, newPassword: 'a new password of mine' })
      .then((response) => response);

  beforeEach(() => {
    minute += 120_000;
    vi.useFakeTimers({ toFake: ['Date'], now: minute });
  });
  afterEach(() => void vi.useRealTimers());

  it('let an account be tried five times a minute, known or not', async () => {
    const { email } = await somebodyAt('203.0.113.1');
    for (const target of [email, 'nobody@example.com']) {
      hashed = 0;
      expect(await statuses(7, () => login(target))).toEqual([401, 401, 401, 401, 401, 429, 429]);
      expect(hashed).toBe(5); // what is refused is not hashed
    }
  });

  it('let five pass of any number at once', async () => {
    const { email } = await somebodyAt('203.0.113.1');
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(email)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it('know an account in any spelling', async () => {
    const { email } = await somebodyAt('203.0.113.2');
    await statuses(5, () => login(email));
    expectLimited(await login(` ${email.toUpperCase()}`));
  });

  it('let the owner in after the wait that they name, however often was tried meanwhile', async () => {
    const { email, password } = await somebodyAt('203.0.113.3');
    await statuses(5, () => login(email));
    const wait = expectLimited(await login(email, { password }));
    vi.setSystemTime(Date.now() + (wait - 1) * 1000);
    expectLimited(await login(email, { password }));
    vi.setSystemTime(Date.now() + 1000);
    expect((await login(email, { password })).status).toBe(200);
  });

  it('let the owner in at home while strangers guess', async () => {
    const home = '2001:db8:77:1::10';
    const { email, password } = await somebodyAt(home);
    await statuses(6, () => login(email, { from: elsewhere }));
    expectLimited(await login(email, { password, from: '203.0.113.200' }));
    expect((await login(email, { password, from: home })).status).toBe(200);
    expect((await login(email, { password, from: '2001:db8:77:1:ffff::1' })).status).toBe(200);
    expectLimited(await login(email, { password, from: '2001:db8:77:2::10' }));
  });

  it('let guesses at home not pass for ever', async () => {
    const { email } = await somebodyAt('203.0.113.5');
    expect(await statuses(6, () => login(email, { from: '203.0.113.5' }))).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('leave other accounts alone', async () => {
    const [target, other] = [await somebodyAt('203.0.113.6'), await somebodyAt('203.0.113.6')];
    await statuses(6, () => login(target.email));
    expect((await login(other.email, other)).status).toBe(200);
  });

  it('forget the attempts of whoever gets in', async () => {
    const { email, password } = await somebodyAt('203.0.113.7');
    for (let round = 0; round < 3; round += 1) {
      expect(await statuses(4, () => login(email))).toEqual([401, 401, 401, 401]);
      expect((await login(email, { password })).status).toBe(200);
    }
  });

  it('let one address try so many accounts, and an IPv6 network like one address', async () => {
    let host = 0;
    const addresses = [() => elsewhere, () => `2001:db8:66:6::${((host += 1)).toString(16)}`];
    for (const from of addresses) {
      const attempt = (): Promise<Response> => login(newAccount().email, { from: from() });
      expect(await statuses(10, attempt)).toEqual([...Array<number>(8).fill(401), 429, 429]);
    }
    const { email, password } = await somebodyAt('203.0.113.8');
    expectLimited(await login(email, { password, from: elsewhere }));
    expect((await login(email, { password, from: '198.51.100.67' })).status).toBe(200);
  });

  it('count successes of an address, too', async () => {
    const { email, password } = await somebodyAt('203.0.113.9');
    const seen = await statuses(9, () => login(email, { password, from: '203.0.113.9' }));
    expect(seen).toEqual([...Array<number>(8).fill(200), 429]);
  });

  it('spare the account what its address may not', async () => {
    const { email, password } = await somebodyAt('203.0.113.10');
    await statuses(8, () => login(newAccount().email, { from: elsewhere }));
    await statuses(20, () => login(email, { from: elsewhere }));
    expect((await login(email, { password, from: '203.0.113.201' })).status).toBe(200);
  });

  it('let one address register so many', async () => {
    const from = '203.0.113.11';
    hashed = 0;
    expect(await statuses(9, () => register(from))).toEqual([...Array<number>(8).fill(201), 429]);
    expect(hashed).toBe(8);
    expectLimited(await register(from));
    expect((await register('203.0.113.12')).status).toBe(201);
    expect((await login(newAccount().email, { from })).status).toBe(401);
  });

  it('know no address that nobody names', async () => {
    expect(await statuses(10, () => register(''))).toEqual(Array<number>(10).fill(201));
    expect(await statuses(10, () => login(newAccount().email))).toEqual(Array<number>(10).fill(401));
  });

  it('let a user try so many passwords in their own session', async () => {
    const [user, other] = [await somebodyAt(''), await somebodyAt('')];
    expect(await statuses(5, () => change(user, wrong))).toEqual([401, 401, 401, 401, 401]);
    hashed = 0;
    expectLimited(await change(user, user.password));
    expect(hashed).toBe(0);
    expect((await change(other, other.password)).status).toBe(200);
    expect((await login(user.email, user)).status).toBe(200);
  });

  it('let a session refresh so often, and count no guesses', async () => {
    const { user, refreshToken, sessionId } = await somebodyAt('');
    const forged = `${refreshToken.slice(0, -8)}${'A'.repeat(8)}`;
    expect(await statuses(9, () => refresh(api.app, forged))).toEqual(Array<number>(9).fill(401));
    expect(await statuses(4, () => refresh(api.app, refreshToken))).toEqual([200, 200, 200, 200]);
    expectLimited(await refresh(api.app, refreshToken));
    const row = await api.database.session.findUniqueOrThrow({ where: { id: sessionId } });
    expect([row.generation, row.revokedAt]).toEqual([2, null]);
    const another = await openSession(api, user);
    expect((await refresh(api.app, another.refreshToken)).status).toBe(200);
    vi.setSystemTime(Date.now() + 60_000);
    expect((await refresh(api.app, refreshToken)).status).toBe(200);
  });

  it('are told once per request, without saying who', async () => {
    const { email } = await somebodyAt('');
    await statuses(5, () => login(email));
    logged.length = 0;
    await login(email);
    const events = logged.map((line): Record<string, unknown> => JSON.parse(line));
    const tripped = events.filter(({ msg }) => msg === 'rate_limited');
    expect(tripped).toEqual([expect.objectContaining({ limit: 'account', requestId: expect.any(String) })]);
    expect(logged.join('')).not.toContain(email);
    const keys = await api.database.rateLimit.findMany({ select: { key: true } });
    expect(JSON.stringify(keys)).not.toContain('example.com');
    expect(keys.length > 0).toBe(counted === 'together');
  });

  it('are off at zero', async () => {
    const policy = { loginPerAccount: 0, loginPerAddress: 0, refreshPerSession: 0 };
    const open = await api.sibling({ rateLimits: { policy, counted }, logger });
    const attempt = (): Promise<Response> => login('nobody@example.com', { from: elsewhere }, open);
    expect(await statuses(12, attempt)).toEqual(Array<number>(12).fill(401));
  });

  it.runIf(counted === 'together')('are shared by two instances', async () => {
    const { email, password } = await somebodyAt('');
    const other = await api.sibling({ rateLimits: { policy: limits, counted }, logger });
    const apps = [api.app, other, api.app, other, api.app];
    for (const app of apps) expect((await login(email, {}, app)).status).toBe(401);
    for (const app of apps) expectLimited(await login(email, { password }, app));
  });
});
