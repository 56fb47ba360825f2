import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { digestOf, manyBytes } from './fixtures/bytes.ts';
import { rawConnection, requestText } from './fixtures/raw.ts';
import { relayTo } from './fixtures/servers.ts';
import { expectSoon, pause } from './fixtures/timing.ts';

const mebibyte = 1024 * 1024;
const big = 200 * mebibyte;

/** What is on the way: buffers of four sockets and two streams. Far below what is sent. */
const mostOnTheWay = 32 * mebibyte;

describe('200 MiB', () => {
  it('go up unchanged, in bounded memory', async () => {
    const { port } = await relayTo((incoming, response) => {
      void digestOf(incoming).then((digest) => response.end(digest));
    });
    const memory = watchMemory();
    const upload = request({ port, host: '127.0.0.1', path: '/api/proxy/up', method: 'POST' });
    upload.setHeader('content-length', big);
    const answered = new Promise<string>((resolve) => {
      upload.on('response', (response) => void response.setEncoding('utf8').on('data', resolve));
    });
    await pipeline(manyBytes(big), upload);
    expect(await answered).toBe(await digestOf(big));
    expect(memory.growth()).toBeLessThan(96 * mebibyte);
  });

  it('come down unchanged, in bounded memory', async () => {
    const { origin } = await relayTo((_request, response) => void pipeline(manyBytes(big), response));
    const memory = watchMemory();
    const { body } = await fetch(`${origin}/api/proxy/down`);
    expect(await digestOf(body ?? 0)).toBe(await digestOf(big));
    expect(memory.growth()).toBeLessThan(96 * mebibyte);
  });
});

describe('a slow reader', () => {
  it('slows an API that sends', async () => {
    let sent = 0;
    const { port } = await relayTo((_request, response) => {
      const source = manyBytes(big);
      source.on('data', (piece: Buffer) => (sent += piece.byteLength));
      source.pipe(response);
    });
    const connection = await rawConnection(port, requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x']));
    connection.socket.pause();
    await settled(() => sent);
    expect(sent).toBeLessThan(mostOnTheWay);
    connection.socket.resume();
    await expectSoon(() => sent === big, 20_000);
  });

  it('slows a client that sends', async () => {
    let incoming: { resume(): unknown } | undefined;
    let received = 0;
    const { port } = await relayTo((request, response) => {
      incoming = request.pause();
      request.on('data', (chunk: Buffer) => (received += chunk.byteLength)).pause();
      request.on('end', () => response.end('done'));
    });
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', `Content-Length: ${big}`];
    const { socket } = await rawConnection(port, requestText(head));
    manyBytes(big).pipe(socket, { end: false });
    await settled(() => socket.bytesWritten);
    expect(socket.bytesWritten).toBeLessThan(mostOnTheWay);
    incoming?.resume();
    await expectSoon(() => received === big, 20_000);
  });
});

/** Waits until a number grows no more. */
async function settled(count: () => number): Promise<void> {
  for (let before = -1; before !== count() || before === 0; ) {
    before = count();
    await pause(300);
  }
}

/** The most memory that this process, which is client, relay and API at once, has grown by. */
function watchMemory(): { growth(): number } {
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  return {
    growth() {
      clearInterval(watch);
      return most - before;
    },
  };
}
