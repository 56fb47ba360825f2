/** The way people try first: an API on another site that sets its own httpOnly cookie for the browser. */
import { createServer, type Server } from 'node:http';
import { freePort } from './ports.ts';

export interface NaiveApi {
  readonly origin: string;
  /** A page on the frontend's own site, without the policy by which ours would call nobody else. */
  readonly pageUrl: string;
  readonly cookieName: string;
  /** The Cookie headers that reached this API. */
  readonly cookiesSeen: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** `POST /login` sets the cookie, `GET /me` answers whether it came back; CORS is as correct as it can be. */
export async function startNaiveApi(cookieName: string): Promise<NaiveApi> {
  const cookiesSeen: (string | undefined)[] = [];
  const [port, pagePort] = [await freePort(), await freePort()];
  const pageOrigin = `http://localhost:${pagePort}`;
  const pages = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A naive frontend</title>');
  });
  const server = createServer((request, response) => {
    cookiesSeen.push(request.headers.cookie);
    response.setHeader('Access-Control-Allow-Origin', pageOrigin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Vary', 'Origin');
    if (request.url === '/login') {
      response.setHeader('Set-Cookie', `${cookieName}=naive; Path=/; HttpOnly; Secure; SameSite=None`);
    }
    const isKnown = request.headers.cookie?.includes(`${cookieName}=naive`) ?? false;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ success: true, isKnown }));
  });
  await listen(server, port);
  await listen(pages, pagePort);
  return {
    origin: `http://127.0.0.1:${port}`,
    pageUrl: `${pageOrigin}/`,
    cookieName,
    cookiesSeen,
    close: async () => {
      for (const one of [server, pages]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
}
