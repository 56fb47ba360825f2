import { randomUUID } from 'node:crypto';
import { type ApiEndpoint, apiEndpoints, type ErrorCode, errorTable, noteLimits } from '@footbridge/contracts';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenApiDocument } from '../../src/openapi/document.ts';
import { requests } from '../../src/openapi/examples.ts';
import { access } from '../support/browser.ts';
import { createJudge, everythingIn, type Exchange } from '../support/conformance.ts';
import { type AskOptions, setStage, type Stage } from '../support/conformance-stage.ts';
import type { EndpointName } from '../support/contract.ts';
import { listenRaw } from '../support/raw.ts';
import { age, logInAgain, rotate } from '../support/sessions.ts';
import { basic, newAccount, policy, registerSomebody } from '../support/test-app.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys() of a const table is its union
const names = Object.keys(apiEndpoints) as EndpointName[];
const endpoint = (name: EndpointName): ApiEndpoint => apiEndpoints[name];
const forBearers = names.filter((name) => endpoint(name).credential === 'bearer');
const takingJson = names.filter((name) => {
  const { body } = endpoint(name);
  return body !== undefined && !('stream' in body);
});
const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

/** A body that each endpoint takes: the document's own examples, so that they are true. */
const bodies: Partial<Record<EndpointName, object>> = {
  register: requests.register,
  login: requests.login,
  refresh: requests.refresh,
  logout: requests.refresh,
  changeProfile: requests.profile,
  changePassword: requests.password,
  createNote: requests.draft,
  changeNote: requests.change,
};

/** Why some of what is described is never seen here. */
const unseen: readonly { readonly reason: string; readonly pattern: RegExp }[] = [
  {
    reason: 'nothing that can fail is behind it: what it answers is in memory or on disk',
    pattern: /^(?:jwks|openApi|docs|docsAsset|liveness) 500 internal_error$/,
  },
  { reason: 'it only asks whether the database answers', pattern: /^readiness 500 internal_error$/ },
];

async function expectStatus(status: number, asked: Promise<Response>): Promise<Response> {
  const response = await asked;
  expect({ status: response.status, body: response.body }).toMatchObject({ status });
  return response;
}

async function expectCode(code: ErrorCode, asked: Promise<Response>): Promise<void> {
  const { status, body } = await asked;
  expect({ status, code: body.code }).toEqual({ status: errorTable[code].status, code });
}

