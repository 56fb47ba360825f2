import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { noteLimits } from '@footbridge/contracts';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectRefusal, expectSuccess } from '../../support/contract.ts';
import { type Instance, startInstance } from '../../support/instance.ts';
import { download, readNote, sha256, someBytes, upload, writeNote } from '../../support/notes.ts';
import { asBearer, registerSomebody, startTestApp, type TestApp } from '../../support/test-app.ts';

const mebibyte = 1024 * 1024;
const within = { timeout: 10_000, interval: 20 } as const;
const isReal = process.env['TEST_DATABASE_URL'] !== undefined;
const heldAtMost = isReal ? 8 : Infinity; // the embedded database has its whole store in this very memory

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

/** Somebody with one note. */
async function startNote() {
  const { token, user } = await registerSomebody(api.app);
  const { id } = await writeNote(api.app, token);
  return { token, id, userId: user.id };
}

const get = (token: string, id: string): request.Test =>
  asBearer(request(api.app).get(`/api/notes/${id}/attachment`), token);
const attach = (token: string, id: string, query = ''): request.Test =>
  asBearer(request(api.app).post(`/api/notes/${id}/attachment${query}`), token);
// Asked on the connection of the instance that stores them: on the embedded database two would get in each other's way.
const pieces = (userId: string): Promise<number> =>
  instance.services.database.uploadPiece.count({ where: { upload: { userId } } });
const uploads = (userId: string): Promise<number> => instance.services.database.upload.count({ where: { userId } });
const hoursAgo = (count: number): Date => new Date(Date.now() - count * 3_600_000);
const digestOf = (bytes: Buffer): string => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

/** Opens an upload whose end is in the test's hands. */
function beginUpload({ token, id }: { token: string; id: string }, headers: Record<string, string | number> = {}) {
  const sent = httpRequest(`${instance.origin}/api/notes/${id}/attachment`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  sent.on('error', () => {});
  const status = new Promise<number | undefined>((resolve) => {
    sent.on('response', (response) => resolve(response.resume().statusCode));
    sent.on('close', () => resolve(undefined));
  });
  return { sent, status };
}

/** Opens a download that is read at the pace of the test. */
function beginDownload({ token, id }: { token: string; id: string }): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    httpRequest(`${instance.origin}/api/notes/${id}/attachment`, { headers }, resolve).on('error', reject).end();
  });
}

describe('an attachment', () => {
  it.each([0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3 * mebibyte])(
    'of %d bytes comes back as it went',
    async (size) => {
      const { token, id } = await startNote();
      const bytes = someBytes(size);
      const response = await upload(api.app, token, { id, bytes });
      expectSuccess(response, 'attach');
      const uploadedAt = new Date(api.now()).toISOString();
      const { attachment } = response.body.data;
      const contentType = 'application/octet-stream';
      expect(attachment).toEqual({ size, contentType, sha256: sha256(bytes), name: null, uploadedAt });
      expect((await readNote(api.app, token, id)).body.data.note).toMatchObject({ attachment, revision: 2 });

      const { body, headers } = await download(api.app, token, id).expect(200);
      expect(sha256(body)).toBe(sha256(bytes));
      expect(headers).toMatchObject({
        'content-length': String(size),
        'content-type': contentType,
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
        'accept-ranges': 'bytes',
        etag: `"${sha256(bytes)}"`,
      });
    },
  );

  it('keeps its type and name', async () => {
    const { token, id } = await startNote();
    const name = 'Übersicht "neu"; 日本.html';
    const response = await attach(token, id, `?name=${encodeURIComponent(name)}`)
      .set('Content-Type', 'text/html; charset="utf-16"; a=b')
      .send('<script>alert(1)</script>');
    expect(response.body.data.attachment).toMatchObject({ name, contentType: 'text/html; charset="utf-16"; a=b' });
    const { headers } = await get(token, id).expect(200);
    expect(headers['content-type']).toBe('text/html; charset="utf-16"; a=b');
    expect(headers['content-disposition']).toMatch(/^attachment; filename="[^"\r\n]*(\\"[^"]*)*"; filename\*=UTF-8''/);
    expect(headers['content-disposition']).toContain(encodeURIComponent('日本'));
  });

  it('has a type without a charset of ours', async () => {
    const { token, id } = await startNote();
    await attach(token, id, '?name=a.txt').set('Content-Type', 'text/plain').send('x').expect(200);
    const { headers } = await get(token, id);
    expect(headers).toMatchObject({
      'content-type': 'text/plain',
      'content-disposition': expect.stringMatching(/a\.txt/),
    });
  });

  it('takes the place of the one before', async () => {
    const { token, id, userId } = await startNote();
    await upload(api.app, token, { id, bytes: someBytes(600_000) }).expect(200);
    const second = someBytes(300_000);
    await upload(api.app, token, { id, bytes: second, query: '?name=b' }).expect(200);
    expect(sha256((await download(api.app, token, id)).body)).toBe(sha256(second));
    expect(await uploads(userId)).toBe(1);
    expect(await pieces(userId)).toBe(2);
  });

  it('can be taken off', async () => {
    const { token, id, userId } = await startNote();
    const detach = () => asBearer(request(api.app).delete(`/api/notes/${id}/attachment`), token);
    expectRefusal(await detach(), 'not_found');
    await upload(api.app, token, { id, bytes: someBytes(300_000) }).expect(200);
    expectSuccess(await detach(), 'detach');
    expectRefusal(await get(token, id), 'not_found');
    expect((await readNote(api.app, token, id)).body.data.note).toMatchObject({ attachment: null, revision: 3 });
    expect(await pieces(userId)).toBe(0);
  });

  it('answers HEAD as GET without a body', async () => {
    const { token, id } = await startNote();
    await upload(api.app, token, { id, bytes: someBytes(1234) }).expect(200);
    const head = asBearer(request(api.app).head(`/api/notes/${id}/attachment`), token).set('Range', 'bytes=0-1');
    expect((await head.expect(200)).headers['content-length']).toBe('1234');
  });
});

