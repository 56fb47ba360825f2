import { createServer, type Socket } from 'node:net';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Attempt, attempt } from '../src/attempt.ts';
import { listen } from './fixtures/servers.ts';
import { pause } from './fixtures/timing.ts';

const body = Buffer.alloc(40_000, 'x');
const chunk = `${body.byteLength.toString(16)}\r\n${body.toString()}\r\n0\r\n\r\n`;

const framings = [
  ['its length', `Content-Length: ${body.byteLength}\r\n`, body],
  ['its length, and the connection ends', `Connection: close\r\nContent-Length: ${body.byteLength}\r\n`, body],
  ['chunks, and the connection ends', 'Connection: close\r\nTransfer-Encoding: chunked\r\n', chunk],
  ['the end of the connection', 'Connection: close\r\n', body],
] as const;

/** An API that answers so, and ends its connection so at once. */
async function api(head: string, sent: Buffer | string, end: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n`);
      socket.write(sent, () => end(socket));
    });
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${await listen(server)}`;
}

/** Asks, and makes the API wait at every piece, for long enough that all of it and the end are there. */
function readSlowly(origin: string): Promise<{ readonly bytes: number; readonly end: 'whole' | 'broken' }> {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  let bytes = 0;
  return new Promise((resolve) => {
    const upstream = { method: 'GET', origin, path: '/', headers: [], headersTimeoutMs: 5_000 };
    const under: Attempt = attempt(
      agent,
      { upstream, body: undefined },
      {
        onConnected: () => undefined,
        onHead: () => undefined,
        onData(piece) {
          bytes += piece.byteLength;
          under.pause();
          void pause(200).then(() => under.resume());
        },
        onEnd: () => resolve({ bytes, end: 'whole' }),
        onError: () => resolve({ bytes, end: 'broken' }),
      },
    );
  });
}

describe('an API that closes the connection while a slow reader makes it wait', () => {
  it.each(framings)('has answered whole, framed by %s', async (_framing, head, sent) => {
    const origin = await api(head, sent, (socket) => socket.end());
    expect(await readSlowly(origin)).toEqual({ bytes: body.byteLength, end: 'whole' });
  });

  it.each(framings)('has broken off where half is missing, framed by %s', async (framing, head, sent) => {
    const origin = await api(head, sent.slice(0, 20_000), (socket) => socket.end());
    const end = framing === 'the end of the connection' ? 'whole' : 'broken';
    expect(await readSlowly(origin)).toMatchObject({ end });
  });

  it.each(framings)('is heard of when it resets it, framed by %s', async (_framing, head, sent) => {
    const origin = await api(head, sent, (socket) => setTimeout(() => socket.resetAndDestroy(), 50));
    expect((await readSlowly(origin)).bytes).toBeGreaterThan(0);
  });
});
