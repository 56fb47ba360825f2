import { describe, expect, it } from 'vitest';
import { FeedError } from '../../src/api/feed-error.ts';
import { createOpenFeed, feedBody, type FeedEvent } from '../../src/api/revocation-feed.ts';

const url = 'http://127.0.0.1:4000/api/revocations';
const authorization = 'Basic d2ViOnNlY3JldA==';
const type = { 'content-type': 'text/event-stream; charset=utf-8' };
const revokedAt = '2027-01-15T08:00:00.000Z';
const data = (sid: unknown) => `data: ${JSON.stringify({ sid, revokedAt })}`;

function stream(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function read(body: string | ReadableStream<Uint8Array>): Promise<FeedEvent[]> {
  const open = createOpenFeed({ url, authorization, fetch: async () => new Response(body, { headers: type }) });
  const events: FeedEvent[] = [];
  for await (const event of await open({ lastEventId: undefined, signal: new AbortController().signal })) {
    events.push(event);
  }
  return events;
}

const revoked = (sid: string, cursor: string) => ({ kind: 'revoked', sid, revokedAt: Date.parse(revokedAt), cursor });

describe('createOpenFeed', () => {
  it.each([undefined, 'cursor-7'])('asks for a stream after cursor %s', async (lastEventId) => {
    const requests: Request[] = [];
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      requests.push(new Request(input, init));
      return new Response(':\n', { headers: type });
    };
    const { signal } = new AbortController();
    await createOpenFeed({ url, authorization, fetch })({ lastEventId, signal });
    const [request] = requests;
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      accept: 'text/event-stream',
      authorization,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    });
    expect([request?.url, request?.method, request?.redirect, request?.cache]).toEqual([
      url,
      'GET',
      'manual',
      'no-store',
    ]);
  });

  it('reads revocations, heartbeats and the API\u2019s other events', async () => {
    const text = `:\nevent: revoked\nid: 7\n${data('session-1')}\n\nevent: news\ndata: x\n\n${data('session-2')}\n\n`;
    const heartbeat = { kind: 'heartbeat' };
    expect(await read(text)).toEqual([heartbeat, revoked('session-1', '7'), heartbeat, heartbeat]);
  });

  it('reads a stream cut within its characters', async () => {
    const bytes = new TextEncoder().encode(`\uFEFF: ä\nevent: revoked\nid: 7\n${data('sitzung-ü-😀')}\n\n`);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const events = await read(stream(bytes.slice(0, cut), bytes.slice(cut)));
      expect(events).toEqual([{ kind: 'heartbeat' }, revoked('sitzung-ü-😀', '7')]);
    }
  });

  it.each([
    ['no JSON', 'data: {'],
    ['no object', 'data: null'],
    ['no session', 'data: {"revokedAt":"2027-01-15T08:00:00.000Z"}'],
    ['an empty session', data('')],
    ['a session that is no text', data(7)],
    ['no time', 'data: {"sid":"session-1"}'],
    ['a time that is none', 'data: {"sid":"session-1","revokedAt":"yesterday"}'],
  ])('reads on after a revocation with %s', async (_name, broken) => {
    const text = `event: revoked\nid: 6\n${broken}\n\nevent: revoked\nid: 7\n${data('session-2')}\n\n`;
    expect(await read(text)).toEqual([{ kind: 'unreadable' }, revoked('session-2', '7')]);
  });

  it.each(['7\u00e4', 'a b', '\u007f', '7\t', 'x'.repeat(300)])(
    'takes no cursor that no header carries: %j',
    async (id) => {
      expect(await read(`event: revoked\nid: ${id}\n${data('session-1')}\n\n`)).toEqual([revoked('session-1', '')]);
    },
  );

  it('refuses a line without end', async () => {
    await expect(read(`data: ${'x'.repeat(1_000_000)}`)).rejects.toThrow(new FeedError('an endless event'));
  });

  it('lets go of a stream that is not read on', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(':\n')),
      cancel: () => void (cancelled = true),
    });
    const open = createOpenFeed({ url, authorization, fetch: async () => new Response(body, { headers: type }) });
    const feed = await open({ lastEventId: undefined, signal: new AbortController().signal });
    for await (const event of feed) {
      expect(event).toEqual({ kind: 'heartbeat' });
      break;
    }
    expect(cancelled).toBe(true);
  });
});

describe('answers that are no feed', () => {
  it.each<readonly [string, Response, string]>([
    ['a refusal', new Response('{"secret":1}', { status: 401, headers: type }), 'status 401'],
    ['a server error', new Response('{"secret":1}', { status: 500, headers: type }), 'status 500'],
    ['no content', new Response(null, { status: 204, headers: type }), 'status 204'],
    ['a redirect', new Response(null, { status: 302, headers: { location: 'https://secret.example' } }), 'status 302'],
    ['a page', new Response('<p>secret', { headers: { 'content-type': 'text/html' } }), 'not an event stream'],
    ['JSON', new Response('{"secret":1}', { headers: { 'content-type': 'application/json' } }), 'not an event stream'],
    ['no type', new Response(stream()), 'not an event stream'],
    ['no body', new Response(null, { headers: type }), 'not an event stream'],
  ])('are refused and let go: %s', async (_name, response, message) => {
    expect(() => feedBody(response)).toThrow(new FeedError(message));
    const rest = response.body === null ? undefined : (await response.body.getReader().read()).value;
    expect(rest).toBeUndefined();
  });
});
