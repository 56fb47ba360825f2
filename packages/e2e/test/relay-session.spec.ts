import { sessionsAnswer } from '@footbridge/contracts';
import { ask, askText } from '../src/relay/ask.ts';
import { type Field, valuesOf } from '../src/relay/fields.ts';
import { expect, expectAlive, newVisitor, ownFields, pause, test } from '../src/relay/fixtures.ts';
import type { Front } from '../src/relay/stand.ts';
import { transports } from '../src/relay/transports.ts';
import { Visitor } from '../src/visitor.ts';

const target = '/api/proxy/echo/session';

for (const transport of transports) {
  test.describe(`through the ${transport}`, () => {
    test('a refused token is refreshed once, and the call repeated once', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      const tokens: string[] = [];
      echo.answer('/api/echo/session', ({ reached, response }) => {
        tokens.push(...valuesOf(reached.fields, 'authorization'));
        response.writeHead(tokens.length === 1 ? 401 : 200).end(`answer ${tokens.length}`);
      });
      const { status, text, fields } = await askText(fronts[transport].url, { target, fields: ownFields(visitor) });
      expect([status, text]).toEqual([200, 'answer 2']);
      expect(new Set(tokens).size).toBe(2);
      expect(tokens).toHaveLength(2);
      expect(valuesOf(fields, 'set-cookie')).toEqual([expect.stringMatching(/^session=[\w.-]+; .*HttpOnly/)]);
      for (const token of tokens) expect(JSON.stringify(fields)).not.toContain(token.slice('Bearer '.length));
    });

    test('a token that is refused again is refused', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      let calls = 0;
      echo.answer('/api/echo/session', ({ response }) => {
        calls += 1;
        response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('no');
      });
      const { status, text, fields } = await askText(fronts[transport].url, { target, fields: ownFields(visitor) });
      expect([status, text, calls]).toEqual([401, 'no', 2]);
      expect(valuesOf(fields, 'www-authenticate')).toEqual([]);
      await expectAlive(fronts[transport], visitor);
    });

    test('a call with a body is sent once, whatever the API says', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      let calls = 0;
      echo.answer('/api/echo/session', async ({ response, digest }) => {
        calls += 1;
        await digest();
        response.writeHead(401).end('no');
      });
      for (const length of [3, undefined]) {
        const body = Buffer.from('abc');
        const question = { method: 'POST', target, fields: ownFields(visitor), body, ...(length && { length }) };
        const { status, text } = await askText(fronts[transport].url, question);
        expect([status, text]).toEqual([401, 'no']);
      }
      expect(calls).toBe(2);
    });

    test('answers of the API pass as they are, its failures included', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      for (const status of [400, 403, 404, 409, 422, 429, 500, 502, 503, 504]) {
        echo.answer('/api/echo/session', ({ response }) => void response.writeHead(status).end(`its own ${status}`));
        const answer = await askText(fronts[transport].url, { target, fields: ownFields(visitor) });
        expect([answer.status, answer.text]).toEqual([status, `its own ${status}`]);
      }
    });

    test('nobody is relayed without a session, and nothing from another site', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      const cookie: Field = ['cookie', visitor.cookieHeader];
      const refusals: readonly (readonly [readonly Field[], number, string])[] = [
        [[['sec-fetch-site', 'same-origin']], 401, 'unauthenticated'],
        [
          [
            ['cookie', 'session=planted'],
            ['sec-fetch-site', 'same-origin'],
          ],
          401,
          'unauthenticated',
        ],
        [[cookie], 403, 'cross_site_request'],
        [[cookie, ['sec-fetch-site', 'cross-site']], 403, 'cross_site_request'],
        [[cookie, ['sec-fetch-site', 'same-site'], ['x-footbridge', '1']], 403, 'cross_site_request'],
        [[cookie, ['origin', 'https://evil.example'], ['x-footbridge', '1']], 403, 'cross_site_request'],
        [[cookie, ['origin', 'null']], 403, 'cross_site_request'],
      ];
      const before = echo.reached.length;
      for (const [fields, status, code] of refusals) {
        for (const method of ['GET', 'POST', 'DELETE']) {
          const answer = await askText(fronts[transport].url, { method, target, fields });
          expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, { success: false, code }]);
        }
      }
      expect(echo.reached.slice(before).filter(({ target }) => target.startsWith('/api/echo'))).toEqual([]);
    });

    test('an upload that is refused is not asked for', async ({ stand }) => {
      const front = stand.fronts[transport];
      const before = stand.echo.reached.length;
      const body = Buffer.alloc(40_000);
      const fields: Field[] = [['sec-fetch-site', 'same-origin']];
      const answer = await askText(front.url, { method: 'POST', target, fields, body, length: body.byteLength });
      expect(answer.status).toBe(401);
      expect(stand.echo.reached.slice(before).filter(({ target }) => target.startsWith('/api/echo'))).toEqual([]);
    });

    test('an event stream ends within a second of its session', async ({ stand }) => {
      const { echo, fronts } = stand;
      const front = fronts[transport];
      const { visitor, email } = await newVisitor(front);
      const other = new Visitor();
      await other.logIn(front.url, email);
      let over: Promise<number> = Promise.resolve(0);
      echo.answer('/api/echo/session', ({ reached, response }) => {
        over = reached.over;
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      });
      const { body } = await ask(front.url, { target, fields: ownFields(visitor) });
      const ended = new Promise<number>((resolve) => {
        body.once('close', () => resolve(performance.now())).resume();
      });
      await pause(100);

      const at = performance.now();
      await endOtherSessions(front, other);
      expect((await ended) - at).toBeLessThan(1_000);
      expect((await over) - at).toBeLessThan(1_000);
      const refused = await askText(front.url, { target, fields: ownFields(visitor) });
      expect(refused.status).toBe(401);
      await expectAlive(front, other);
    });
  });
}

/** Through the relay itself. */
async function endOtherSessions(front: Front, visitor: Visitor): Promise<void> {
  const list = await askText(front.url, { target: '/api/proxy/sessions', fields: ownFields(visitor) });
  const { sessions } = sessionsAnswer.parse(JSON.parse(list.text)).data;
  for (const { id } of sessions.filter(({ current }) => !current)) {
    const ended = await visitor.call(`${front.url}/api/proxy/sessions/${id}`, 'DELETE');
    expect(ended.status).toBe(200);
  }
}