describe('an upload', () => {
  it('is checked against its Content-Digest', async () => {
    const { token, id, userId } = await startNote();
    const bytes = someBytes(300_000);
    const right = await upload(api.app, token, { id, bytes }).set(
      'Content-Digest',
      `sha-512=:eHl6:, ${digestOf(bytes)}`,
    );
    expectSuccess(right, 'attach');
    const wrong = await upload(api.app, token, { id, bytes: someBytes(9) }).set('Content-Digest', digestOf(bytes));
    expectRefusal(wrong, 'digest_mismatch');
    expect(sha256((await download(api.app, token, id)).body)).toBe(sha256(bytes));
    expect(await uploads(userId)).toBe(1);
  });

  it.each(['sha-256=x', 'sha-256=::', 'sha-256=:eHl6:', `sha-256=${'a'.repeat(43)}=`])(
    'does not guess what Content-Digest means by %s',
    async (digest) => {
      const { token, id } = await startNote();
      expectRefusal(
        await upload(api.app, token, { id, bytes: someBytes(1) }).set('Content-Digest', digest),
        'invalid_request',
      );
    },
  );

  it.each([
    ['Content-Encoding', 'gzip'],
    ['Content-Type', ';;;'],
    ['Content-Type', 'text/html; x="'],
    ['Content-Type', 'text/html/x'],
    ['Content-Type', `text/${'x'.repeat(300)}`],
  ])('is refused for %s: %s', async (name, value) => {
    const { token, id } = await startNote();
    expectRefusal(await upload(api.app, token, { id, bytes: someBytes(1) }).set(name, value), 'unsupported_media_type');
  });

  it.each(['?name=a%2Fb', '?name=', '?name=a%0D%0AX-Evil:%201'])('is refused for %s', async (query) => {
    const { token, id } = await startNote();
    expectRefusal(await upload(api.app, token, { id, bytes: someBytes(1), query }), 'validation_failed');
  });

  it('takes exactly as much as the limit says', async () => {
    const { token, id } = await startNote();
    const bytes = Buffer.alloc(noteLimits.attachmentBytes, 'x');
    expectSuccess(await upload(api.app, token, { id, bytes }), 'attach');
  });

  it('is refused before it arrives when it says that it is too large', async () => {
    const whom = await startNote();
    const { sent, status } = beginUpload(whom, { 'content-length': noteLimits.attachmentBytes + 1 });
    sent.write('x');
    expect(await status).toBe(413);
    expect(await uploads(whom.userId)).toBe(0);
    sent.destroy();
  });

  it('is refused as soon as it is too large, whatever it says', async () => {
    const whom = await startNote();
    const { sent, status } = beginUpload(whom, { 'transfer-encoding': 'chunked' });
    for (let sentBytes = 0; sentBytes <= noteLimits.attachmentBytes; sentBytes += mebibyte) {
      if (!sent.write(Buffer.alloc(mebibyte))) await new Promise((resolve) => sent.once('drain', resolve));
    }
    expect(await status).toBe(413); // and the body has not ended yet
    expect(await uploads(whom.userId)).toBe(0);
    sent.destroy();
  });

  it('leaves no connection to a sender who never stops', async () => {
    const whom = await startNote();
    const { sent, status } = beginUpload(whom, { 'content-length': noteLimits.attachmentBytes + 1 });
    const closed = new Promise((resolve) => sent.once('close', resolve));
    const drip = setInterval(() => sent.write('x'), 50);
    expect(await status).toBe(413);
    await closed;
    clearInterval(drip);
  });

  it('that breaks off leaves what was there', async () => {
    const whom = await startNote();
    const bytes = someBytes(300_000);
    await upload(api.app, whom.token, { id: whom.id, bytes }).expect(200);
    const { sent } = beginUpload(whom, { 'content-length': 5 * mebibyte });
    sent.write(someBytes(mebibyte));
    await vi.waitFor(async () => expect(await pieces(whom.userId)).toBeGreaterThan(3), within);
    sent.destroy();
    await vi.waitFor(async () => expect(await uploads(whom.userId)).toBe(1), within);
    expect(sha256((await download(api.app, whom.token, whom.id)).body)).toBe(sha256(bytes));
    expect((await readNote(api.app, whom.token, whom.id)).body.data.note.revision).toBe(2);
  });

  it('ends with the note that it is for', async () => {
    const whom = await startNote();
    const { sent, status } = beginUpload(whom, { 'content-length': 2 * mebibyte });
    sent.write(someBytes(mebibyte));
    await vi.waitFor(async () => expect(await pieces(whom.userId)).toBeGreaterThan(2), within);
    await asBearer(request(instance.origin).delete(`/api/notes/${whom.id}`), whom.token).expect(200);
    sent.end(someBytes(mebibyte));
    expect(await status).toBe(404);
    expect(await pieces(whom.userId)).toBe(0);
  });

  it('clears away what a process that died has left, and nothing else', async () => {
    const { token, id, userId } = await startNote();
    const bytes = someBytes(10);
    await upload(api.app, token, { id, bytes }).expect(200);
    await api.database.upload.updateMany({ where: { userId }, data: { startedAt: new Date(0) } });
    const left = { userId, noteId: id, pieces: { create: { position: 0, bytes: new Uint8Array(10) } } };
    await api.database.upload.create({ data: { ...left, id: crypto.randomUUID(), startedAt: hoursAgo(2) } });
    await api.database.upload.create({ data: { ...left, id: crypto.randomUUID(), startedAt: hoursAgo(0.5) } });
    const other = await writeNote(api.app, token);
    await upload(api.app, token, { id: other.id, bytes }).expect(200);
    expect(await uploads(userId)).toBe(3);
    expect(sha256((await download(api.app, token, id)).body)).toBe(sha256(bytes));
  });

  it('one of many for the same note is seen, whole', async () => {
    const { token, id, userId } = await startNote();
    const files = Array.from({ length: 6 }, () => someBytes(400_000));
    const answers = await Promise.all(files.map((bytes) => upload(instance.origin, token, { id, bytes })));
    expect(answers.map(({ status }) => status)).toEqual(files.map(() => 200));
    const { body } = await download(api.app, token, id).expect(200);
    expect(files.map(sha256)).toContain(sha256(body));
    expect(await uploads(userId)).toBe(1);
    expect((await readNote(api.app, token, id)).body.data.note.revision).toBe(7);
  });

  it('finds no room where a user has stored all that they may', async () => {
    const { token, id, userId } = await startNote();
    const full = Math.floor(noteLimits.attachedBytes / (256 * 1024));
    const left = { id: crypto.randomUUID(), userId, noteId: id, startedAt: new Date() };
    await api.database.upload.create({ data: left });
    const rows = Array.from({ length: full - 1 }, (_, position) => ({
      uploadId: left.id,
      position,
      bytes: Buffer.of(0),
    }));
    await api.database.uploadPiece.createMany({ data: rows });
    expectRefusal(await upload(api.app, token, { id, bytes: someBytes(300_000) }), 'quota_exceeded');
    expectSuccess(await upload(api.app, token, { id, bytes: someBytes(200_000) }), 'attach');
  });
});

