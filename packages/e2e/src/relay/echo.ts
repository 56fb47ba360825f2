/** An upstream that stands where the API is: it tells what reached it, and answers below `/api/echo` as a test says. */
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { freePort } from '../ports.ts';
import { type Digest, digestOf } from './bytes.ts';
import { type Field, fieldsOf, valuesOf } from './fields.ts';

/** One request as it reached the upstream. */
export interface Reached {
  readonly method: string;
  /** Path and query, raw. */
  readonly target: string;
  readonly fields: readonly Field[];
  /** When the exchange was over, in order or not, as `performance.now()` has it. */
  readonly over: Promise<number>;
}

/** One request below `/api/echo`, to be answered. */
export interface EchoCall {
  readonly reached: Reached;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Reads the body to its end. */
  readonly digest: () => Promise<Digest>;
}

/** Answers a call, as badly as a test wants. */
export type Answerer = (call: EchoCall) => void | Promise<void>;

/** The upstream. Everything but `/api/echo` is handed to the real API. */
export interface Echo {
  readonly url: string;
  readonly port: number;
  /** Everything that reached it, the frontend's own calls included. */
  readonly reached: readonly Reached[];
  /** How many sockets were ever opened to it. */
  readonly socketCount: number;
  /** How many WebSockets are open now. */
  readonly webSocketCount: number;
  /** Where the rest is handed to. */
  setApi(url: string): void;
  /** Answers calls to a path, or with a request id; without a word the answer is `{sub, method}`. */
  answer(pathOrId: string, answerer: Answerer): void;
  /** Refuses connections, until `listen()`. */
  deafen(): Promise<void>;
  listen(): Promise<void>;
  close(): Promise<void>;
}

const echoPath = '/api/echo';

/** Opens the upstream on a free port. */
export async function openEcho(): Promise<Echo> {
  const port = await freePort();
  const reached: Reached[] = [];
  const answerers = new Map<string, Answerer>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 8 * 1024 * 1024 });
  let [apiUrl, socketCount] = ['', 0];

  const note = (request: IncomingMessage, over: Promise<number>): Reached => {
    const { method = '', url: target = '' } = request;
    const entry = { method, target, fields: fieldsOf(request.rawHeaders), over };
    reached.push(entry);
    return entry;
  };
  const answererOf = ({ target, fields }: Reached): Answerer => {
    const [id = ''] = valuesOf(fields, 'x-request-id');
    const [path = ''] = target.split('?');
    return answerers.get(id) ?? answerers.get(path) ?? tellWhoAsked;
  };

  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, maxHeaderSize: 256 * 1024 });
  server.on('connection', () => {
    socketCount += 1;
  });
  server.on('request', (request, response) => {
    const over = new Promise<number>((resolve) => {
      response.once('close', () => resolve(performance.now()));
    });
    const entry = note(request, over);
    if (!isEcho(entry.target)) return handOn(request, response, apiUrl);
    const call = { reached: entry, request, response, digest: () => digestOf(request) };
    void Promise.resolve(answererOf(entry)(call)).catch(() => response.destroy());
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const over = new Promise<number>((resolve) => {
      socket.once('close', () => resolve(performance.now()));
    });
    const { target } = note(request, over);
    socket.on('error', () => socket.destroy());
    if (!target.startsWith(`${echoPath}/socket`)) return void socket.end(noSocketHere);
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('message', (data, isBinary) => opened.send(data, { binary: isBinary }));
      opened.on('error', () => opened.terminate());
    });
  });

  const listen = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const deafen = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    reached,
    get socketCount() {
      return socketCount;
    },
    get webSocketCount() {
      return sockets.clients.size;
    },
    setApi: (url) => {
      apiUrl = url;
    },
    answer: (pathOrId, answerer) => void answerers.set(pathOrId, answerer),
    deafen,
    listen,
    close: deafen,
  };
}

const noSocketHere = 'HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: 14\r\n\r\nno socket here';

/** In whose name a call came: the subject of its token, which the real API has signed. */
function subjectOf({ fields }: Reached): string | undefined {
  const [, payload = ''] = (valuesOf(fields, 'authorization')[0] ?? '').split('.');
  const claims: unknown = payload === '' ? {} : JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return typeof claims === 'object' && claims !== null && 'sub' in claims ? String(claims.sub) : undefined;
}

function isEcho(target: string): boolean {
  return target.startsWith(`${echoPath}/`) || target.split('?')[0] === echoPath;
}

async function tellWhoAsked({ reached, response, digest }: EchoCall): Promise<void> {
  const body = await digest();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ sub: subjectOf(reached), method: reached.method, body }));
}

function handOn(request: IncomingMessage, response: ServerResponse, apiUrl: string): void {
  const { hostname, port } = new URL(apiUrl);
  const { method, url: path, headers } = request;
  const onward = ask({ hostname, port, method, path, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
