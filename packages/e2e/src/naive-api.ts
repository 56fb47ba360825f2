/** The way people try first: an API on another site that sets its own httpOnly cookie for the browser. */
import { createServer } from 'node:http';
import { freePort } from './ports.ts';

export interface NaiveApi {
  readonly origin: string;
  readonly cookieName: string;
  /** The Cookie headers that reached this API. */
  readonly cookiesSeen: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** `POST /login` sets the cookie, `GET /me` answers whether it came back; CORS is as correct as it can be. */
export async function startNaiveApi(allowedOrigin: string, cookieName: string): Promise<NaiveApi> {
  const cookiesSeen: (string | undefined)[] = [];
  const port = await freePort();
  const server = createServer((request, response) => {
    cookiesSeen.push(request.headers.cookie);
    response.setHeader('Access-Control-Allow-Origin', allowedOrigin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Vary', 'Origin');
    if (request.url === '/login') {
      response.setHeader('Set-Cookie', `${cookieName}=naive; Path=/; HttpOnly; Secure; SameSite=None`);
    }
    const isKnown = request.headers.cookie?.includes(`${cookieName}=naive`) ?? false;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ success: true, isKnown }));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${port}`,
    cookieName,
    cookiesSeen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
