/** Where one run of the tests keeps what its processes wrote and which secrets went through them. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Named by `playwright.config.ts` before any worker starts, so that all of them share it. */
export const recordVariable = 'FOOTBRIDGE_E2E_RECORD';

const records = fileURLToPath(new URL('../../reports/records/', import.meta.url));
const keptMs = 60 * 60 * 1000;

/** The folder of a new run. Those of an hour ago are gone. */
export function nameRecord(): string {
  return path.join(records, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${process.pid}`);
}

/** The folder of this run, made if need be. */
export function recordFolder(): string {
  const folder = process.env[recordVariable] ?? path.join(records, 'nameless');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Every secret that was seen, a line of JSON each; see `tap.mjs`. */
export function secretsFile(): string {
  return path.join(recordFolder(), 'secrets.jsonl');
}

/** Everything that one process wrote. */
export function logFile(app: string, pid: number | undefined): string {
  return path.join(recordFolder(), `${app}-${pid ?? 'unborn'}.log`);
}

/** Removes what earlier runs have left. */
export function forgetOldRecords(): void {
  for (const name of readdirSync(records)) {
    const folder = path.join(records, name);
    if (Date.now() - statSync(folder).mtimeMs > keptMs) rmSync(folder, { recursive: true, force: true });
  }
}
