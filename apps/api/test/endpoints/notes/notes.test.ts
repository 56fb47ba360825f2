import { randomUUID } from 'node:crypto';
import type { Note } from '@footbridge/contracts';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../support/contract.ts';
import { writeNote } from '../../support/notes.ts';
import { asBearer, registerSomebody, startTestApp, type TestApp } from '../../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const list = (token: string, query = ''): request.Test => asBearer(request(api.app).get(`/api/notes${query}`), token);
const create = (token: string, body: object | string): request.Test =>
  asBearer(request(api.app).post('/api/notes'), token).set('Content-Type', 'application/json').send(body);
const titles = (response: request.Response): string[] => response.body.data.notes.map(({ title }: Note) => title);

/** Inserts notes past the wire, in one statement. */
const insertNotes = (userId: string, count: number) => {
  const start = new Date(api.now());
  const row = { userId, body: '', createdAt: start, updatedAt: start };
  return api.database.note.createMany({
    data: Array.from({ length: count }, (_, index) => ({ ...row, title: String(index) })),
  });
};

describe('POST /api/notes', () => {
  it('creates a note and says where it is', async () => {
    const { token } = await registerSomebody(api.app);
    const response = await create(token, {
      title: '  Shopping ',
      body: 'milk\n\tbread',
      id: randomUUID(),
      revision: 7,
    });
    expectSuccess(response, 'createNote');
    const { note } = response.body.data;
    const instant = new Date(api.now()).toISOString();
    expect(note).toMatchObject({ title: 'Shopping', body: 'milk\n\tbread', revision: 1, attachment: null });
    expect(note).toMatchObject({ createdAt: instant, updatedAt: instant });
    expect(response.headers).toMatchObject({ location: `notes/${note.id}`, etag: '"1"' });
    expect((await list(token)).body.data).toEqual({ notes: [note], nextCursor: null });
  });

  it('takes the longest note, even with every character escaped', async () => {
    const { token } = await registerSomebody(api.app);
    const response = await create(token, `{"title":"x","body":"${'\\u20ac'.repeat(20_000)}"}`);
    expectSuccess(response, 'createNote');
    expect(response.body.data.note.body).toBe('€'.repeat(20_000));
    expectRefusal(await create(token, { title: 'x', body: 'x'.repeat(170_000) }), 'payload_too_large');
  });

  it('judges the token before the body', async () => {
    expectRefusal(await request(api.app).post('/api/notes').send({ title: '' }), 'missing_token');
  });

  it.each([[{}], [{ title: '' }], [{ title: 'a\nb' }], [{ title: 'a', body: null }], [{ title: 'a', body: '\u0000' }]])(
    'refuses %j',
    async (body) => {
      const { token } = await registerSomebody(api.app);
      expectRefusal(await create(token, body), 'validation_failed');
    },
  );

  it('stops at a thousand notes, however many are written at once', async () => {
    const { token, user } = await registerSomebody(api.app);
    await insertNotes(user.id, 998);
    const attempts = await Promise.all(Array.from({ length: 6 }, () => create(token, { title: 'one more' })));
    expect(attempts.filter(({ status }) => status === 201)).toHaveLength(2);
    for (const response of attempts) if (response.status !== 201) expectRefusal(response, 'quota_exceeded');
    await asBearer(request(api.app).delete(`/api/notes/${(await list(token)).body.data.notes[0].id}`), token);
    expectSuccess(await create(token, { title: 'again' }), 'createNote');
  });
});

describe('GET /api/notes', () => {
  it('lists one’s own notes, newest first', async () => {
    const somebody = await registerSomebody(api.app);
    const stranger = await registerSomebody(api.app);
    await writeNote(api.app, stranger.token, { title: 'not theirs' });
    for (const title of ['first', 'second', 'third']) {
      await writeNote(api.app, somebody.token, { title });
      api.advance(1);
    }
    const response = await list(somebody.token);
    expectSuccess(response, 'notes');
    expect(titles(response)).toEqual(['third', 'second', 'first']);
  });

  it('pages through all of them, whatever happens meanwhile', async () => {
    const { token, user } = await registerSomebody(api.app);
    await insertNotes(user.id, 45); // all in the same millisecond
    const seen: Note[] = [];
    let query = '?limit=10';
    for (let pages = 0; pages < 5; pages += 1) {
      const response = await list(token, query);
      expectSuccess(response, 'notes');
      seen.push(...response.body.data.notes);
      api.advance(1);
      await writeNote(api.app, token, { title: 'meanwhile' });
      await asBearer(request(api.app).delete(`/api/notes/${seen[0]?.id}`), token);
      query = `?limit=10&cursor=${response.body.data.nextCursor}`;
    }
    expect(query).toBe('?limit=10&cursor=null');
    expect(new Set(seen.map(({ title }) => title))).toEqual(new Set(Array.from({ length: 45 }, (_, i) => String(i))));
    expect(seen).toHaveLength(45);
  });

  it('has twenty on a page unless asked', async () => {
    const { token, user } = await registerSomebody(api.app);
    await insertNotes(user.id, 101);
    expect(titles(await list(token))).toHaveLength(20);
    expect(titles(await list(token, '?limit=100'))).toHaveLength(100);
    expect(titles(await list(token, '?limit=1&limit=2'))).toHaveLength(2);
  });

  it.each(['?limit=0', '?limit=101', '?limit=x', '?limit=', '?cursor=x', '?cursor=', `?cursor=1.${'x'.repeat(36)}`])(
    'refuses %s',
    async (query) => {
      const { token } = await registerSomebody(api.app);
      expectRefusal(await list(token, query), 'validation_failed');
    },
  );

  it.each(['?', '?limit[]=1', '?__proto__=1&a=%00', '?x=?limit=0', `?cursor=999999999999999.${randomUUID()}`])(
    'is not bothered by %s',
    async (query) => {
      const { token } = await registerSomebody(api.app);
      expectSuccess(await list(token, query), 'notes');
    },
  );

  it('tells nobody else’s notes to a cursor of theirs', async () => {
    const [one, two] = [await registerSomebody(api.app), await registerSomebody(api.app)];
    await insertNotes(one.user.id, 3);
    const { nextCursor } = (await list(one.token, '?limit=1')).body.data;
    expect(titles(await list(two.token, `?cursor=${nextCursor}`))).toEqual([]);
  });
});
