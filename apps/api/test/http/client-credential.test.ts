import { Writable } from 'node:stream';
import type { Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger, overheard } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { expectRefusal } from '../support/contract.ts';
import { asBearer, basic, newAccount, policy, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const { id, secret } = policy.client;
const plain = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

describe('client credential', () => {
  it.each([
    ['form-encoded halves', basic(id, secret)],
    ['plain halves', plain],
    ['another case of the scheme', plain.replace('Basic', 'bAsIc')],
  ])('admits %s', async (_what, authorization) => {
    const registration = request(api.app).post('/api/register').set('Authorization', authorization);
    await registration.send(newAccount()).expect(201);
  });

  it.each(['/api/register', '/api/login'])('is required on %s before the body is read', async (path) => {
    const response = await request(api.app).post(path).set('Content-Type', 'application/json').send('{');
    expectRefusal(response, 'invalid_client');
    expect(response.headers['www-authenticate']).toMatch(/^Basic realm=/);
  });

  it.each([
    ['a wrong secret', basic(id, `${secret}x`)],
    ['a shortened secret', basic(id, secret.slice(0, -1))],
    ['no secret', basic(id, '')],
    ['another client', basic('other', secret)],
    ['swapped halves', basic(secret, id)],
    ['no colon', `Basic ${Buffer.from(id + secret).toString('base64')}`],
    ['no credentials', 'Basic'],
    ['not base64', `Basic ${id}:${secret}`],
    ['a bearer token', 'Bearer abc'],
    ['invalid percent-encoding', `Basic ${Buffer.from('web:%E0%A4%A').toString('base64')}`],
    ['eight kilobytes of nothing', `Basic ${'A'.repeat(8000)}`],
  ])('refuses %s', async (_what, authorization) => {
    const attempt = request(api.app).post('/api/login').set('Authorization', authorization);
    expectRefusal(await attempt.send({ email: 'ada@example.com', password: 'x' }), 'invalid_client');
  });
});

describe('a credential that is not the client’s', () => {
  const metrics = createMetrics();
  let lines: string[] = [];
  let app: Express;
  beforeAll(async () => {
    const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
    app = await api.sibling({ metrics, logger: overheard(createLogger('info', sink), metrics.event) });
  });
  beforeEach(() => void (lines = []));

  const toldOf = () => lines.filter((line) => line.includes('"client_credential_refused"')).length;
  const counted = async () => (await metrics.clientRefusals.get()).values[0]?.value ?? 0;
  const asks: readonly [string, () => request.Test][] = [
    ['POST /api/login', () => request(app).post('/api/login').send({ email: 'a@example.com', password: 'x' })],
    ['POST /api/refresh', () => request(app).post('/api/refresh').send({ refreshToken: 'x' })],
    ['GET /api/revocations', () => request(app).get('/api/revocations')],
  ];

  it.each(asks)('is told and counted once by %s', async (_what, ask) => {
    const before = await counted();
    expectRefusal(await ask().set('Authorization', basic(id, 'wrong')), 'invalid_client');
    expect([toldOf(), (await counted()) - before]).toEqual([1, 1]);
    expectRefusal(await asBearer(ask(), 'abc'), 'invalid_client');
    expect([toldOf(), (await counted()) - before]).toEqual([2, 2]);
  });

  it.each(asks)('is no event where none was presented to %s', async (_what, ask) => {
    const before = await counted();
    expectRefusal(await ask(), 'invalid_client');
    await ask().set('Authorization', plain);
    expect([toldOf(), (await counted()) - before]).toEqual([0, 0]);
  });
});

const sessionWith = async (headers: Record<string, string>, app = api.app) => {
  const registration = request(app).post('/api/register').set('Authorization', plain);
  for (const [name, value] of Object.entries(headers)) registration.set(name, value);
  const { body } = await registration.send(newAccount()).expect(201);
  return api.database.session.findUniqueOrThrow({ where: { id: body.data.session.id } });
};

describe('end user of a session', () => {
  it('is whom the client names', async () => {
    const named = await sessionWith({ 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'Firefox' });
    expect(named).toMatchObject({ address: '203.0.113.7', userAgent: 'Firefox' });
    expect(await sessionWith({ 'X-Forwarded-For': '2001:db8::1' })).toMatchObject({ address: '2001:db8::1' });
    expect(await sessionWith({ 'X-Forwarded-For': '::ffff:203.0.113.7' })).toMatchObject({ address: '203.0.113.7' });
  });

  it.each([
    ['nobody', {}],
    ['a list', { 'X-Forwarded-For': '203.0.113.7, 198.51.100.1' }],
    ['a name', { 'X-Forwarded-For': 'localhost' }],
    ['an address with a port', { 'X-Forwarded-For': '203.0.113.7:4711' }],
    ['a statement', { 'X-Forwarded-For': '\'; DROP TABLE "Session"; --' }],
  ])('has no address when %s is named', async (_what, headers) => {
    expect((await sessionWith(headers)).address).toBeNull();
  });

  it.each([
    [0, '203.0.113.7', '203.0.113.7'],
    [0, '203.0.113.7, 198.51.100.1', null],
    [1, '203.0.113.7', '203.0.113.7'],
    [1, '203.0.113.7, 198.51.100.1', '203.0.113.7'],
    [1, '::ffff:203.0.113.7,198.51.100.1', '203.0.113.7'],
    [1, '192.0.2.1, 203.0.113.7, 198.51.100.1', null],
    [1, 'localhost, 198.51.100.1', null],
    [1, ', 198.51.100.1', null],
    [2, '203.0.113.7, 198.51.100.1', null],
    [2, '203.0.113.7, 198.51.100.1, 198.51.100.2', '203.0.113.7'],
  ])('behind %d proxies, of %j, is %j', async (trustedHops, forwardedFor, address) => {
    const app = await api.sibling({ trustedHops });
    expect((await sessionWith({ 'X-Forwarded-For': forwardedFor }, app)).address).toBe(address);
  });

  it('keeps 512 characters of a user agent', async () => {
    const { userAgent } = await sessionWith({ 'User-Agent': 'u'.repeat(2000) });
    expect(userAgent).toBe('u'.repeat(512));
  });
});
