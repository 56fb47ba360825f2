import { describe, expect, it } from 'vitest';
import { read, workspaces } from '../src/workspaces.mjs';

function scriptsOf(folder: string): Record<string, string> {
  const manifest: { scripts?: Record<string, string> } = JSON.parse(read(`${folder}/package.json`));
  return manifest.scripts ?? {};
}

describe('the development command', () => {
  const kept = workspaces().filter(({ folder }) => 'dev' in scriptsOf(folder));

  it.each(['dev', 'dev:shared'])('%s has room for everything that it keeps running', (name) => {
    const command = scriptsOf('.')[name] ?? '';
    const concurrency = Number(/--concurrency=(\d+)/.exec(command)?.[1]);
    expect(kept.length).toBeGreaterThan(2);
    expect(concurrency).toBeGreaterThan(kept.length); // turbo refuses to start otherwise
  });
});
