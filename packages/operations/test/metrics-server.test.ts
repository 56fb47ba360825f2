import { createServer } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { type MetricsServer, openMetricsServer } from '../src/metrics-server.ts';

let server: MetricsServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function open(registry = new Registry()): Promise<string> {
  const port = await freePort();
  server = await openMetricsServer({ host: '127.0.0.1', port, registry });
  return `http://127.0.0.1:${port}`;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('the metrics server', () => {
  it('answers what is registered, in the text format', async () => {
    const registry = new Registry();
    new Counter({ name: 'things_total', help: 'Things', registers: [registry] }).inc(3);
    const response = await fetch(`${await open(registry)}/metrics?name=things_total`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, registry.contentType]);
    expect(await response.text()).toContain('things_total 3');
  });

  it.each(['/', '/metrics/', '/metric', '/healthz', '/..%2fmetrics'])('has nothing at %s', async (path) => {
    expect((await fetch((await open()) + path)).status).toBe(404);
  });

  it('takes no writes', async () => {
    const response = await fetch(`${await open()}/metrics`, { method: 'POST', body: 'x' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    ['GET', '/metrics', 200],
    ['HEAD', '/metrics', 200],
    ['GET', '/', 404],
    ['POST', '/metrics', 405],
  ])('lets no browser store or interpret its answer to %s %s', async (method, path, status) => {
    const response = await fetch((await open()) + path, { method });
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
  });

  it('names the setting when the port is taken', async () => {
    const url = new URL(await open());
    const second = openMetricsServer({ host: '127.0.0.1', port: Number(url.port), registry: new Registry() });
    await expect(second).rejects.toThrow(/METRICS_PORT: port \d+ is in use/);
  });
});
