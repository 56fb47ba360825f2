import { gunzipSync, gzipSync } from 'node:zlib';
import { ask, askText } from '../src/relay/ask.ts';
import { type Field, valuesOf } from '../src/relay/fields.ts';
import { expect, newVisitor, ownFields, pause, test } from '../src/relay/fixtures.ts';
import { type Transport, transports } from '../src/relay/transports.ts';

/** What a browser, a script, a proxy in front or an attacker may add; none of it is for the API to see. */
const hostileFields: readonly Field[] = [
  ['authorization', 'Bearer of-somebody-else'],
  ['Authorization', 'Basic d2ViOnNlY3JldA=='],
  ['cookie', 'access=planted; refresh=planted'],
  ['x-forwarded-for', '192.0.2.66'],
  ['x-forwarded-host', 'evil.example'],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-port', '1'],
  ['x-forwarded-prefix', '/evil'],
  ['forwarded', 'for=192.0.2.66'],
  ['x-real-ip', '192.0.2.66'],
  ['x-client-ip', '192.0.2.66'],
  ['cf-connecting-ip', '192.0.2.66'],
  ['true-client-ip', '192.0.2.66'],
  ['x-footbridge', '1'],
  ['x-footbridge-user', 'admin'],
  ['x-footbridge-session', 'planted'],
  ['x-http-method-override', 'DELETE'],
  ['x-original-url', '/api/login'],
  ['x-rewrite-url', '/api/login'],
  ['x-middleware-subrequest', 'src/proxy:src/proxy:src/proxy'],
  ['x-middleware-rewrite', 'http://evil.example/'],
  ['x-middleware-next', '1'],
  ['x-middleware-override-headers', 'authorization'],
  ['x-middleware-request-authorization', 'Bearer planted'],
  ['x-invoke-path', '/api/login'],
  ['x-matched-path', '/api/login'],
  ['x-nextjs-data', '1'],
  ['x-now-route-matches', 'path=login'],
  ['next-action', '0'],
  ['rsc', '1'],
  ['next-router-prefetch', '1'],
  ['next-resume', '1'],
  ['purpose', 'prefetch'],
  ['proxy-authorization', 'Basic d2ViOnNlY3JldA=='],
  ['proxy-connection', 'keep-alive'],
  ['te', 'trailers'],
  ['via', '1.1 evil'],
  ['origin-agent-cluster', '?1'],
  ['referer', 'http://localhost/private?secret=1'],
];

/** How a page that the API sends is kept from running. Next lets its configured policy win over an answer's own. */
const pagesOfTheApi: Readonly<Record<Transport, readonly [name: string, value: RegExp]>> = {
  'custom server': ['content-security-policy', /^sandbox;/],
  'route handler': ['content-disposition', /^attachment/],
};

/** Next redirects to an address of its own when it sees it; its pages alone send it. */
const keptByNext: Readonly<Record<Transport, ReadonlySet<string>>> = {
  'custom server': new Set(),
  'route handler': new Set(['rsc']),
};

/** `accept` is the request's own, `accept-encoding: identity` the route handler's: Next cannot hand on encoded bodies. */
const mayArrive = new Set(['authorization', 'host', 'connection', 'x-request-id', 'accept', 'accept-encoding']);

