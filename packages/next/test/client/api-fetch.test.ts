import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiFetch } from '../../src/client/api-fetch.ts';
import { setApiMode } from '../../src/client/api-target.ts';
import { onRefusal } from '../../src/client/refusals.ts';
import { deferred, refusal, startTwoSites, streamOf, type TwoSites } from './two-sites.ts';

let sites: TwoSites;
beforeAll(async () => {
  sites = await startTwoSites();
});
afterAll(() => sites.close());
afterEach(() => setApiMode({ mode: 'proxy' }));

const modes = ['proxy', 'shared-domain'] as const;

/** How often the provider is told while `run` runs. */
async function refusalsDuring(run: () => Promise<unknown>): Promise<number> {
  const hear = vi.fn<() => void>();
  const stop = onRefusal(hear);
  await run();
  stop();
  return hear.mock.calls.length;
}

describe('apiFetch', () => {
  it('calls this site with its own cookies in proxy mode', async () => {
    sites.begin(() => Response.json({ notes: [] }));
    const response = await apiFetch('/notes?x=1');
    expect(await response.json()).toEqual({ notes: [] });
    const { own } = sites;
    expect(sites.calls).toEqual([
      { url: `${own}/api/proxy/notes?x=1`, credentials: 'same-origin', mode: 'cors', cache: 'no-store' },
    ]);
    expect(sites.arrived).toMatchObject([{ line: 'own GET /api/proxy/notes?x=1', marker: '1', body: '' }]);
  });

  it('calls the API with cookies in shared-domain mode', async () => {
    setApiMode(sites.modes['shared-domain']);
    sites.begin(() => Response.json({ notes: [] }));
    await apiFetch('/notes?x=1');
    const { api } = sites;
    expect(sites.calls).toEqual([
      { url: `${api}/api/notes?x=1`, credentials: 'include', mode: 'cors', cache: 'no-store' },
    ]);
    expect(sites.arrived).toMatchObject([{ line: 'api GET /api/notes?x=1', marker: '1', body: '' }]);
  });

  it('sends what fetch would, and always the mark', async () => {
    sites.begin(() => new Response(null, { status: 204 }));
    const headers = { 'content-type': 'text/plain', 'X-Footbridge': '0' };
    await apiFetch('/notes', { method: 'PUT', body: 'words', headers });
    expect(sites.arrived).toEqual([
      { line: 'own PUT /api/proxy/notes', marker: '1', type: 'text/plain', body: 'words' },
    ]);
  });

  it('takes no word for cookies or caching', async () => {
    sites.begin(() => new Response());
    const init: RequestInit = { credentials: 'omit', cache: 'force-cache', mode: 'no-cors' };
    await apiFetch('/notes', init);
    expect(sites.calls).toMatchObject([{ credentials: 'same-origin', mode: 'cors', cache: 'no-store' }]);
  });

  it.each([404, 409, 503])('answers a %i as it came', async (status) => {
    sites.begin(() => new Response('as it is', { status, headers: { 'x-own': 'yes' } }));
    const response = await apiFetch('/notes');
    expect([response.status, response.headers.get('x-own'), await response.text()]).toEqual([
      status,
      'yes',
      'as it is',
    ]);
  });

  it('answers before the body has ended', async () => {
    const source = deferred<ReadableStreamDefaultController<Uint8Array>>();
    sites.begin(() => new Response(new ReadableStream({ start: source.resolve })));
    const response = await apiFetch('/notes/events');
    const reader = response.body?.getReader();
    const controller = await source.promise;
    for (const part of ['first', 'second']) {
      controller.enqueue(new TextEncoder().encode(part));
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(part);
    }
    controller.close();
  });

  it('streams a body up', async () => {
    sites.begin(() => new Response());
    await apiFetch('/notes/1/attachment', { method: 'POST', body: streamOf('a', 'b', 'c'), duplex: 'half' });
    expect(sites.arrived).toMatchObject([{ body: 'abc' }]);
  });

  it('rejects like fetch when nobody answers', async () => {
    sites.begin(() => undefined);
    await expect(apiFetch('/notes')).rejects.toThrow(TypeError);
  });

  it('rejects like fetch when it is aborted', async () => {
    const controller = new AbortController();
    sites.begin(() => {
      controller.abort();
      return new Promise(() => {});
    });
    await expect(apiFetch('/notes', { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each(['//evil.example', 'https://evil.example', '/../logout', '/\\evil.example'])(
    'sends nothing to %j',
    async (path) => {
      sites.begin(() => new Response());
      await expect(apiFetch(path)).rejects.toThrow(TypeError);
      expect(sites.calls).toEqual([]);
    },
  );
});

describe.each(modes)('a refused call in %s mode', (mode) => {
  it('is told to the provider and answered as it came', async () => {
    setApiMode(sites.modes[mode]);
    sites.begin(() => refusal(401, 'session_revoked'));
    let code: unknown;
    const told = await refusalsDuring(async () => {
      const response = await apiFetch('/notes');
      code = await response.json();
    });
    expect([told, code]).toMatchObject([1, { code: 'session_revoked' }]);
    expect(sites.arrived).toHaveLength(1);
  });

  it.each([200, 403, 404, 500])('is not told when it is a %i', async (status) => {
    setApiMode(sites.modes[mode]);
    sites.begin(() => new Response('', { status }));
    expect(await refusalsDuring(() => apiFetch('/notes'))).toBe(0);
  });
});
