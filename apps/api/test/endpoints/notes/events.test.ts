import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectRefusal } from '../../support/contract.ts';
import { type Instance, startInstance } from '../../support/instance.ts';
import { type OpenNoteFeed, openNoteFeed, someBytes, upload, writeNote } from '../../support/notes.ts';
import { logInAgain } from '../../support/sessions.ts';
import { asBearer, registerSomebody, startTestApp, type TestApp } from '../../support/test-app.ts';

const within = { timeout: 10_000, interval: 10 } as const;

let api: TestApp;
let instance: Instance;
beforeAll(async () => {
  api = await startTestApp();
  instance = await startInstance(api, { hears: false });
});
afterAll(async () => {
  await instance.close();
  await api.close();
});

const feeds: OpenNoteFeed[] = [];
const open = async (token: string, lastEventId?: string): Promise<OpenNoteFeed> => {
  const feed = await openNoteFeed(instance.origin, token, lastEventId);
  feeds.push(feed);
  return feed;
};
afterEach(() => feeds.splice(0).forEach((feed) => feed.leave()));

const rename = (token: string, id: string, title: string): request.Test =>
  asBearer(request(instance.origin).patch(`/api/notes/${id}`), token)
    .send({ title })
    .expect(200);
const remove = (token: string, path: string): request.Test =>
  asBearer(request(instance.origin).delete(`/api/notes/${path}`), token).expect(200);
const kinds = ({ events }: OpenNoteFeed): string[] => events.map(({ kind }) => kind);

