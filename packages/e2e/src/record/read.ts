/** Reads the record of this run: what every process wrote, and the secrets that are not to be in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { recordFolder, secretsFile } from './folder.ts';
import type { Secret } from './secrets.ts';

/** The output of one process, all its lines. */
export interface RecordedLog {
  readonly name: string;
  readonly text: Buffer;
}

export function recordedLogs(): readonly RecordedLog[] {
  const folder = recordFolder();
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return names.map((name) => ({ name, text: readFileSync(path.join(folder, name)) }));
}

/** Every secret once. A process that was killed while it wrote leaves half a line, of which another may have the whole. */
export function recordedSecrets(): readonly Secret[] {
  if (!existsSync(secretsFile())) return [];
  const secrets = new Map<string, Secret>();
  for (const line of readFileSync(secretsFile(), 'utf8').split('\n')) {
    const secret = parse(line);
    if (secret) secrets.set(secret.value, secret);
  }
  return Array.from(secrets.values());
}

function parse(line: string): Secret | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null || !('value' in parsed) || !('what' in parsed)) return undefined;
    return { what: String(parsed.what), value: String(parsed.value) };
  } catch {
    return undefined;
  }
}
