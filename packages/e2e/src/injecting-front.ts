/** A hole, made on purpose: a proxy that puts markup into pages as an attacker would, and leaves every header alone. */
import { createServer, request } from 'node:http';
import { freePort } from './ports.ts';

/** The proxy, and the foreign site that its markup calls. */
export interface InjectingFront {
  readonly origin: string;
  /** Another origin, whose every file is a script that says that it ran. */
  readonly evilOrigin: string;
  /** Paths that a browser asked the foreign site for. */
  readonly stolen: readonly string[];
  close(): Promise<void>;
}

/** Stands in front of a frontend; `markup` makes what is put at the end of every page's body. */
export async function openInjectingFront(
  target: string,
  markup: (evilOrigin: string) => string,
): Promise<InjectingFront> {
  const stolen: string[] = [];
  const [port, evilPort] = [await freePort(), await freePort()];
  const evilOrigin = `http://127.0.0.1:${evilPort}`;
  const evil = createServer((incoming, outgoing) => {
    stolen.push(incoming.url ?? '');
    outgoing.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' });
    outgoing.end("globalThis.ran = [...(globalThis.ran ?? []), 'a foreign script'];");
  });
  const front = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, 'accept-encoding': 'identity' };
    const onward = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers }, (answer) => {
      const isPage = answer.headers['content-type']?.startsWith('text/html') === true;
      const kept = Object.entries(answer.headers).filter(([name]) => !isPage || !framing.has(name));
      outgoing.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
      if (!isPage) return void answer.pipe(outgoing);
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const html = Buffer.concat(chunks).toString('utf8');
        outgoing.end(html.replace('</body>', () => `${markup(evilOrigin)}</body>`));
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => evil.listen(evilPort, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${port}`,
    evilOrigin,
    stolen,
    close: async () => {
      for (const server of [front, evil]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

const framing = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);
