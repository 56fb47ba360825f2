/** A recording hop between frontend and API: what crosses this wire is what the tests read, delay and lose. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { freePort } from './ports.ts';

/** One exchange as it crossed the wire. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: IncomingHttpHeaders;
  readonly status: number;
  readonly responseHeaders: IncomingHttpHeaders;
  readonly responseBody: string;
}

/** What becomes of an answer of the API: handed on, handed on late, or lost after the API has done its work. */
export type Fate = { readonly kind: 'deliver'; readonly afterMs?: number } | { readonly kind: 'lose' };

/** Decides by what was asked. */
export type Weather = (asked: { readonly method: string; readonly path: string }) => Fate;

/** Records every exchange; resets the connection while no API behind it answers. */
export interface Wire {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  /** Every token that the API has issued across this wire, access and refresh. */
  issuedTokens(): string[];
  /** Calm until told otherwise. */
  setWeather(weather: Weather): void;
  close(): Promise<void>;
}

const calm: Weather = () => ({ kind: 'deliver' });

/** Opens a wire to one API, or to several instances in turn. */
export async function openWire(apiUrls: readonly string[]): Promise<Wire> {
  const exchanges: Exchange[] = [];
  const port = await freePort();
  let weather = calm;
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    turn += 1;
    const target = new URL(incoming.url ?? '/', apiUrls[turn % apiUrls.length]);
    const onward = request(target, { method: incoming.method, headers: incoming.headers, agent: false }, (answer) => {
      const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
      if (isStream) passThrough(answer, outgoing);
      else void record({ incoming, answer, outgoing, fate: weather(asked(incoming)) }).then((e) => exchanges.push(e));
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    issuedTokens: () => tokensIn(exchanges),
    setWeather: (next) => {
      weather = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function asked({ method = '', url = '' }: IncomingMessage): { method: string; path: string } {
  return { method, path: url };
}

function passThrough(answer: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
  outgoing.flushHeaders();
  answer.pipe(outgoing);
  answer.on('error', () => outgoing.destroy());
}

interface Crossing {
  readonly incoming: IncomingMessage;
  readonly answer: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly fate: Fate;
}

async function record({ incoming, answer, outgoing, fate }: Crossing): Promise<Exchange> {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => answer.once('close', resolve));
  const body = Buffer.concat(chunks);
  if (fate.kind === 'lose') outgoing.destroy();
  else setTimeout(() => outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders).end(body), fate.afterMs ?? 0);
  return {
    ...asked(incoming),
    requestHeaders: incoming.headers,
    status: answer.statusCode ?? 0,
    responseHeaders: answer.headers,
    responseBody: body.toString('utf8'),
  };
}

function tokensIn(exchanges: readonly Exchange[]): string[] {
  return exchanges.flatMap(({ responseBody }) =>
    [...responseBody.matchAll(/"(?:token|refreshToken)":"([^"]+)"/g)].map((match) => match[1] ?? ''),
  );
}
