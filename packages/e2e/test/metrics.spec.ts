import { createServer } from 'node:net';
import { AppProcess } from '../src/app-process.ts';
import { expect, newPerson, test } from '../src/fixtures.ts';
import { freePort } from '../src/ports.ts';
import { commandOf } from '../src/relay/transports.ts';
import { growth, scrape } from '../src/scrape.ts';
import { prepareStack, type Stack, startStack } from '../src/stack.ts';
import { Visitor } from '../src/visitor.ts';

const json = { 'content-type': 'application/json', 'x-footbridge': '1' };

/** Both apps with metrics, each on a port of its own. */
async function withMetrics(test: (measured: { stack: Stack; apiPort: number; webPort: number }) => Promise<void>) {
  const [apiPort, webPort] = [await freePort(), await freePort()];
  const settings = { METRICS_PORT: String(apiPort), ACCESS_TOKEN_TTL_SECONDS: '3' };
  const stack = await startStack({ settings, webSettings: { METRICS_PORT: String(webPort) } });
  try {
    await test({ stack, apiPort, webPort });
  } finally {
    await stack.close();
  }
}

test('both apps count what happens, and nothing twice', async () => {
  await withMetrics(async ({ stack, apiPort, webPort }) => {
    const { webUrl } = stack;
    const [visitor, { email, password }] = [new Visitor(), newPerson()];
    const send = (path: string, body: unknown, headers: Record<string, string> = json) =>
      fetch(`${webUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    await visitor.open(`${webUrl}/`);
    const before = { api: await scrape(apiPort), web: await scrape(webPort) };

    await visitor.register(webUrl, email);
    await send('/api/login', { email, password });
    await send('/api/login', { email: 'not an address', password });
    await send('/api/login', { email, password }, { ...json, 'sec-fetch-site': 'cross-site' });
    expect((await new Visitor().open(`${webUrl}/private`)).path).toBe('/login');
    expect((await visitor.call(`${webUrl}/api/proxy/notes`, 'GET')).status).toBe(200);
    expect((await visitor.call(`${webUrl}/api/proxy/notes/no-such-note`, 'GET')).status).toBe(404);
    const events = await visitor.call(`${webUrl}/api/proxy/notes/events`, 'GET');
    await expect
      .poll(async () => (await scrape(webPort)).get('footbridge_web_relay_streams_open{kind="events"}'))
      .toBe(1);
    await events.body?.cancel();
    await expect
      .poll(async () => (await scrape(webPort)).get('footbridge_web_relay_streams_open{kind="events"}'))
      .toBe(0);
    const refreshed = visitor.clone();
    expect((await refreshed.call(`${webUrl}/api/refresh`)).status).toBe(200);
    expect((await refreshed.call(`${webUrl}/api/logout`)).status).toBe(200);

    await expect
      .poll(async () => growth(before.web, await scrape(webPort)))
      .toMatchObject({
        'footbridge_web_registrations_total{outcome="succeeded"}': 1,
        'footbridge_web_logins_total{outcome="refused"}': 1,
        'footbridge_web_logins_total{outcome="invalid"}': 1,
        'footbridge_web_cross_site_refusals_total{reason="sec_fetch_site"}': 1,
        'footbridge_web_guard_verdicts_total{verdict="sent_to_login"}': 1,
        'footbridge_web_relay_duration_seconds_count{status="4xx"}': 1,
        'footbridge_web_http_request_duration_seconds_count{method="POST",route="/api/login",status="4xx"}': 3,
      });
    await expect
      .poll(async () => growth(before.api, await scrape(apiPort)))
      .toMatchObject({
        footbridge_api_registrations_total: 1,
        'footbridge_api_logins_total{outcome="refused"}': 1,
        'footbridge_api_sessions_ended_total{reason="logout"}': 1,
        'footbridge_api_http_request_duration_seconds_count{method="POST",route="/api/register",status="2xx"}': 1,
        footbridge_api_password_hash_duration_seconds_count: 2,
      });
    const [api, web] = [await scrape(apiPort), await scrape(webPort)];
    expect(api.get('footbridge_api_revocation_feeds_open')).toBe(1);
    expect(web.get('footbridge_web_revocation_feed_state{state="live"}')).toBe(1);
    expect(web.get('footbridge_web_revocation_feed_silence_seconds')).toBeLessThan(5);
    expect(web.get('footbridge_web_signing_key_fetches_total{outcome="fetched"}')).toBeGreaterThan(0);
    expect(web.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
    const words = [...api.keys(), ...web.keys()].join('\n');
    for (const person of [email, 'not an address', 'no-such-note']) expect(words).not.toContain(person);

    for (const url of [webUrl, stack.apiUrl]) {
      expect((await fetch(`${url}/metrics`, { redirect: 'manual' })).status).not.toBe(200);
    }
    expect((await fetch(`http://127.0.0.1:${webPort}/`)).status).toBe(404);
  });
});

test('an outage shows in the metrics, and its end does', async () => {
  await withMetrics(async ({ stack, webPort }) => {
    const visitor = new Visitor();
    await visitor.register(stack.webUrl, newPerson().email);
    await stack.api.stop('SIGKILL');
    const stale = 'footbridge_web_revocation_feed_state{state="down"}';
    await expect.poll(async () => (await scrape(webPort)).get(stale)).toBe(1);
    await expect
      .poll(async () => (await visitor.call(`${stack.webUrl}/api/refresh`)).status, { timeout: 20_000 })
      .toBe(503);
    const during = await scrape(webPort);
    expect(during.get('footbridge_web_refreshes_total{outcome="unavailable"}')).toBeGreaterThan(0);

    await stack.api.start();
    await expect
      .poll(async () => (await scrape(webPort)).get('footbridge_web_revocation_feed_state{state="live"}'), {
        timeout: 20_000,
      })
      .toBe(1);
  });
});

test('next start opens the metrics port as well', async () => {
  const [webPort, port] = [await freePort(), await freePort()];
  const stack = await prepareStack({ webSettings: { METRICS_PORT: String(port), WEB_PORT: String(webPort) } });
  const web = new AppProcess({
    app: 'web',
    probe: `http://127.0.0.1:${webPort}/healthz`,
    command: commandOf('route handler', webPort),
    environment: stack.web.environment,
  });
  try {
    await stack.api.start();
    await web.start();
    await fetch(`http://127.0.0.1:${webPort}/private`, { redirect: 'manual', headers: { accept: 'text/html' } });
    const verdict = 'footbridge_web_guard_verdicts_total{verdict="sent_to_login"}';
    expect((await scrape(port)).get(verdict)).toBe(1);
  } finally {
    await web.stop();
    await stack.close();
  }
});

for (const app of ['api', 'web'] as const) {
  test(`the ${app} refuses to start where its metrics port is taken`, async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const stack = await prepareStack();
    try {
      await expect(stack[app].start({ METRICS_PORT: port })).rejects.toThrow(`METRICS_PORT: port ${port} is in use`);
    } finally {
      await stack.close();
      await new Promise((resolve) => taken.close(resolve));
    }
  });
}

test('the frontend is ready once it has the keys, and stays so', async () => {
  const stack = await prepareStack();
  const ask = async (path: string) => (await fetch(`${stack.webLoopbackUrl}${path}`, { redirect: 'manual' })).status;
  try {
    await stack.web.start();
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual([200, 503]);
    await stack.api.start();
    await expect.poll(() => ask('/readyz'), { timeout: 10_000 }).toBe(200);
    await stack.api.stop();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual([200, 200]);
  } finally {
    await stack.close();
  }
});
