import { describe, expect, it } from 'vitest';
import { rawConnection, requestText } from './fixtures/raw.ts';
import { relayTo } from './fixtures/servers.ts';
import { expectSoon, pause } from './fixtures/timing.ts';

const eventStream = { 'content-type': 'text/event-stream; charset=utf-8' };
const get = requestText(['GET /api/proxy/events HTTP/1.1', 'Host: x']);

describe('an event stream', () => {
  it('begins before its first event', async () => {
    const { origin } = await relayTo((_request, response) => response.writeHead(200, eventStream).flushHeaders());
    const response = await fetch(`${origin}/api/proxy/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await response.body?.cancel();
  });

  it('hands on every event as it comes', async () => {
    let send: ((text: string) => unknown) | undefined;
    const { port } = await relayTo((_request, response) => {
      response.writeHead(200, eventStream).flushHeaders();
      send = (text) => response.write(text);
    });
    const connection = await rawConnection(port, get);
    await connection.until(/\r\n\r\n/);
    for (const word of ['one', 'two', 'three']) {
      send?.(`data: ${word}\n\n`);
      expect(await connection.until(new RegExp(`data: ${word}\n\n`))).not.toContain('undefined');
    }
  });

  it('is one of a hundred, and all of them hear', async () => {
    const sends: ((text: string) => void)[] = [];
    const { port, relay } = await relayTo((_request, response) => {
      response.writeHead(200, eventStream).flushHeaders();
      sends.push((text) => void response.write(text));
    });
    const connections = await Promise.all(Array.from({ length: 100 }, () => rawConnection(port, get)));
    await expectSoon(() => sends.length === 100);
    sends.forEach((send, index) => send(`data: ${index}\n\n`));
    await Promise.all(connections.map((connection) => connection.until(/data: \d+\n\n/)));
    expect(relay.streams()).toBe(100);
    for (const { socket } of connections) socket.destroy();
    await expectSoon(() => relay.listeners() === 0);
    expect(relay.streams()).toBe(0);
  });

  it('ends in order, within a second, when its session ends', async () => {
    let isClosed = false;
    const { port, relay } = await relayTo((request, response) => {
      request.socket.on('close', () => (isClosed = true));
      response.writeHead(200, eventStream).write('data: one\n\n');
    });
    const connection = await rawConnection(port, get);
    await connection.until(/data: one/);
    relay.endSession();
    await connection.until(/\r\n0\r\n\r\n$/);
    await expectSoon(() => isClosed, 1000);
    expect([relay.listeners(), relay.streams()]).toEqual([0, 0]);
  });

  it('never begins when its session ended while the API thought about it', async () => {
    let answer: (() => void) | undefined;
    const { port, relay } = await relayTo((_request, response) => {
      answer = () => void response.writeHead(200, eventStream).write('data: secret\n\n');
    });
    const connection = await rawConnection(port, get);
    await expectSoon(() => relay.listeners() === 1 && answer !== undefined);
    relay.endSession();
    answer?.();
    expect(await connection.until(/\r\n0\r\n\r\n$/)).not.toContain('secret');
  });
});

describe('any other answer', () => {
  it('is whole although its session ends meanwhile', async () => {
    const { origin, relay } = await relayTo((_request, response) => {
      response.write('first ');
      setTimeout(() => response.end('last'), 200);
    });
    const response = await fetch(`${origin}/api/proxy/notes`);
    relay.endSession();
    expect(await response.text()).toBe('first last');
  });
});

describe('an orderly stop', () => {
  it('ends event streams at once, and waits for what has an end', async () => {
    const { port, origin, handler } = await relayTo((request, response) => {
      if (request.url === '/api/events') return void response.writeHead(200, eventStream).write('data: one\n\n');
      response.write('first ');
      setTimeout(() => response.end('last'), 300);
    });
    const events = await rawConnection(port, get);
    await events.until(/data: one/);
    const download = await fetch(`${origin}/api/proxy/notes`);
    let isStopped = false;
    const stopped = handler.close().then(() => (isStopped = true));
    await events.until(/\r\n0\r\n\r\n$/);
    await pause(20);
    expect(isStopped).toBe(false);
    expect(await download.text()).toBe('first last');
    await stopped;
  });

  it('leaves no stream that begins after it', async () => {
    const { port, handler, relay } = await relayTo((_request, response) => {
      setTimeout(() => response.writeHead(200, eventStream).write('data: one\n\n'), 100);
    });
    const connection = await rawConnection(port, get);
    await expectSoon(() => relay.listeners() === 1);
    await handler.close();
    expect(await connection.until(/\r\n0\r\n\r\n$/)).not.toContain('one');
  });
});
