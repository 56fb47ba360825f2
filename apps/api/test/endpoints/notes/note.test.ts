import { randomUUID } from 'node:crypto';
import { type ApiEndpoint, apiEndpoints } from '@footbridge/contracts';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../support/contract.ts';
import { readNote, someBytes, upload, writeNote } from '../../support/notes.ts';
import { asBearer, registerSomebody, startTestApp, type TestApp } from '../../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const change = (token: string, id: string, body: object): request.Test =>
  asBearer(request(api.app).patch(`/api/notes/${id}`), token).send(body);
const remove = (token: string, id: string): request.Test =>
  asBearer(request(api.app).delete(`/api/notes/${id}`), token);

const methods = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;
const aboutOneNote = Object.values<ApiEndpoint>(apiEndpoints)
  .filter(({ path }) => path.startsWith('/api/notes/:id'))
  .map(({ method, path }): [string, (token: string, id: string) => request.Test] => [
    `${method} ${path}`,
    (token, id) => asBearer(request(api.app)[methods[method]](path.replace(':id', id)), token).send({ title: 'mine' }),
  ]);

describe.each(aboutOneNote)('%s', (_what, ask) => {
  it('knows nobody else’s note', async () => {
    const [owner, stranger] = [await registerSomebody(api.app), await registerSomebody(api.app)];
    const { id } = await writeNote(api.app, owner.token);
    await upload(api.app, owner.token, { id, bytes: someBytes(10) }).expect(200);
    const before = await readNote(api.app, owner.token, id);
    expectRefusal(await ask(stranger.token, id), 'not_found');
    expect((await readNote(api.app, owner.token, id)).body).toEqual(before.body);
  });

  it('answers every other id in the same way', async () => {
    const { token } = await registerSomebody(api.app);
    const ids = ['x', ':id', '%00', "'--", '..%2f..', 'a'.repeat(2000), randomUUID(), randomUUID().toUpperCase()];
    for (const id of ids) expectRefusal(await ask(token, id), 'not_found');
  });

  it('refuses a session that has ended', async () => {
    const { token, sessionId } = await registerSomebody(api.app);
    const { id } = await writeNote(api.app, token);
    await api.services.sessions.end(sessionId, 'logout');
    expectRefusal(await ask(token, id), 'session_revoked');
  });
});

describe('GET /api/notes/:id', () => {
  it('answers the note with its revision as entity tag', async () => {
    const { token } = await registerSomebody(api.app);
    const note = await writeNote(api.app, token, { title: 'x', body: 'y' });
    const response = await readNote(api.app, token, note.id);
    expectSuccess(response, 'note');
    expect(response.body.data.note).toEqual(note);
    expect(response.headers['etag']).toBe('"1"');
  });
});

describe('PATCH /api/notes/:id', () => {
  it('changes what it names and leaves the rest', async () => {
    const { token } = await registerSomebody(api.app);
    const note = await writeNote(api.app, token, { title: 'x', body: 'y' });
    api.advance(5);
    const first = await change(token, note.id, {
      title: ' new ',
      id: randomUUID(),
      createdAt: '',
      userId: randomUUID(),
    });
    expectSuccess(first, 'changeNote');
    const updatedAt = new Date(api.now()).toISOString();
    expect(first.body.data.note).toEqual({ ...note, title: 'new', revision: 2, updatedAt });
    expect(first.headers['etag']).toBe('"2"');
    const second = await change(token, note.id, { body: '' });
    expect(second.body.data.note).toMatchObject({ title: 'new', body: '', revision: 3 });
  });

  it.each([[{}], [{ revision: 3 }], [{ title: '' }], [{ body: 7 }], [[]]])('refuses %j', async (body) => {
    const { token } = await registerSomebody(api.app);
    const { id } = await writeNote(api.app, token);
    expectRefusal(await change(token, id, body), 'validation_failed');
    expect((await readNote(api.app, token, id)).body.data.note.revision).toBe(1);
  });

  it.each(['"1"', '*', '"0", "1"', '"x",  "1"'])('goes ahead where If-Match is %s', async (condition) => {
    const { token } = await registerSomebody(api.app);
    const { id } = await writeNote(api.app, token);
    expectSuccess(await change(token, id, { title: 'new' }).set('If-Match', condition), 'changeNote');
  });

  it.each(['"2"', 'W/"1"', '"0", "2"', '""', '"01"'])('is stale where If-Match is %s', async (condition) => {
    const { token } = await registerSomebody(api.app);
    const note = await writeNote(api.app, token);
    const response = await change(token, note.id, { title: 'new' }).set('If-Match', condition);
    expectRefusal(response, 'precondition_failed');
    expect((await readNote(api.app, token, note.id)).body.data.note).toEqual(note);
  });

  it.each(['1', '"1', '"1" "2"', ',', ''])('does not guess what If-Match means by %j', async (condition) => {
    const { token } = await registerSomebody(api.app);
    const { id } = await writeNote(api.app, token);
    expectRefusal(await change(token, id, { title: 'new' }).set('If-Match', condition), 'invalid_request');
  });

  it('lets one of many through who read the same revision', async () => {
    const { token } = await registerSomebody(api.app);
    const { id } = await writeNote(api.app, token);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => change(token, id, { title: `by ${index}` }).set('If-Match', '"1"')),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(7);
    expect((await readNote(api.app, token, id)).body.data.note.revision).toBe(2);
  });
});

describe('DELETE /api/notes/:id', () => {
  it('deletes the note and what is attached', async () => {
    const { token, user } = await registerSomebody(api.app);
    const { id } = await writeNote(api.app, token);
    await upload(api.app, token, { id, bytes: someBytes(300_000) }).expect(200);
    expectSuccess(await remove(token, id), 'deleteNote');
    expectRefusal(await remove(token, id), 'not_found');
    expectRefusal(await readNote(api.app, token, id), 'not_found');
    expect(await api.database.uploadPiece.count({ where: { upload: { userId: user.id } } })).toBe(0);
  });

  it('keeps what has changed since it was read', async () => {
    const { token } = await registerSomebody(api.app);
    const { id } = await writeNote(api.app, token);
    await change(token, id, { title: 'new' }).expect(200);
    expectRefusal(await remove(token, id).set('If-Match', '"1"'), 'precondition_failed');
    expectSuccess(await remove(token, id).set('If-Match', '"2"'), 'deleteNote');
  });
});

describe('paths beside a note', () => {
  it.each([
    ['/api/notes', 'GET, HEAD, POST'],
    ['/api/notes/export', 'GET, HEAD'],
    ['/api/notes/events', 'GET, HEAD'],
    [`/api/notes/${randomUUID()}`, 'GET, HEAD, PATCH, DELETE'],
    [`/api/notes/${randomUUID()}/attachment`, 'GET, HEAD, POST, DELETE'],
  ])('%s names its methods', async (path, allow) => {
    const response = await request(api.app).put(path);
    expectRefusal(response, 'method_not_allowed');
    expect(response.headers['allow']).toBe(allow);
  });
});
