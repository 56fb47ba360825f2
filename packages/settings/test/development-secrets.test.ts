import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { developmentSecrets } from '../src/development-secrets.ts';

const run = promisify(execFile);
const source = new URL('../src/development-secrets.ts', import.meta.url).href;

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'footbridge-secrets-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('development secrets', () => {
  it('are one secret per setting, and stay', () => {
    const secrets = developmentSecrets(dataDir);
    expect(new Set(Object.values(secrets)).size).toBe(4);
    expect(developmentSecrets(dataDir)).toEqual(secrets);
  });

  it('are the same for processes that start together', async () => {
    const program = `import { developmentSecrets } from ${JSON.stringify(source)};
      console.log(JSON.stringify(developmentSecrets(process.argv[1])));`;
    const processes = [1, 2, 3, 4].map(() =>
      run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, dataDir]),
    );
    const outputs = (await Promise.all(processes)).map(({ stdout }) => stdout);
    expect(new Set(outputs).size).toBe(1);
    expect(outputs[0]).toContain('SESSION_SECRET');
    expect(readdirSync(dataDir)).toEqual(['secrets.json']);
  });
});