describe.each(['proxy', 'shared-domain'] as const)('the API in %s mode', (mode) => {
  let stage: Stage;
  beforeAll(async () => void (stage = await setStage(mode)));
  afterAll(() => stage.close());

  const ask = (name: EndpointName, options?: AskOptions): Promise<Response> => stage.ask(name, options);
  const register = () => registerSomebody(stage.api.app);

  it('takes the examples of its own description, and answers as it says', async () => {
    const { body: signedUp } = await expectStatus(201, ask('register', { body: requests.register }));
    const { body: loggedIn } = await expectStatus(200, ask('login', { body: requests.login }));
    const { refreshToken, token } = loggedIn;
    await expectStatus(200, ask('refresh', { body: { refreshToken } }));
    for (const name of ['verify', 'verifyByPost', 'me', 'sessions'] as const) {
      await expectStatus(200, ask(name, { token }));
    }
    await expectStatus(200, ask('changeProfile', { token, body: requests.profile }));
    await expectStatus(200, ask('changePassword', { token, body: requests.password }));
    const other = await logInAgain(stage.api.app, { ...requests.login, password: requests.password.newPassword });
    await expectStatus(200, ask('endSession', { token, id: other.sessionId }));
    await expectStatus(200, ask('revocations'));
    expect(await stage.glance('revocations', { headers: { accept: 'text/event-stream' } })).toBe(200);
    await expectStatus(200, ask('logout', { body: { refreshToken: signedUp.refreshToken } }));
    await expectStatus(200, ask('logoutAll', { token }));
    for (const name of ['jwks', 'openApi', 'docs', 'liveness', 'readiness'] as const)
      await expectStatus(200, ask(name));
  });

  it('carries notes and what is attached to them', async () => {
    const { token } = await register();
    const created = await expectStatus(201, ask('createNote', { token, body: requests.draft }));
    const id: string = created.body.data.note.id;
    await expectStatus(200, ask('notes', { token, query: '?limit=1' }));
    await expectStatus(200, ask('note', { token, id }));
    await expectStatus(200, ask('changeNote', { token, id, body: requests.change, headers: { 'if-match': '"1"' } }));
    const file = Buffer.from('the bytes of a file');
    const type = { 'content-type': 'application/octet-stream' };
    await expectStatus(200, ask('attach', { token, id, query: '?name=a.txt', body: file, headers: type }));
    const { headers } = await expectStatus(200, ask('attachment', { token, id }));
    await expectStatus(206, ask('attachment', { token, id, headers: { range: 'bytes=0-3' } }));
    const known = { 'if-none-match': String(headers['etag']) };
    await expectStatus(304, ask('attachment', { token, id, headers: known }));
    await expectStatus(200, ask('exportNotes', { token }));
    expect(await stage.glance('noteEvents', { token })).toBe(200);
    await expectStatus(200, ask('detach', { token, id }));
    await expectStatus(200, ask('deleteNote', { token, id }));
  });

  it('lets a cache ask whether it is still up to date', async () => {
    for (const [name, id] of [
      ['openApi', ''],
      ['docsAsset', 'start.js'],
    ] as const) {
      const { headers } = await expectStatus(200, ask(name, { id }));
      await expectStatus(304, ask(name, { id, headers: { 'if-none-match': String(headers['etag']) } }));
    }
  });

  it.each(forBearers)('refuses who may not ask for %s', async (name) => {
    const { token, sessionId } = await register();
    const id = randomUUID();
    await expectCode('missing_token', ask(name, { id }));
    await expectCode('invalid_token', ask(name, { id, token: 'garbage' }));
    if (mode === 'shared-domain') {
      await expectCode('cross_site_request', ask(name, { id, headers: { ...foreign, cookie: `${access}=${token}` } }));
    }
    await age(stage.api.database, sessionId, policy.sessionIdleSeconds + 1);
    stage.api.services.revocationSet.setCurrent(false);
    await expectCode('session_expired', ask(name, { id, token }));
    stage.api.services.revocationSet.setCurrent(true);
    const ended = await register();
    await stage.api.services.sessions.end(ended.sessionId, 'logout');
    await expectCode('session_revoked', ask(name, { id, token: ended.token }));
  });

  it.each(takingJson)('refuses what is no body for %s', async (name) => {
    const { token, user } = await register();
    const { id } = await stage.api.database.note.create({
      data: { userId: user.id, title: 'a note', body: '', createdAt: new Date(), updatedAt: new Date() },
    });
    const isClients = endpoint(name).credential.startsWith('client');
    const asked = { id, ...(isClients ? {} : { token }) };
    const json = { 'content-type': 'application/json' };
    await expectCode('malformed_json', ask(name, { ...asked, body: '{', headers: json }));
    await expectCode('validation_failed', ask(name, { ...asked, body: { refreshToken: 1, name: 1, title: 1 } }));
    await expectCode(
      'unsupported_media_type',
      ask(name, { ...asked, body: 'a', headers: { 'content-type': 'text/plain' } }),
    );
    await expectCode('payload_too_large', ask(name, { ...asked, body: { text: ' '.repeat(200_000) } }));
  });

  it('refuses notes that are not there, have changed, or find no room', async () => {
    const { token, user } = await register();
    const id = randomUUID();
    for (const name of ['note', 'deleteNote', 'attachment', 'attach', 'detach'] as const) {
      await expectCode('not_found', ask(name, { token, id }));
      await expectCode('invalid_request', ask(name, { token, id: '%zz' }));
    }
    await expectCode('not_found', ask('changeNote', { token, id, body: requests.change }));
    await expectCode('invalid_request', ask('changeNote', { token, id: '%zz' }));
    await expectCode('validation_failed', ask('notes', { token, query: '?limit=0' }));

    const { body } = await ask('createNote', { token, body: requests.draft });
    const noteId: string = body.data.note.id;
    const stale = { token, id: noteId, headers: { 'if-match': '"99"' } };
    await expectCode('precondition_failed', ask('changeNote', { ...stale, body: requests.change }));
    await expectCode('precondition_failed', ask('deleteNote', stale));

    const row = { userId: user.id, title: 'one of many', body: '', createdAt: new Date(), updatedAt: new Date() };
    await stage.api.database.note.createMany({ data: Array.from({ length: noteLimits.notes }, () => row) });
    await expectCode('quota_exceeded', ask('createNote', { token, body: requests.draft }));
  });

  it('refuses files that are too large, changed on their way, or have no room', async () => {
    const { token, user } = await register();
    const { body } = await ask('createNote', { token, body: requests.draft });
    const id: string = body.data.note.id;
    const file = { token, id, body: Buffer.from('bytes') };
    await expectCode('validation_failed', ask('attach', { ...file, query: '?name=a%2Fb' }));
    await expectCode('unsupported_media_type', ask('attach', { ...file, headers: { 'content-encoding': 'gzip' } }));
    const digest = `sha-256=:${Buffer.alloc(32).toString('base64')}:`;
    await expectCode('digest_mismatch', ask('attach', { ...file, headers: { 'content-digest': digest } }));
    await expectStatus(200, ask('attach', file));
    await expectCode('range_not_satisfiable', ask('attachment', { token, id, headers: { range: 'bytes=99-' } }));

    const raw = await listenRaw(stage.api.app);
    const head = `POST /api/notes/${id}/attachment HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`;
    const answer = await raw.send(
      `${head}Connection: close\r\nContent-Length: ${noteLimits.attachmentBytes + 1}\r\n\r\n`,
    );
    await raw.close();
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'payload_too_large' });

    const upload = { id: randomUUID(), userId: user.id, noteId: id, startedAt: new Date() };
    await stage.api.database.upload.create({ data: upload });
    const pieces = Array.from({ length: noteLimits.attachedBytes / (256 * 1024) }, (_, position) => ({
      uploadId: upload.id,
      position,
      bytes: Buffer.of(0),
    }));
    await stage.api.database.uploadPiece.createMany({ data: pieces });
    await expectCode('quota_exceeded', ask('attach', file));
  });

  it('refuses what names no session, and no part of the page', async () => {
    const { token } = await register();
    await expectCode('not_found', ask('endSession', { token, id: randomUUID() }));
    await expectCode('invalid_request', ask('endSession', { token, id: '%zz' }));
    await expectCode('not_found', ask('docsAsset', { id: 'index.html' }));
    await expectCode('invalid_request', ask('docsAsset', { id: '%zz' }));
  });

  it('refuses who may not get tokens', async () => {
    const { email, password, refreshToken, sessionId, token } = await register();
    const stranger = { authorization: basic('web', 'a guess') };
    await expectCode('invalid_client', ask('revocations', { headers: stranger }));
    for (const name of ['register', 'login', 'refresh'] as const) {
      if (mode === 'proxy') await expectCode('invalid_client', ask(name, { headers: stranger }));
      else await expectCode('cross_site_request', ask(name, { headers: foreign }));
    }
    await expectCode('email_taken', ask('register', { body: { email, password } }));
    await expectCode('invalid_credentials', ask('login', { body: { email, password: 'wrong' } }));
    const change = { currentPassword: 'wrong', newPassword: password };
    await expectCode('invalid_credentials', ask('changePassword', { token, body: change }));

    await expectCode('invalid_refresh_token', ask('refresh', { body: { refreshToken: 'v1.garbage' } }));
    await rotate(stage.api.app, (await rotate(stage.api.app, refreshToken)).refreshToken);
    await expectCode('refresh_token_reused', ask('refresh', { body: { refreshToken } }));
    await expectCode('session_revoked', ask('refresh', { body: { refreshToken } }));
    const late = await register();
    await age(stage.api.database, late.sessionId, policy.sessionIdleSeconds + 1);
    await expectCode('session_expired', ask('refresh', { body: { refreshToken: late.refreshToken } }));
    expect(sessionId).not.toBe(late.sessionId);

    if (mode === 'proxy') await expectCode('missing_token', ask('logout'));
    else await expectCode('cross_site_request', ask('logout', { headers: foreign }));
    await expectCode('invalid_token', ask('logout', { token: 'garbage' }));
    await expectCode('invalid_refresh_token', ask('logout', { body: { refreshToken: 'v1.garbage' } }));
  });

  it('lets nobody try too often', async () => {
    const origin = await stage.limited();
    const { token, refreshToken, email, password } = await register();
    const elsewhere = { 'x-forwarded-for': '203.0.113.7' };
    const twice = async (name: EndpointName, options: AskOptions): Promise<void> => {
      await ask(name, { origin, ...options });
      await expectCode('rate_limited', ask(name, { origin, ...options }));
    };
    await twice('login', { body: { email, password }, headers: elsewhere });
    await twice('register', { body: newAccount(), headers: elsewhere });
    await twice('refresh', { body: { refreshToken } });
    await twice('changePassword', { token, body: { currentPassword: 'wrong', newPassword: password } });
  });

  it('says that it cannot while its database is away', async () => {
    const origin = await stage.cutOff();
    const { token, refreshToken } = await register();
    const id = randomUUID();
    for (const name of names.filter((candidate) => endpoint(candidate).credential !== 'none')) {
      const isClients = endpoint(name).credential.startsWith('client');
      const body = name === 'refresh' ? { refreshToken } : bodies[name];
      const asked = { origin, id, ...(isClients ? {} : { token }), ...(body && { body }) };
      await expectCode('service_unavailable', ask(name, asked));
    }
    await expectCode('service_unavailable', ask('readiness', { origin }));
  });

  it('says nothing of what went wrong inside', async () => {
    const { token, refreshToken } = await register();
    const id = randomUUID();
    stage.api.services.revocationSet.setCurrent(false);
    await stage.api.database.$executeRawUnsafe('DROP SCHEMA public CASCADE');
    for (const name of names.filter((candidate) => endpoint(candidate).credential !== 'none')) {
      const isClients = endpoint(name).credential.startsWith('client');
      const body = name === 'refresh' ? { refreshToken } : bodies[name];
      await expectCode('internal_error', ask(name, { id, ...(isClients ? {} : { token }), ...(body && { body }) }));
    }
  });

  it('has answered nothing that it does not describe', () => {
    expect([...new Set(stage.problems)]).toEqual([]);
  });

  it('has shown everything that it describes, but for what nobody can cause', () => {
    const described = everythingIn(stage.document);
    const silent = described.filter((kind) => !stage.seen.has(kind));
    expect(silent.filter((kind) => !unseen.some(({ pattern }) => pattern.test(kind)))).toEqual([]);
    const idle = unseen.filter(({ pattern }) => !silent.some((kind) => pattern.test(kind)));
    expect(idle).toEqual([]);
  });
});

