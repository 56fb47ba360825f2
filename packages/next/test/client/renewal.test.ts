import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiFetch, type ApiFetchInit } from '../../src/client/api-fetch.ts';
import { setApiMode } from '../../src/client/api-target.ts';
import { onRefusal } from '../../src/client/refusals.ts';
import { type Arrival, deferred, refusal, startTwoSites, streamOf, type TwoSites } from './two-sites.ts';

let sites: TwoSites;
beforeAll(async () => {
  sites = await startTwoSites();
});
afterAll(() => sites.close());
beforeEach(() => setApiMode(sites.modes['shared-domain']));
afterEach(() => {
  setApiMode({ mode: 'proxy' });
  vi.restoreAllMocks();
});

const refreshLine = 'api POST /api/refresh';
const isRefresh = ({ line }: Arrival) => line === refreshLine;
const lines = () => sites.arrived.map(({ line }) => line);
const refreshed = () => Response.json({ success: true });
const expired = () => refusal(401, 'invalid_token');
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** An API whose access token is over until it is refreshed. */
function expiredSession(refresh: () => Response | undefined | Promise<Response | undefined> = refreshed) {
  let isOver = true;
  sites.begin(async (arrival) => {
    if (!isRefresh(arrival)) return isOver ? expired() : Response.json({ notes: [] });
    const answer = await refresh();
    isOver = answer?.ok !== true;
    return answer;
  });
}

describe('an access token that is over', () => {
  it('is renewed, and the call sent once more', async () => {
    expiredSession();
    const hear = vi.fn<() => void>();
    const stop = onRefusal(hear);
    const response = await apiFetch('/notes');
    stop();
    expect(await response.json()).toEqual({ notes: [] });
    expect(lines()).toEqual(['api GET /api/notes', refreshLine, 'api GET /api/notes']);
    expect(sites.arrived[1]).toEqual({ line: refreshLine, marker: '1', type: undefined, body: '' });
    expect(sites.calls[1]).toMatchObject({ credentials: 'include', cache: 'no-store' });
    expect(hear).not.toHaveBeenCalled();
  });

  it('is renewed when its cookie is gone', async () => {
    let isOver = true;
    sites.begin((arrival) => {
      if (isRefresh(arrival)) isOver = false;
      return isOver ? refusal(401, 'missing_token') : refreshed();
    });
    expect((await apiFetch('/notes')).status).toBe(200);
  });

  it('is renewed once for twenty calls at once', async () => {
    expiredSession(async () => {
      await wait(20);
      return refreshed();
    });
    const responses = await Promise.all(Array.from({ length: 20 }, (_, n) => apiFetch(`/notes/${n}`)));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(lines().filter((line) => line === refreshLine)).toHaveLength(1);
  });

  it('is not renewed again for a late answer to an early call', async () => {
    const late = deferred<Response>();
    let isOver = true;
    sites.begin((arrival) => {
      if (isRefresh(arrival)) isOver = false;
      if (isOver && arrival.line.endsWith('/slow')) return late.promise;
      return isOver ? expired() : refreshed();
    });
    const slow = apiFetch('/notes/slow');
    await vi.waitFor(() => expect(lines()).toContain('api GET /api/notes/slow'));
    await apiFetch('/notes/quick');
    late.resolve(expired());
    expect((await slow).status).toBe(200);
    expect(lines().filter((line) => line === refreshLine)).toHaveLength(1);
  });

  it('is renewed anew when it is over again', async () => {
    expiredSession();
    await apiFetch('/notes');
    expiredSession();
    expect((await apiFetch('/notes')).status).toBe(200);
    expect(lines()).toContain(refreshLine);
  });

  it('is renewed for a HEAD, which cannot say why it was refused', async () => {
    let isOver = true;
    sites.begin((arrival) => {
      if (isRefresh(arrival)) isOver = false;
      return new Response(null, { status: isOver ? 401 : 204 });
    });
    expect((await apiFetch('/notes', { method: 'head' })).status).toBe(204);
  });

  it('is left alone in proxy mode, where the server has tried', async () => {
    setApiMode({ mode: 'proxy' });
    expiredSession();
    expect((await apiFetch('/notes')).status).toBe(401);
    expect(lines()).toEqual(['own GET /api/proxy/notes']);
  });

  it.each([
    ['session_revoked', () => refusal(401, 'session_revoked')],
    ['invalid_credentials', () => refusal(401, 'invalid_credentials')],
    ['another server’s word', () => new Response('<h1>Staging</h1>', { status: 401 })],
  ])('is something else than %s', async (_what, answer) => {
    sites.begin(answer);
    expect((await apiFetch('/notes')).status).toBe(401);
    expect(lines()).toEqual(['api GET /api/notes']);
  });
});

