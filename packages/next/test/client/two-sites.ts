/** A document's surroundings: this site's own server and the API's, both real, and every call as the document made it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import type { ApiMode } from '../../src/client/api-target.ts';

/** What arrived somewhere; `line` is such as `api POST /api/login`. */
export interface Arrival {
  readonly line: string;
  readonly marker: unknown;
  readonly type: string | undefined;
  readonly body: string;
}

/** Says what a server answers; `undefined` breaks the connection. */
export type Answer = (arrival: Arrival) => Response | undefined | Promise<Response | undefined>;

/** What the browser is asked to send. */
export interface Call {
  readonly url: string;
  readonly credentials: string | undefined;
  readonly mode: string | undefined;
  readonly cache: string | undefined;
}

/** Both servers. Global `fetch` and `location` are the document's until `close()`. */
export interface TwoSites {
  readonly own: string;
  readonly api: string;
  readonly modes: Readonly<Record<ApiMode['mode'], ApiMode>>;
  readonly arrived: Arrival[];
  readonly calls: Call[];
  /** Forgets what has happened, and answers like this from now on. */
  begin(answer: Answer): void;
  close(): void;
}

/** Starts them on free ports. */
export async function startTwoSites(): Promise<TwoSites> {
  const arrived: Arrival[] = [];
  const calls: Call[] = [];
  let answer: Answer | undefined;

  const serve = async (name: string, request: IncomingMessage, response: ServerResponse) => {
    const { method, url, headers } = request;
    const { 'x-footbridge': marker, 'content-type': type } = headers;
    const arrival = { line: `${name} ${method} ${url}`, marker, type, body: await text(request) };
    arrived.push(arrival);
    await reply(await answer?.(arrival), response);
  };
  const servers = ['own', 'api'].map((name) =>
    createServer((request, response) => {
      serve(name, request, response).catch(() => response.destroy());
    }),
  );
  const [own = '', api = ''] = await Promise.all(servers.map(listen));

  const realFetch = globalThis.fetch;
  vi.stubGlobal('location', { origin: own });
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    calls.push({ url, credentials: init.credentials, mode: init.mode, cache: init.cache });
    return realFetch(url, init);
  });

  return {
    own,
    api,
    modes: { proxy: { mode: 'proxy' }, 'shared-domain': { mode: 'shared-domain', origin: api } },
    arrived,
    calls,
    begin(next) {
      arrived.length = 0;
      calls.length = 0;
      answer = next;
    },
    close() {
      vi.unstubAllGlobals();
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

async function reply(answer: Response | undefined, response: ServerResponse): Promise<void> {
  if (answer === undefined) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).flushHeaders();
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
}

/** The body that both servers refuse with. */
export function refusal(status: number, code: string): Response {
  return Response.json({ success: false, code, message: 'no', requestId: 'request-1' }, { status });
}

/** A promise and what settles it. */
export function deferred<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  const settlers: ((value: Value) => void)[] = [];
  const promise = new Promise<Value>((resolve) => settlers.push(resolve));
  return { promise, resolve: (value) => settlers.forEach((settle) => settle(value)) };
}

/** A body that can be read once. */
export function streamOf(...parts: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
}
