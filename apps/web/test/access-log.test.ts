import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccessLog } from '../src/access-log.ts';
import { createMetrics, type Metrics } from '../src/metrics/metrics.ts';

interface Line {
  readonly event: string;
  readonly details: Record<string, unknown>;
}

let lines: Line[];
let seen: { readonly adopted: unknown; readonly raw: readonly string[] }[];
let metrics: Metrics;
let server: ReturnType<typeof createServer>;
let port: number;

beforeEach(async () => {
  [lines, seen, metrics] = [[], [], createMetrics()];
  const log = createAccessLog({
    logger: { info: (event, details = {}) => void lines.push({ event, details }) },
    metrics,
  });
  server = createServer((request, response) => {
    log.request(request, response);
    const raw = request.rawHeaders.filter(
      (_, index, all) => all[index - (index % 2)]?.toLowerCase() === 'x-request-id',
    );
    seen.push({ adopted: request.headers['x-request-id'], raw });
    if (request.url?.startsWith('/hang') !== true) response.writeHead(204).end();
  });
  server.on('upgrade', (request, socket) => {
    log.upgrade(request);
    socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
});

/** Sends a request as it is written here, and waits for the end of the connection. */
async function send(head: readonly string[], { leaves = false } = {}): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(`${head.join('\r\n')}\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1');
  if (leaves) setTimeout(() => socket.destroy(), 100);
  await new Promise((resolve) => socket.once('close', resolve));
  await expect.poll(() => lines.length).toBeGreaterThan(0);
}

describe('the access log', () => {
  it('tells the pattern, never the path or the query', async () => {
    await send(['GET /api/proxy/notes/17?token=hunter2 HTTP/1.1']);
    expect(lines).toEqual([
      {
        event: 'request',
        details: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          method: 'GET',
          route: '/api/proxy/*',
          status: 204,
          ms: expect.any(Number),
        },
      },
    ]);
  });

  it('adopts a sane id and hands it on', async () => {
    await send(['GET / HTTP/1.1', 'X-Request-Id: from-the-balancer.1']);
    expect(lines[0]?.details['requestId']).toBe('from-the-balancer.1');
    expect(seen).toEqual([{ adopted: 'from-the-balancer.1', raw: ['X-Request-Id', 'from-the-balancer.1'] }]);
  });

  it.each([
    ['10 kB', `X-Request-Id: ${'x'.repeat(10_000)}`],
    ['a tab', 'X-Request-Id: id-with-a-\ttab'],
    ['another script', 'X-Request-Id: id-with-\u00fc-in-it'],
    ['JSON', 'X-Request-Id: {"level":30,"msg":"login_succeeded"}'],
    ['nothing', 'X-Request-Id: '],
    ['two of them', 'X-Request-Id: the-first-id\r\nx-request-id: the-second-id'],
  ])('replaces an id of %s wherever it may be read', async (_what, field) => {
    await send(['GET / HTTP/1.1', field]);
    const requestId = lines[0]?.details['requestId'];
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen).toEqual([{ adopted: requestId, raw: ['x-request-id', requestId] }]);
  });

  it('says of a client that left that it did', async () => {
    await send(['GET /hang HTTP/1.1'], { leaves: true });
    expect(lines[0]?.details).toMatchObject({ route: 'none', status: 'aborted' });
  });

  it('tells of an upgrade when it is over', async () => {
    await send(['GET /api/proxy/socket?x=1 HTTP/1.1', 'Upgrade: websocket', 'Connection: Upgrade']);
    expect(lines).toMatchObject([{ event: 'upgrade', details: { method: 'GET', route: '/api/proxy/*' } }]);
  });

  it('measures all but the relay, which measures itself', async () => {
    await send(['GET /private HTTP/1.1']);
    await send(['GET /api/proxy/notes HTTP/1.1']);
    await send(['PURGE /no/such/path HTTP/1.1']);
    await expect.poll(() => lines.length).toBe(3);
    const text = await metrics.registry.metrics();
    const counted = text
      .split('\n')
      .filter((line) => line.startsWith('footbridge_web_http_request_duration_seconds_count'));
    expect(counted).toEqual([
      'footbridge_web_http_request_duration_seconds_count{method="GET",route="/private",status="2xx"} 1',
      'footbridge_web_http_request_duration_seconds_count{method="other",route="none",status="2xx"} 1',
    ]);
  });
});