for (const transport of transports) {
  test.describe(`through the ${transport}`, () => {
    test('no header that is not on the list reaches the API, together or alone', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      const relayed = hostileFields.filter(([name]) => !keptByNext[transport].has(name));
      const sets = [relayed, ...relayed.map((field) => [field])];
      for (const [index, fields] of sets.entries()) {
        const before = echo.reached.length;
        const sent = [...ownFields(visitor), ['accept', '*/*'] as const, ...fields];
        const target = `/api/proxy/echo/headers/${index}`;
        const { status, text } = await askText(fronts[transport].url, { target, fields: sent });
        expect(status, `${JSON.stringify(fields)}: ${text}`).toBe(200);

        const reached = echo.reached.slice(before).filter(({ target }) => target === `/api/echo/headers/${index}`);
        expect(reached).toHaveLength(1);
        for (const { fields: found } of reached) {
          const names = found.map(([name]) => name.toLowerCase());
          expect(names.filter((name) => !mayArrive.has(name))).toEqual([]);
          expect(valuesOf(found, 'authorization')).toEqual([
            expect.stringMatching(/^Bearer eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
          ]);
        }
      }
    });

    test('the cookie stays in the frontend, and out of every log', async ({ stand }) => {
      const { api, echo, fronts } = stand;
      const { web, url } = fronts[transport];
      const start = echo.reached.length;
      const { visitor, email } = await newVisitor(fronts[transport]);
      const secrets = [visitor.cookieHeader.slice(visitor.cookieHeader.indexOf('=') + 1)];
      const paths = ['echo/a', 'me', 'notes', 'sessions', 'nowhere', 'login', 'echo/%2e%2e/me'];
      for (const method of ['GET', 'POST', 'DELETE']) {
        for (const path of paths.filter((path) => path !== 'me' || method === 'GET')) {
          await askText(url, { method, target: `/api/proxy/${path}`, fields: ownFields(visitor) });
        }
      }
      await visitor.call(`${url}/api/refresh`);
      secrets.push(visitor.cookieHeader.slice(visitor.cookieHeader.indexOf('=') + 1));
      const reached = echo.reached.slice(start);
      const crossed = JSON.stringify(reached.map(({ target, fields }) => [target, fields]));
      for (const cookie of secrets) expect(crossed.includes(cookie)).toBe(false);
      for (const { fields } of reached) secrets.push(...valuesOf(fields, 'authorization'));
      for (const { fields } of reached) expect(valuesOf(fields, 'cookie')).toEqual([]);

      const written = api.output + web.output;
      expect(written).not.toBe('');
      for (const secret of secrets) expect(written.includes(secret.replace(/^\w+ /, ''))).toBe(false);
      expect(written.includes(`password of ${email}`)).toBe(false);
    });

    test('what the API says of cookies, caches and itself does not reach the browser', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      echo.answer('/api/echo/loose', ({ response }) => {
        response.writeHead(200, {
          'set-cookie': ['session=stolen; Path=/', '__Host-Http-session=stolen', 'a=b'],
          'clear-site-data': '"cookies"',
          'cache-control': 'public, s-maxage=31536000',
          'cdn-cache-control': 'public',
          'access-control-allow-origin': '*',
          'www-authenticate': 'Basic realm="inside"',
          'strict-transport-security': 'max-age=0',
          'service-worker-allowed': '/',
          'x-middleware-rewrite': 'http://evil.example/',
          'x-middleware-set-cookie': 'session=stolen',
          server: 'inside/1.0',
          'x-powered-by': 'inside',
          'x-internal-host': `127.0.0.1:${echo.port}`,
          trailer: 'x-late',
          'content-type': 'text/html',
        });
        response.write('<script>');
        response.addTrailers({ 'x-late': 'secret', 'set-cookie': 'session=stolen' });
        response.end('alert(1)</script>');
      });
      const target = '/api/proxy/echo/loose';
      const { fields, text } = await askText(fronts[transport].url, { target, fields: ownFields(visitor) });
      expect(text).toBe('<script>alert(1)</script>');
      const said = JSON.stringify(fields);
      for (const word of ['stolen', 'inside', 'evil', '127.0.0.1', 'max-age', 'x-late'])
        expect(said).not.toContain(word);
      for (const name of ['set-cookie', 'clear-site-data', 'access-control-allow-origin', 'service-worker-allowed']) {
        expect(valuesOf(fields, name), name).toEqual([]);
      }
      expect(valuesOf(fields, 'cache-control')).toEqual(['private, no-store']);
      const [harmless, how] = pagesOfTheApi[transport];
      expect(valuesOf(fields, harmless).join(), 'a page of the API never runs as one of ours').toMatch(how);
    });

    test('redirects pass, and name no host of the inside', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      const locations: readonly (readonly [string, string])[] = [
        ['/api/notes/1', '/api/notes/1'],
        ['notes/1?x=%20', 'notes/1?x=%20'],
        ['https://elsewhere.example/a', 'https://elsewhere.example/a'],
        [`${echo.url}/api/notes/1?a=b#c`, '/api/proxy/notes/1?a=b#c'],
      ];
      for (const [given, got] of locations) {
        for (const status of [301, 302, 303, 307, 308, 201]) {
          echo.answer('/api/echo/moved', ({ response }) => void response.writeHead(status, { location: given }).end());
          const before = echo.reached.length;
          const target = '/api/proxy/echo/moved';
          const answer = await askText(fronts[transport].url, { target, fields: ownFields(visitor) });
          expect([answer.status, valuesOf(answer.fields, 'location')]).toEqual([status, [got]]);
          expect(echo.reached.slice(before).filter(({ target }) => target.startsWith('/api/'))).toHaveLength(1);
        }
      }
    });
  });
}

test('the custom server keeps bytes beyond ASCII in header values, though the body is late', async ({ stand }) => {
  const { echo, fronts } = stand;
  const front = fronts['custom server'];
  const { visitor } = await newVisitor(front);
  const name = 'attachment; filename="caf\u00e9.txt"';
  echo.answer('/api/echo/named', async ({ response }) => {
    response.writeHead(200, ['content-disposition', name, 'content-type', 'text/plain']);
    response.write(Buffer.alloc(0)); // `flushHeaders()` would send the head as UTF-8
    await pause(300);
    response.end(Buffer.from('well'));
  });
  const { fields, text } = await askText(front.url, { target: '/api/proxy/echo/named', fields: ownFields(visitor) });
  expect([valuesOf(fields, 'content-disposition'), text]).toEqual([[name], 'well']);
});

interface Answer {
  readonly fields: readonly Field[];
  readonly body: Buffer;
}

/** Who decodes what the API has encoded: the browser, or the route handler, for Next keeps `Content-Encoding` back. */
const decoders: Readonly<Record<Transport, (answer: Answer) => Buffer>> = {
  'custom server': ({ fields, body }) => {
    expect(valuesOf(fields, 'content-encoding')).toEqual(['gzip']);
    return gunzipSync(body);
  },
  'route handler': ({ fields, body }) => {
    expect(valuesOf(fields, 'content-encoding')).toEqual([]);
    return body;
  },
};

for (const transport of transports) {
  test(`what the API has compressed reads the same through the ${transport}`, async ({ stand }) => {
    const { echo, fronts } = stand;
    const { visitor } = await newVisitor(fronts[transport]);
    const plain = Buffer.from('well and good, '.repeat(10_000));
    echo.answer('/api/echo/compressed', ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' });
      response.end(gzipSync(plain));
    });
    const fields: Field[] = [...ownFields(visitor), ['accept-encoding', 'gzip']];
    const answer = await ask(fronts[transport].url, { target: '/api/proxy/echo/compressed', fields });
    expect(answer.status).toBe(200);
    const body = Buffer.concat(await answer.body.toArray());
    expect(decoders[transport]({ fields: answer.fields, body }).equals(plain)).toBe(true);
  });
}
