/** Development needs no set-up: secrets are generated once into a git-ignored file that both apps read. */
import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const names = ['API_SECRET', 'SESSION_SECRET', 'API_CLIENT_SECRET', 'JWT_SECRET'] as const;
const stored = z.object({
  API_SECRET: z.string().min(32),
  SESSION_SECRET: z.string().min(32),
  API_CLIENT_SECRET: z.string().min(32),
  JWT_SECRET: z.string().min(32),
});

/** The secrets of this checkout by setting name. Both apps may ask at the same moment and get the same ones. */
export function developmentSecrets(dataDir: string): Readonly<Record<string, string>> {
  const file = path.join(dataDir, 'secrets.json');
  mkdirSync(dataDir, { recursive: true });
  const known = read(file);
  if (known) return known;
  createOnce(file);
  const created = read(file);
  if (!created) throw new Error(`cannot read the generated secrets; delete ${file} and start again`);
  return created;
}

function read(file: string): Readonly<Record<string, string>> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return stored.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`the generated secrets are damaged; delete ${file} and start again`, { cause });
  }
}

/** A complete file is linked into place, so that no reader ever sees half of one and the first writer wins. */
function createOnce(file: string): void {
  const draft = `${file}.${randomUUID()}`;
  const secrets = Object.fromEntries(names.map((name) => [name, randomBytes(48).toString('base64url')]));
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    const lostTheRace = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!lostTheRace) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
