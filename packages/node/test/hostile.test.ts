import { describe, expect, it } from 'vitest';
import { rawConnection, requestText } from './fixtures/raw.ts';
import { relayTo, type RelayTest } from './fixtures/servers.ts';
import { pause } from './fixtures/timing.ts';

interface Target extends RelayTest {
  /** Every request that arrived at the API: its target and its body. */
  readonly arrived: string[];
}

async function target(): Promise<Target> {
  const arrived: string[] = [];
  const test = await relayTo((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.on('end', () => {
      arrived.push(`${request.url} ${body}`.trim());
      response.end('answer');
    });
  });
  return { ...test, arrived };
}

/** Sends bytes, waits for the answer or the end, and proves that the relay still works. */
async function attack({ port, origin, arrived }: Target, text: string): Promise<string> {
  const connection = await rawConnection(port, text);
  await Promise.race([connection.until(/\r\n\r\n/).catch(() => ''), connection.closed, pause(1500)]);
  connection.socket.destroy();
  const before = arrived.length;
  expect(await (await fetch(`${origin}/api/proxy/still-there`)).text()).toBe('answer');
  expect(arrived.splice(before)).toEqual(['/api/still-there']);
  return connection.received();
}

const host = 'Host: 127.0.0.1';

describe('a hostile target', () => {
  it.each([
    'http://evil.example/api/proxy/x',
    'http://evil.example/x',
    '//evil.example/api/proxy/x',
    '/\\evil.example/x',
    '/api/proxy\\..\\x',
    '/api/proxy/\\evil',
    '/api/proxy/a b',
    '/api/proxy/\x01',
    '/api/proxy/\x7f',
    '/api/proxy/#fragment',
    '/api/proxy/caf\xe9',
    '*',
    'evil.example:80',
    '',
  ])('%j reaches nothing below the API', async (path) => {
    const test = await target();
    await attack(test, requestText([`GET ${path} HTTP/1.1`, host]));
    expect(test.arrived).toEqual([]);
  });

  it.each(['/api/proxy/http://evil.example/', '/api/proxy/@evil.example/', '/api/proxy/x?y=//evil.example/..;'])(
    '%j is a path of the API like any other',
    async (path) => {
      const test = await target();
      await attack(test, requestText([`GET ${path} HTTP/1.1`, host]));
      expect(test.arrived).toEqual([path.replace('/api/proxy/', '/api/')]);
    },
  );
});

describe('a hostile head', () => {
  const long = 'a'.repeat(100_000);
  it.each([
    ['two hosts', [host, 'Host: evil.example'], /^HTTP\/1\.1 (400|200)/],
    ['no host', [], /^HTTP\/1\.1 400/],
    ['a folded field', [host, 'X-Test: a', ' b'], /^HTTP\/1\.1 400/],
    ['a space before the colon', [host, 'Content-Length : 5'], /^HTTP\/1\.1 400/],
    ['a bare line feed', [host, 'X-Test: a\nX-Evil: b'], /^HTTP\/1\.1 400/],
    ['a bare carriage return', [host, 'X-Test: a\rX-Evil: b'], /^HTTP\/1\.1 400/],
    ['a NUL', [host, 'X-Test: a\0b'], /^HTTP\/1\.1 400/],
    ['a giant field', [host, `X-Test: ${long}`], /^HTTP\/1\.1 431/],
    ['an odd expectation', [host, 'Expect: a-miracle'], /^HTTP\/1\.1 417/],
  ])('with %s sends nothing foreign on', async (_what, fields, answer) => {
    const test = await target();
    const received = await attack(test, requestText(['GET /api/proxy/n HTTP/1.1', ...fields]));
    expect(received).toMatch(answer);
    expect(test.arrived.filter((request) => request !== '/api/n')).toEqual([]);
    expect(test.relay.judged.flatMap(({ headers }) => headers).map(([name]) => name)).not.toContain('X-Evil');
  });

  it('with a giant target is refused', async () => {
    const test = await target();
    const received = await attack(test, requestText([`GET /api/proxy/${long} HTTP/1.1`, host]));
    expect(received).toMatch(/^HTTP\/1\.1 431/);
    expect(test.arrived).toEqual([]);
  });

  it('never carries the client\u2019s own Host on', async () => {
    const hosts: (string | undefined)[] = [];
    const { port, api } = await relayTo((request, response) => {
      hosts.push(request.headers.host);
      response.end('ok');
    });
    const connection = await rawConnection(port, requestText(['GET /api/proxy/n HTTP/1.1', 'Host: evil.example']));
    await connection.until(/ok$/);
    expect(hosts).toEqual([`127.0.0.1:${api.port}`]);
  });
});

describe('contradicting framing', () => {
  const smuggled = requestText(['GET /api/admin HTTP/1.1', host]);
  it.each([
    ['length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['two lengths', ['Content-Length: 0', `Content-Length: ${smuggled.length}`], smuggled],
    ['a list of lengths', [`Content-Length: 0, ${smuggled.length}`], smuggled],
    ['a signed length', ['Content-Length: +5'], 'hello'],
    ['a length that is none', ['Content-Length: 0x5'], 'hello'],
    ['chunks that are not last', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${smuggled}`],
    ['an unknown coding', ['Transfer-Encoding: xchunked'], smuggled],
    ['a coding after a tab', ['Transfer-Encoding:\x0bchunked'], `0\r\n\r\n${smuggled}`],
    ['a chunk size that is none', ['Transfer-Encoding: chunked'], 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a chunk longer than it says', ['Transfer-Encoding: chunked'], '2\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size that overflows', ['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\nhello\r\n0\r\n\r\n'],
    ['a chunk without its line end', ['Transfer-Encoding: chunked'], '5\r\nhello0\r\n\r\n'],
  ])('(%s) completes no request at the API', async (_what, fields, body) => {
    const test = await target();
    const received = await attack(test, requestText(['POST /api/proxy/n HTTP/1.1', host, ...fields], body));
    expect(received).not.toMatch(/^HTTP\/1\.1 200/);
    expect(test.arrived).toEqual([]);
  });
});

describe('pipelining', () => {
  it('answers in order, one judgement each', async () => {
    const { port, relay } = await relayTo((request, response) => {
      setTimeout(() => response.end(request.url), request.url === '/api/1' ? 100 : 0);
    });
    const texts = [1, 2, 3].map((index) => requestText([`GET /api/proxy/${index} HTTP/1.1`, host]));
    const connection = await rawConnection(port, texts.join(''));
    expect(await connection.until(/\/api\/1[^]*\/api\/2[^]*\/api\/3/)).toMatch(/\/api\/3$/);
    expect(relay.judged).toHaveLength(3);
  });
});