describe('the judge', () => {
  const document = createOpenApiDocument({ origin: 'https://api.example.net', cookieNames: undefined });
  const judge = createJudge(document);
  const headers = { 'x-request-id': '12345678', 'cache-control': 'no-store', 'content-type': 'application/json' };
  const alive = { success: true, message: 'alive' };
  const answer = (changes: Partial<Exchange>, body: unknown = alive): Exchange => ({
    method: 'GET',
    url: '/healthz',
    status: 200,
    headers,
    body: Buffer.from(JSON.stringify(body)),
    ...changes,
  });
  const refusal = { success: false, code: 'not_found', message: 'there is nothing here', requestId: '12345678' };

  it('finds nothing wrong with what is described', () => {
    expect(judge(answer({}))).toEqual({ seen: 'liveness 200 application/json', problems: [] });
    expect(judge(answer({ url: '/nowhere', status: 404 }, refusal))).toEqual({ seen: undefined, problems: [] });
  });

  it.each([
    ['a member', answer({}, { ...alive, secret: 'x' })],
    ['a missing member', answer({}, { success: true })],
    ['a status', answer({ status: 202 })],
    ['a type', answer({ headers: { ...headers, 'content-type': 'text/html' } })],
    ['a header', answer({ headers: { ...headers, etag: '"x"' } })],
    ['a missing header', answer({ headers: { ...headers, 'x-request-id': undefined } })],
    ['a malformed header', answer({ headers: { ...headers, 'x-request-id': 'a b' } })],
    ['a code', answer({ url: '/docs/x', status: 404 }, { ...refusal, code: 'email_taken' })],
    ['a path', answer({ url: '/nowhere' })],
    ['a method', answer({ method: 'DELETE' })],
    ['a body where there is none', answer({ url: '/openapi.json', status: 304, headers: { ...headers, etag: '"x"' } })],
  ])('notices %s that is not described', (_what, exchange) => {
    expect(judge(exchange).problems).not.toEqual([]);
  });
});
