import { createServer, connect as openSocket, type Server, type Socket } from 'node:net';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSigningKeys } from '../../src/access-token/signing-keys.ts';
import { createApp } from '../../src/app.ts';
import { connect } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { createServices } from '../../src/services.ts';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import {
  apiSecret,
  asBearer,
  asClient,
  newAccount,
  policy,
  type Registered,
  registerSomebody,
  startTestApp,
  type TestApp,
} from '../support/test-app.ts';

/** A cable between the app and the real database, which a test can pull. */
async function layCable(target: string) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  };
  const start = (at: number): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((near) => {
        const far = track(openSocket(Number(port), hostname));
        track(near).pipe(far).pipe(near);
        near.on('close', () => far.destroy());
        far.on('close', () => near.destroy());
      });
      server.listen(at, '127.0.0.1', () => resolve(server));
    });

  let server = await start(0);
  const address = server.address();
  const localPort = typeof address === 'object' && address ? address.port : 0;
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(localPort);
  return {
    url: url.href,
    async pull() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async plugIn() {
      server = await start(localPort);
    },
  };
}

const counted = 'together';
const hooks: { whileComparing: () => Promise<void> } = { whileComparing: async () => {} };
let api: TestApp;
let cable: Awaited<ReturnType<typeof layCable>>;
let app: ReturnType<typeof createApp>;
let disconnect: () => Promise<void>;

beforeAll(async () => {
  api = await startTestApp();
  cable = await layCable(api.databaseUrl);
  app = await behindCable();
});
afterAll(async () => {
  await disconnect();
  await cable.pull();
  await api.close();
});

async function matches(): Promise<boolean> {
  await hooks.whileComparing();
  return true;
}

async function behindCable() {
  const database = connect({ url: cable.url, logger: createLogger('silent'), connections: 3 });
  disconnect = () => database.$disconnect();
  const secrets = createSecretRing([apiSecret]);
  const { accessTokenSeconds: tokenSeconds } = policy;
  const logger = createLogger('silent');
  const signingKeys = await loadSigningKeys({ database, secrets, tokenSeconds, logger, now: api.now });
  const passwords = { hash: async () => '$2b$04$', matches, isOutdated: () => false };
  const rateLimits = {
    policy: { loginPerAccount: 100, loginPerAddress: 100, refreshPerSession: 100 },
    counted,
  } as const;
  return createApp(
    createServices({ database, passwords, signingKeys, secrets, policy, rateLimits, logger, now: api.now }),
  );
}

describe('a database that goes away', () => {
  it('is answered with 503 until it is back', async () => {
    const { token, refreshToken, sessionId, email, password } = await registerSomebody(api.app);
    await request(app).get('/readyz').expect(200);
    await cable.pull();

    const attempts = [
      request(app).get('/readyz'),
      asBearer(request(app).get('/api/verify'), token),
      asBearer(request(app).get('/api/me'), token),
      asBearer(request(app).patch('/api/me'), token).send({ name: 'Ada' }),
      asBearer(request(app).post('/api/logout'), token),
      asBearer(request(app).post('/api/logout-all'), token),
      asBearer(request(app).get('/api/sessions'), token),
      asBearer(request(app).delete(`/api/sessions/${sessionId}`), token),
      asBearer(request(app).post('/api/me/password'), token).send({ currentPassword: password, newPassword: password }),
      asClient(request(app).post('/api/refresh')).send({ refreshToken }),
      asClient(request(app).get('/api/revocations')),
      asClient(request(app).get('/api/revocations')).set('Accept', 'text/event-stream'),
      asBearer(request(app).get('/api/notes'), token),
      asBearer(request(app).post('/api/notes'), token).send({ title: 'a note' }),
      asBearer(request(app).get('/api/notes/events'), token),
      asBearer(request(app).get(`/api/notes/${sessionId}`), token),
      asBearer(request(app).patch(`/api/notes/${sessionId}`), token).send({ title: 'a note' }),
      asBearer(request(app).delete(`/api/notes/${sessionId}`), token),
      asBearer(request(app).get(`/api/notes/${sessionId}/attachment`), token),
      asBearer(request(app).post(`/api/notes/${sessionId}/attachment`), token)
        .type('text/plain')
        .send('a file'),
      asBearer(request(app).delete(`/api/notes/${sessionId}/attachment`), token),
      asClient(request(app).post('/api/login')).send({ email, password }),
      asClient(request(app).post('/api/register')).send(newAccount()),
    ];
    for (const response of await Promise.all(attempts)) {
      expectRefusal(response, 'service_unavailable');
      expect(response.headers['retry-after']).toBe('2');
    }
    await request(app).get('/healthz').expect(200);
    await request(app).get('/.well-known/jwks.json').expect(200);

    await cable.plugIn();
    expectSuccess(await request(app).get('/readyz'), 'readiness');
    expectSuccess(await asBearer(request(app).get('/api/verify'), token), 'verify');
  });

  it.each([
    [
      'a login',
      ({ email, password }: Registered) => asClient(request(app).post('/api/login')).send({ email, password }),
    ],
    [
      'a change of password',
      ({ token, password }: Registered) =>
        asBearer(request(app).post('/api/me/password'), token).send({
          currentPassword: password,
          newPassword: password,
        }),
    ],
  ])('is answered with 503 also where it goes in the middle of %s', async (_what, ask) => {
    const somebody = await registerSomebody(api.app);
    hooks.whileComparing = () => cable.pull();
    const response = await ask(somebody);
    hooks.whileComparing = async () => {};
    expectRefusal(response, 'service_unavailable');
    expect(response.headers['retry-after']).toBe('2');
    await cable.plugIn();
    expect((await ask(somebody)).status).toBe(200);
  });

  it('survives losing a connection in the middle of a query', async () => {
    const { token } = await registerSomebody(api.app);
    await request(app).get('/readyz').expect(200);
    const underWay = [1, 2, 3, 4].map(() => asBearer(request(app).get('/api/verify'), token).then((answer) => answer));
    await cable.pull();
    const answers = await Promise.all(underWay);
    for (const { status } of answers) expect([200, 503]).toContain(status);
    await cable.plugIn();
    await asBearer(request(app).get('/api/verify'), token).expect(200);
  });
});
