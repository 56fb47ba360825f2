import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as client from '../src/client/index.ts';
import * as handle from '../src/index.ts';
import * as proxy from '../src/proxy.ts';
import * as relay from '../src/relay.ts';
import * as routeHandlers from '../src/route-handlers.ts';

describe('the public surface', () => {
  it('is exactly what the README names', () => {
    expect(names(handle)).toEqual(['createFootbridge', 'processWide', 'startRevocations']);
    expect(names(proxy)).toEqual(['createProxy']);
    expect(names(routeHandlers)).toEqual(['routeHandlers']);
    expect(names(relay)).toEqual(['relayHandlers']);
    expect(names(client)).toEqual([
      'SessionEndedNotice',
      'SessionProvider',
      'apiFetch',
      'apiTarget',
      'register',
      'sessionUnavailableDigest',
      'signIn',
      'signOut',
      'useSession',
    ]);
  });

  it('lets what reads and what writes sessions run on a server alone', async () => {
    await expect(import('../src/session.ts')).rejects.toThrow(/Client Component/);
    await expect(import('../src/actions.ts')).rejects.toThrow(/Client Component/);
  });
});

describe('the browser entry', () => {
  const sources = reachable(new URL('../src/client/index.ts', import.meta.url));

  it('reaches more than one module', () => {
    expect(sources.size).toBeGreaterThan(2);
  });

  it('imports React alone: no key, no schema library', () => {
    const specifiers = [...sources.values()].flatMap(valueImports);
    expect(new Set(specifiers.filter((specifier) => !specifier.startsWith('.')))).toEqual(new Set(['react']));
  });

  it.each(['jose', 'SECRET', 'process.env', 'next/headers', 'zod'])('does not so much as name %s', (word) => {
    expect([...sources.values()].filter((source) => source.includes(word))).toEqual([]);
  });
});

function names(module: object): string[] {
  return Object.keys(module).toSorted();
}

/** The sources that a bundler would take in: type imports are erased (`verbatimModuleSyntax`). */
function reachable(entry: URL, known = new Map<string, string>()): Map<string, string> {
  if (known.has(entry.href)) return known;
  const source = readFileSync(entry, 'utf8');
  known.set(entry.href, source);
  for (const specifier of valueImports(source))
    if (specifier.startsWith('.')) reachable(new URL(specifier, entry), known);
  return known;
}

function valueImports(source: string): string[] {
  const statements = source.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm);
  return [...statements].map((match) => match[1] ?? '');
}
