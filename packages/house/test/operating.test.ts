import { describe, expect, it } from 'vitest';
import { read, sourceFiles } from '../src/workspaces.mjs';

const page = read('docs/operating.md');
const documented = new Set([...page.matchAll(/`([a-z]+(?:_[a-z]+)*)`/g)].map((match) => match[1] ?? ''));

/** The sources of both apps' server side; what is generated tells no event. */
const sources = ['apps/api/src', 'apps/web/src', 'packages/core/src', 'packages/next/src']
  .flatMap((folder) => sourceFiles(folder))
  .concat('apps/web/server.ts')
  .filter((file) => !file.includes('/generated/'));

const named = (pattern: RegExp) =>
  new Set(sources.flatMap((file) => [...read(file).matchAll(pattern)].map((match) => match[1] ?? '')));

/** `logger.warn('event', …)` of core and the frontend, `log.info({ … }, 'event')` of the API. */
const events = new Set([
  ...named(/logger\(?\)?\??\.(?:debug|info|warn|error)\('([a-z_]+)'/g),
  ...named(/\.(?:debug|info|warn|error|fatal)\((?:\{[^{}]*\}, )?'([a-z_]+)'\)/g),
]);
const metrics = named(/'(footbridge_(?:api|web)_[a-z_]+)'/g);

describe('the page about operation', () => {
  it('names every event that is logged', () => {
    expect(events.size).toBeGreaterThan(30);
    expect([...events].filter((event) => !documented.has(event))).toEqual([]);
  });

  it('names every metric, and none that there is not', () => {
    const known = [...documented].filter((name) => /^footbridge_(?:api|web)_/.test(name));
    expect(metrics.size).toBeGreaterThan(20);
    expect(known.toSorted()).toEqual([...metrics].toSorted());
  });
});
