import { describe, expect, it } from 'vitest';
import { type Bff, securityHeaders } from '../src/index.ts';
import { scriptRequest, testBff } from './fixtures/bff.ts';
import { fromOurPage } from './relay/relayed.ts';

const overHttp = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};
const overHttps = { ...overHttp, 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

const document = { accept: 'text/html', 'sec-fetch-dest': 'document' };
const relayed = (target: string, headers: Record<string, string> = fromOurPage) => ({
  method: 'GET',
  target,
  headers: Object.entries(headers),
  hasBody: false,
});
const unreachable = 'http://127.0.0.1:9';

/** Every place from which an answer of the BFF's own comes. */
const answers: readonly (readonly [string, (bff: Bff, origin: string) => Promise<Response>])[] = [
  ['an endpoint', async (bff) => bff.session.handle(scriptRequest('/api/session'))],
  ['an endpoint without a body', async (bff) => bff.session.handle(scriptRequest('/api/session', { method: 'HEAD' }))],
  ['a wrong method', async (bff) => bff.login.handle(scriptRequest('/api/login', { method: 'PUT' }))],
  ['a redirect of an endpoint', async (bff) => bff.refresh.handle(new Request('http://x.test/api/refresh'))],
  ['another site’s request', async (bff) => bff.login.handle(new Request('http://x.test/', { method: 'POST' }))],
  ['an unknown path', async (bff) => bff.notFound.handle(scriptRequest('/api/nowhere'))],
  ['a redirect of the guard', (bff) => guarded(bff, document)],
  ['a refusal of the guard', (bff) => guarded(bff, { accept: 'application/json' })],
  ['a refusal of the relay', async (bff) => refused(await bff.relay.judge(relayed('/api/proxy/nowhere')))],
  ['a bad path of the relay', async (bff) => refused(await bff.relay.judge(relayed('/api/proxy/../x')))],
  ['a refused WebSocket', async (bff) => refused(await bff.relay.judgeUpgrade(relayed('/api/proxy/notes')))],
  ['an API that does not answer', (bff) => failing(bff)],
];

function guarded(bff: Bff, headers: Record<string, string>): Promise<Response> {
  return bff.guard(new Request('http://x.test/private', { headers })).then(refused);
}

function refused(decision: Awaited<ReturnType<Bff['guard'] | Bff['relay']['judge']>>): Response {
  if (decision.kind === 'respond') return decision.response;
  throw new Error('it was let through');
}

async function failing(bff: Bff): Promise<Response> {
  const decision = await bff.relay.judge(relayed('/api/proxy/open'));
  if (decision.kind === 'respond') throw new Error(`refused with ${decision.response.status}`);
  return decision.call.failure('unreachable', 'ECONNREFUSED');
}

const relay = { url: unreachable, routes: [{ path: '/open', token: 'none' }] } as const;

describe.each([
  ['https://app.example.com', overHttps],
  ['http://localhost:3000', overHttp],
])('under %s', (publicOrigin, expected) => {
  it.each(answers)('%s carries the security headers', async (_what, answerOf) => {
    const { bff } = testBff({ publicOrigin, relay });
    const { headers } = await answerOf(bff, publicOrigin);
    const found = Object.fromEntries([...headers].filter(([name]) => name in overHttps));
    expect(found).toEqual(expected);
    expect(headers.get('cache-control')).toBe('private, no-store');
  });
});

function promised(publicOrigin: string): string {
  return new Map(securityHeaders(publicOrigin)).get('strict-transport-security') ?? '';
}

describe('the headers of one answer', () => {
  it('promise https for a year at least, and only there', () => {
    expect(Number(/max-age=(\d+)/.exec(promised('https://app.example.com'))?.[1])).toBeGreaterThanOrEqual(31_536_000);
    expect(promised('http://localhost:3000')).toBe('');
  });
});
