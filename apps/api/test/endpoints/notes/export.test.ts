import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { note as noteSchema } from '@footbridge/contracts';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectRefusal } from '../../support/contract.ts';
import { type Instance, startInstance } from '../../support/instance.ts';
import { someBytes, upload, writeNote } from '../../support/notes.ts';
import { asBearer, registerSomebody, startTestApp, type TestApp } from '../../support/test-app.ts';

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

const exportAll = (token: string): request.Test => asBearer(request(instance.origin).get('/api/notes/export'), token);

/** Somebody with long notes, some of them written in the same millisecond. */
async function startNotes(count: number): Promise<{ token: string }> {
  const { token, user } = await registerSomebody(api.app);
  const body = 'x'.repeat(20_000);
  const start = api.now();
  const data = Array.from({ length: count }, (_, index) => {
    const createdAt = new Date(start + Math.floor(index / 7));
    return { userId: user.id, title: String(index), body, createdAt, updatedAt: createdAt };
  });
  for (let first = 0; first < count; first += 50) {
    await api.database.note.createMany({ data: data.slice(first, first + 50) });
  }
  return { token };
}

describe('GET /api/notes/export', () => {
  it('gives every note on a line of its own, newest first', async () => {
    const { token } = await startNotes(500);
    const { text, headers } = await exportAll(token).buffer(true).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename="?notes\.ndjson"?$/),
      'cache-control': 'private, no-store',
    });
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    const notes = lines.map((line) => noteSchema.strict().parse(JSON.parse(line)));
    expect(new Set(notes.map(({ title }) => title)).size).toBe(500);
    const instants = notes.map(({ createdAt }) => createdAt);
    expect(instants).toEqual(instants.toSorted().toReversed());
  });

  it('is empty for whoever has none', async () => {
    const { token } = await registerSomebody(api.app);
    await startNotes(2);
    const { text } = await exportAll(token).buffer(true).expect(200);
    expect(text).toBe('');
  });

  it('names what is attached', async () => {
    const { token } = await registerSomebody(api.app);
    const { id } = await writeNote(api.app, token, { title: 'ünïcode', body: '\u2028\n' });
    await upload(api.app, token, { id, bytes: someBytes(5), query: '?name=five' }).expect(200);
    const { text } = await exportAll(token).buffer(true);
    expect(JSON.parse(text).attachment).toMatchObject({ name: 'five', size: 5 });
  });

  it('waits for a reader who is slow', async () => {
    const { token } = await startNotes(1000); // twenty megabytes
    const { notes } = instance.services;
    const all = notes.all.bind(notes);
    let taken = 0;
    vi.spyOn(notes, 'all').mockImplementationOnce(async function* counted(userId) {
      for await (const note of all(userId)) {
        taken += 1;
        yield note;
      }
    });
    const { hostname, port } = new URL(instance.origin);
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.write(
      `GET /api/notes/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
    await vi.waitFor(() => expect(taken).toBeGreaterThan(0));
    await sleep(1500);
    expect(taken).toBeLessThan(750); // what has been taken is in the sockets' buffers
    let received = '';
    for await (const chunk of socket) received += chunk.toString('latin1');
    expect(received.match(/"revision":1/g)).toHaveLength(1000);
    expect(taken).toBe(1000);
  });

  it('answers HEAD without a body', async () => {
    const { token } = await registerSomebody(api.app);
    await asBearer(request(api.app).head('/api/notes/export'), token).expect(200);
    expectRefusal(await request(api.app).get('/api/notes/export'), 'missing_token');
  });
});