describe('a refused call', () => {
  it('is not sent a third time with a new token', async () => {
    sites.begin((arrival) => (isRefresh(arrival) ? refreshed() : expired()));
    const response = await apiFetch('/notes');
    expect(await response.json()).toMatchObject({ code: 'invalid_token' });
    expect(lines()).toEqual(['api GET /api/notes', refreshLine, 'api GET /api/notes']);
  });

  it.each<[string, () => Response | undefined]>([
    ['the session has ended', () => refusal(401, 'session_expired')],
    ['the API is busy', () => refusal(503, 'service_unavailable')],
    ['nobody answers', () => undefined],
  ])('is answered as it was when there is no new token: %s', async (_what, answer) => {
    expiredSession(answer);
    const hear = vi.fn<() => void>();
    const stop = onRefusal(hear);
    const response = await apiFetch('/notes');
    stop();
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'invalid_token' });
    expect(lines()).toEqual(['api GET /api/notes', refreshLine]);
    expect(hear).toHaveBeenCalledTimes(1);
  });

  it('is answered in the end when the API is silent about a new token', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(20));
    expiredSession(() => new Promise(() => {}));
    expect((await apiFetch('/notes')).status).toBe(401);
    expect(patience.mock.calls).toEqual([[10_000]]);
  });
});

describe('a renewal', () => {
  it('goes on for the others when one gives up', async () => {
    const refresh = deferred<Response>();
    expiredSession(() => refresh.promise);
    const controller = new AbortController();
    const impatient = apiFetch('/notes/1', { signal: controller.signal });
    const patient = apiFetch('/notes/2');
    await vi.waitFor(() => expect(lines()).toContain(refreshLine));
    controller.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    refresh.resolve(refreshed());
    expect((await patient).status).toBe(200);
    expect(lines().filter((line) => line.endsWith('/1'))).toHaveLength(1);
  });

  const form = new FormData();
  form.set('title', 'A note');

  it.each<[string, ApiFetchInit['body'], string]>([
    ['text', '{"title":"A note"}', '{"title":"A note"}'],
    ['a blob', new Blob(['some ', 'bytes']), 'some bytes'],
    ['a form', form, 'A note'],
    ['parameters', new URLSearchParams({ title: 'A note' }), 'title=A+note'],
    ['a buffer', new TextEncoder().encode('bytes').buffer, 'bytes'],
    ['a view of a buffer', new TextEncoder().encode('bytes'), 'bytes'],
    ['no body', null, ''],
  ])('sends %s again', async (_what, body, content) => {
    expiredSession();
    const response = await apiFetch('/notes', { method: 'POST', body: body ?? null });
    expect(response.status).toBe(200);
    const sent = sites.arrived.filter((arrival) => !isRefresh(arrival));
    expect(sent.map((arrival) => arrival.body.includes(content))).toEqual([true, true]);
  });

  it('cannot send a stream again, but serves the next call', async () => {
    expiredSession();
    const response = await apiFetch('/notes', { method: 'POST', body: streamOf('once'), duplex: 'half' });
    expect(await response.json()).toMatchObject({ code: 'invalid_token' });
    expect(lines()).toEqual(['api POST /api/notes', refreshLine]);
    expect((await apiFetch('/notes')).status).toBe(200);
  });
});
