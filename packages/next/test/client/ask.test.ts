import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setApiMode } from '../../src/client/api-target.ts';
import { askForSession } from '../../src/client/ask.ts';
import { startTwoSites, type TwoSites } from './two-sites.ts';

let sites: TwoSites;
beforeAll(async () => {
  sites = await startTwoSites();
});
afterAll(() => sites.close());
afterEach(() => setApiMode({ mode: 'proxy' }));

describe('askForSession', () => {
  it.each(['proxy', 'shared-domain'] as const)('asks this site in %s mode', async (mode) => {
    setApiMode(sites.modes[mode]);
    sites.begin(() => Response.json({ authenticated: false }));
    expect(await askForSession()).toEqual({ status: 'anonymous' });
    expect(sites.arrived).toMatchObject([{ line: 'own GET /api/session', marker: '1' }]);
    expect(sites.calls).toMatchObject([{ credentials: 'same-origin', cache: 'no-store' }]);
  });

  it('knows nothing when nobody answers', async () => {
    sites.begin(() => undefined);
    expect(await askForSession()).toEqual({ status: 'unknown' });
  });
});