describe('GET /api/notes/events', () => {
  it('tells of every change as it is made', async () => {
    const { token } = await registerSomebody(api.app);
    const feed = await open(token);
    const note = await writeNote(instance.origin, token, { title: 'x', body: 'two\nlines' });
    expect((await feed.tells('created')).data).toEqual({ note });
    await rename(token, note.id, 'y');
    expect((await feed.tells('updated')).data.note).toMatchObject({ id: note.id, title: 'y', revision: 2 });
    await upload(instance.origin, token, { id: note.id, bytes: someBytes(7) }).expect(200);
    expect((await feed.tells('attachment')).data.note).toMatchObject({ revision: 3, attachment: { size: 7 } });
    await remove(token, `${note.id}/attachment`);
    await vi.waitFor(() => expect(feed.events.at(-1)?.data.note?.attachment).toBeNull(), within);
    await remove(token, note.id);
    expect((await feed.tells('deleted')).data).toEqual({ id: note.id });
    expect(feed.events.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('opens with its headers and lives by heartbeats', async () => {
    const { token } = await registerSomebody(api.app);
    const response = await fetch(`${instance.origin}/api/notes/events`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('cache-control')).toBe('private, no-store, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes(': alive\n\n: alive\n\n')) break;
    }
    expect(text).toMatch(/^: open\n\nid: 0\n\n(: alive\n\n)+$/);
  });

  it('is about one’s own notes alone', async () => {
    const [one, two] = [await registerSomebody(api.app), await registerSomebody(api.app)];
    const feed = await open(one.token);
    await writeNote(instance.origin, two.token);
    const mine = await writeNote(instance.origin, one.token);
    expect((await feed.tells('created')).data.note?.id).toBe(mine.id);
    expect(feed.events).toHaveLength(1);
  });

  it('says nothing of a change that was refused', async () => {
    const { token } = await registerSomebody(api.app);
    const { id } = await writeNote(instance.origin, token);
    const feed = await open(token);
    const patch = asBearer(request(instance.origin).patch(`/api/notes/${id}`), token).set('If-Match', '"9"');
    expectRefusal(await patch.send({ title: 'new' }), 'precondition_failed');
    await rename(token, id, 'newer');
    expect((await feed.tells('updated')).id).toBe('2');
    expect(feed.events).toHaveLength(1);
  });

  it('keeps the order of a hundred changes at once', async () => {
    const { token } = await registerSomebody(api.app);
    const { id } = await writeNote(instance.origin, token);
    const feed = await open(token);
    await Promise.all(Array.from({ length: 100 }, (_, index) => rename(token, id, String(index))));
    await vi.waitFor(() => expect(feed.events).toHaveLength(100), within);
    expect(feed.events.map((event) => event.id)).toEqual(Array.from({ length: 100 }, (_, index) => String(index + 2)));
    const { body } = await asBearer(request(instance.origin).get(`/api/notes/${id}`), token);
    expect(feed.events.at(-1)?.data.note).toEqual(body.data.note);
  });

  it('answers HEAD without staying open', async () => {
    const { token } = await registerSomebody(api.app);
    await asBearer(request(api.app).head('/api/notes/events'), token).expect(200);
    expectRefusal(await request(api.app).get('/api/notes/events'), 'missing_token');
  });
});

describe('a reader who comes back', () => {
  it('gets what was missed, once and in order', async () => {
    const { token } = await registerSomebody(api.app);
    const feed = await open(token);
    const gone = await writeNote(instance.origin, token);
    const { id } = await feed.tells('created');
    feed.leave();
    const kept = await writeNote(instance.origin, token);
    await rename(token, gone.id, 'y');
    await remove(token, gone.id);

    const again = await open(token, id);
    expect((await again.tells('deleted')).data.id).toBe(gone.id);
    // Of a note that is gone there is nothing left to show.
    expect(kinds(again)).toEqual(['created', 'deleted']);
    expect(again.events[0]?.data.note?.id).toBe(kept.id);
    await rename(token, kept.id, 'z');
    expect((await again.tells('updated')).id).toBe('5');
  });

  it('knows where it stood even without having seen an event', async () => {
    const { token } = await registerSomebody(api.app);
    await writeNote(instance.origin, token);
    const feed = await open(token);
    await vi.waitFor(() => expect(feed.lastEventId()).toBe('1'), within);
    feed.leave();
    await writeNote(instance.origin, token);
    const again = await open(token, feed.lastEventId());
    expect((await again.tells('created')).id).toBe('2');
  });

  it.each(['2', '999999999', '9'.repeat(40), '-1', 'x', '1.5', randomUUID()])(
    'after %s is told to read everything again',
    async (lastEventId) => {
      const { token } = await registerSomebody(api.app);
      const { id } = await writeNote(instance.origin, token);
      const feed = await open(token, lastEventId);
      expect(await feed.tells('reset')).toEqual({ kind: 'reset', id: '1', data: {} });
      await rename(token, id, 'y');
      await feed.tells('updated');
      expect(kinds(feed)).toEqual(['reset', 'updated']);
    },
  );

  it('after too long is told to read everything again', async () => {
    const { token, user } = await registerSomebody(api.app);
    const { id } = await writeNote(instance.origin, token);
    const row = { userId: user.id, kind: 'updated', noteId: id };
    const data = Array.from({ length: 600 }, (_, index) => ({ ...row, position: index + 2 }));
    await instance.services.database.noteChange.createMany({ data });
    await instance.services.database.notebook.update({ where: { userId: user.id }, data: { position: 601 } });
    await rename(token, id, 'y');
    expect(await instance.services.database.noteChange.count({ where: { userId: user.id } })).toBe(500);
    const late = await open(token, '101');
    expect((await late.tells('reset')).id).toBe('602');
    const inTime = await open(token, '102');
    await vi.waitFor(() => expect(inTime.events).toHaveLength(500), within);
    expect(new Set(kinds(inTime))).toEqual(new Set(['updated']));
  });
});

describe('an open stream', () => {
  it('ends with its session, and with no other', async () => {
    const somebody = await registerSomebody(api.app);
    const other = await logInAgain(api.app, somebody);
    const [ending, staying] = [await open(somebody.token), await open(other.token)];
    const start = performance.now();
    await asBearer(request(instance.origin).post('/api/logout'), somebody.token).expect(200);
    await vi.waitFor(() => expect(ending.isOver()).toBe(true), within);
    expect(performance.now() - start).toBeLessThan(1000);
    await writeNote(instance.origin, other.token);
    await staying.tells('created');
    expect(ending.events).toEqual([]);
    expect((await open(somebody.token)).status).toBe(401);
  });

  it('frees everything when its reader leaves', async () => {
    const { token } = await registerSomebody(api.app);
    const { noteFollowers, revocationSet } = instance.services;
    const follow = noteFollowers.follow.bind(noteFollowers);
    const watch = revocationSet.watch.bind(revocationSet);
    const freed = vi.fn<(what: string) => void>();
    vi.spyOn(noteFollowers, 'follow').mockImplementationOnce((userId) => {
      const follower = follow(userId);
      return { next: () => follower.next(), leave: () => (freed('follower'), follower.leave()) };
    });
    vi.spyOn(revocationSet, 'watch').mockImplementationOnce((watcher) => {
      const unwatch = watch(watcher);
      return () => (freed('watcher'), unwatch());
    });
    const feed = await open(token);
    expect(freed).not.toHaveBeenCalled();
    feed.leave();
    await vi.waitFor(() => expect(freed.mock.calls.flat().toSorted()).toEqual(['follower', 'watcher']), within);
  });

  it('ends, and is refused, while the process cannot hear the others', async () => {
    const deaf = await startInstance(api, { hears: false });
    const { token } = await registerSomebody(api.app);
    const feed = await openNoteFeed(deaf.origin, token);
    deaf.services.revocationSet.setCurrent(false);
    await vi.waitFor(() => expect(feed.isOver()).toBe(true), within);
    expect((await openNoteFeed(deaf.origin, token)).status).toBe(503);
    await deaf.close();
  });

  it('ends when the rows cannot be read, so that its reader comes back', async () => {
    const { token } = await registerSomebody(api.app);
    const { noteFeed, noteFollowers } = instance.services;
    const feed = await open(token);
    await vi.waitFor(() => expect(feed.lastEventId()).toBe('0'), within);
    vi.spyOn(noteFeed, 'read').mockRejectedValueOnce(new Error('the database is away'));
    noteFollowers.tellAll();
    await vi.waitFor(() => expect(feed.isOver()).toBe(true), within);
  });
});