describe('a download', () => {
  const size = 700_000; // three pieces
  let whom: { token: string; id: string };
  let bytes: Buffer;
  let tag: string;
  beforeAll(async () => {
    whom = await startNote();
    bytes = someBytes(size);
    tag = `"${sha256(bytes)}"`;
    await upload(api.app, whom.token, { id: whom.id, bytes }).expect(200);
  });

  const part = (condition: string): request.Test =>
    download(api.app, whom.token, whom.id).set({ Range: 'bytes=0-1', 'If-Range': condition });
  const ask = (condition: string): request.Test => get(whom.token, whom.id).set('If-None-Match', condition);

  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-', 0, size - 1],
    ['bytes=262143-262144', 262_143, 262_144],
    ['bytes=262144-524287', 262_144, 524_287],
    ['bytes=100-650000', 100, 650_000],
    ['bytes=699999-', 699_999, 699_999],
    ['bytes=5-9999999', 5, size - 1],
    ['bytes=-1', size - 1, size - 1],
    ['bytes=-9999999', 0, size - 1],
  ])('of %s is that part', async (range, start, end) => {
    const { body, headers } = await download(api.app, whom.token, whom.id).set('Range', range).expect(206);
    expect(headers).toMatchObject({
      'content-range': `bytes ${start}-${end}/${size}`,
      'content-length': String(end + 1 - start),
      etag: tag,
    });
    expect(body.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it.each(['bytes=700000-', 'bytes=-0', 'bytes=999999999-999999999'])('of %s has nothing to give', async (range) => {
    const response = await get(whom.token, whom.id).set('Range', range);
    expectRefusal(response, 'range_not_satisfiable');
    expect(response.headers).toMatchObject({ 'content-range': `bytes */${size}` });
    expect(response.headers).not.toHaveProperty('etag');
  });

  it.each(['bytes=0-1,5-6', 'bytes=9-5', 'items=0-1', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=0x1-2', '0-1'])(
    'of %s is the whole',
    async (range) => {
      const { headers } = await download(api.app, whom.token, whom.id).set('Range', range).expect(200);
      expect(headers).toMatchObject({ 'content-length': String(size) });
    },
  );

  it('goes on only in the file that it began with', async () => {
    await part(tag).expect(206);
    await part(`W/${tag}`).expect(200);
    await part('"another"').expect(200);
  });

  it('is spared whoever has it already', async () => {
    const { headers, text } = await ask(`"x", ${tag}`).expect(304);
    expect({ etag: headers['etag'], text }).toEqual({ etag: tag, text: '' });
    await ask('*').expect(304);
    await ask('"x"').expect(200);
    await ask(tag).set('Range', 'bytes=9999999-').expect(304);
  });

  it('breaks off rather than end early when the file goes', async () => {
    const mine = await startNote();
    await upload(api.app, mine.token, { id: mine.id, bytes: someBytes(20 * mebibyte) }).expect(200);
    const response = await fetch(`${instance.origin}/api/notes/${mine.id}/attachment`, {
      headers: { authorization: `Bearer ${mine.token}` },
    });
    await asBearer(request(instance.origin).delete(`/api/notes/${mine.id}/attachment`), mine.token).expect(200);
    await expect(response.arrayBuffer()).rejects.toThrow(TypeError);
  });

  it('waits for a reader who is slow', async () => {
    const mine = await startNote();
    await upload(api.app, mine.token, { id: mine.id, bytes: someBytes(20 * mebibyte) }).expect(200);
    const statement = vi.spyOn(instance.services.database, '$statement');
    const { hostname, port } = new URL(instance.origin);
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.write(
      `GET /api/notes/${mine.id}/attachment HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${mine.token}\r\n\r\n`,
    );
    await sleep(1500);
    expect(statement.mock.calls.length).toBeLessThan(60); // of 80 pieces: the rest fits in the sockets' buffers
    socket.destroy();
    statement.mockRestore();
  });
});

describe('twenty-four mebibytes', () => {
  it('pass both ways without being held', async () => {
    const whom = await startNote();
    const chunk = someBytes(64 * 1024);
    const [sentHash, receivedHash] = [createHash('sha256'), createHash('sha256')];
    const held = watchMemory();
    const { sent, status } = beginUpload(whom, { 'transfer-encoding': 'chunked' });
    for (let count = 0; count < 384; count += 1) {
      sentHash.update(chunk);
      if (!sent.write(chunk)) await new Promise((resolve) => sent.once('drain', resolve));
      if (count % 48 === 0) held.look();
    }
    sent.end();
    expect(await status).toBe(200);

    let parts = 0;
    for await (const part of await beginDownload(whom)) {
      receivedHash.update(part);
      if (parts % 48 === 0) held.look();
      parts += 1;
    }
    expect(receivedHash.digest('hex')).toBe(sentHash.digest('hex'));
    expect(held.mostMegabytes()).toBeLessThan(heldAtMost);
  });
});

/** Watches the memory that buffers take, which is outside the heap. Only what nobody can reach any more is not counted. */
function watchMemory() {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const megabytes = (): number => {
    collectGarbage();
    collectGarbage(); // buffers are given back by a thread of its own, for which the next collection waits
    return process.memoryUsage().arrayBuffers / mebibyte;
  };
  const start = megabytes();
  let most = 0;
  return {
    look: () => void (most = Math.max(most, megabytes() - start)),
    mostMegabytes: () => most,
  };
}
