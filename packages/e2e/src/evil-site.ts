/** A sibling subdomain that somebody else has taken over: it shares the site, and must not share the session. */
import { createServer } from 'node:http';
import { freePort } from './ports.ts';
import { hostsOf, type Site } from './site.ts';
import { openTlsFront } from './tls-front.ts';

/** Its server, and the address of its pages. */
export interface EvilSite {
  readonly origin: string;
  /** A page whose answer carries these `Set-Cookie` lines. */
  planting(lines: readonly string[]): string;
  close(): Promise<void>;
}

/** Serves an empty page at `evil.<COOKIE_DOMAIN>`. */
export async function startEvilSite(site: Site): Promise<EvilSite> {
  const { cookieDomain } = hostsOf(site);
  if (cookieDomain === undefined) throw new TypeError('only a shared domain has siblings');
  const hostname = `evil.${cookieDomain}`;
  const port = await freePort();
  const server = createServer((request, response) => {
    const lines = new URL(request.url ?? '/', 'http://evil').searchParams.getAll('cookie');
    response.setHeader('Content-Type', 'text/html');
    if (lines.length > 0) response.setHeader('Set-Cookie', lines);
    response.end('<!doctype html><title>evil</title><link rel="icon" href="data:,">');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const front = site.scheme === 'https' ? await openTlsFront(hostname, `http://127.0.0.1:${port}`) : undefined;
  const origin = front?.origin ?? `http://${hostname}:${port}`;
  return {
    origin,
    planting: (lines) => `${origin}/?${new URLSearchParams(lines.map((line) => ['cookie', line]))}`,
    close: async () => {
      await front?.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
