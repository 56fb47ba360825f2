/** TLS in front of an app, as in production: a self-signed certificate for one name. */
import { request } from 'node:http';
import { createServer } from 'node:https';
import { generate } from 'selfsigned';
import { freePort } from './ports.ts';

export interface TlsFront {
  readonly origin: string;
  close(): Promise<void>;
}

/** Answers at `https://<hostname>:<a free port>` with what `target` answers over plain http. */
export async function openTlsFront(hostname: string, target: string): Promise<TlsFront> {
  const certificate = await generate([{ name: 'commonName', value: hostname }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: hostname }] }],
  });
  const port = await freePort();
  const server = createServer({ key: certificate.private, cert: certificate.cert }, (incoming, outgoing) => {
    const headers = { ...incoming.headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': incoming.headers.host };
    const onward = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin: `https://${hostname}:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
