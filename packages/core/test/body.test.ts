import { describe, expect, it } from 'vitest';
import { readBody, readText } from '../src/body.ts';

function post(body: BodyInit | null, contentType?: string, headers: Record<string, string> = {}): Request {
  const type = contentType === undefined ? {} : { 'content-type': contentType };
  const init = { method: 'POST', body, headers: { ...type, ...headers }, duplex: 'half' };
  return new Request('https://app.example.com/api/login', init);
}

function streamOf(...parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

describe('readBody', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])('parses %s', async (type) => {
    expect(await readBody(post('{"a":1}', type))).toEqual({ kind: 'json', value: { a: 1 } });
  });

  it('parses a form and counts empty fields as not sent', async () => {
    const body = await readBody(post('email=a%40b.c&name=&__proto__=x', 'application/x-www-form-urlencoded'));
    expect(body).toEqual({
      kind: 'form',
      value: Object.fromEntries([
        ['email', 'a@b.c'],
        ['__proto__', 'x'],
      ]),
    });
  });

  it('joins a character that two parts of a stream share', async () => {
    const bytes = new TextEncoder().encode('"é"');
    const body = post(streamOf(bytes.slice(0, 2), bytes.slice(2)), 'application/json');
    expect(await readBody(body)).toEqual({ kind: 'json', value: 'é' });
  });

  it.each([
    ['no type', '{}', undefined, {}, 'unsupported_media_type'],
    ['plain text, which any site may send', '{}', 'text/plain', {}, 'unsupported_media_type'],
    ['a type that only begins right', '{}', 'application/jsonp', {}, 'unsupported_media_type'],
    ['a multipart form', 'x', 'multipart/form-data; boundary=x', {}, 'unsupported_media_type'],
    ['a compressed body', '{}', 'application/json', { 'content-encoding': 'gzip' }, 'unsupported_media_type'],
    ['an empty body', null, 'application/json', {}, 'malformed_json'],
    ['broken JSON', '{"a":', 'application/json', {}, 'malformed_json'],
    ['two documents', '{} {}', 'application/json', {}, 'malformed_json'],
    ['bytes that are not UTF-8', new Uint8Array([34, 0xc3, 34]), 'application/json', {}, 'malformed_json'],
    ['half a character at the end', new Uint8Array([34, 0xc3]), 'application/json', {}, 'malformed_json'],
    ['an announced excess', '{}', 'application/json', { 'content-length': '100001' }, 'payload_too_large'],
    ['an excess of text', `"${'a'.repeat(100_000)}"`, 'application/json', {}, 'payload_too_large'],
    ['a form too large', `a=${'a'.repeat(100_000)}`, 'application/x-www-form-urlencoded', {}, 'payload_too_large'],
  ])('refuses %s', async (_name, body, type, headers, code) => {
    expect(await readBody(post(body, type, headers))).toEqual({ kind: 'refused', code });
  });

  it('refuses a stream that lies about its length', async () => {
    const part = new Uint8Array(40_000).fill(32);
    const request = post(streamOf(part, part, part), 'application/json', { 'content-length': '2' });
    expect(await readBody(request)).toEqual({ kind: 'refused', code: 'payload_too_large' });
  });
});

describe('readText', () => {
  it('stops reading an endless stream at the limit', async () => {
    let pulls = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulls += 1;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    expect(await readText(endless, 10_000)).toEqual({ kind: 'too_large' });
    expect(pulls).toBeLessThan(15);
  });

  it('calls a stream that breaks off broken', async () => {
    const broken = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error('reset')) });
    expect(await readText(broken, 10_000)).toEqual({ kind: 'broken' });
  });
});
