/** Secrets that are known from the start, for they are settings. The others are heard by `tap.mjs`. */
import { appendFileSync } from 'node:fs';
import { secretsFile } from './folder.ts';

/** One secret, and what it is, for the report. */
export interface Secret {
  readonly what: string;
  readonly value: string;
}

const noted = new Set<string>();

/** Notes every secret among an app's settings, each member of a list, for the search at the end of the run. */
export function noteSettings(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (!name.endsWith('_SECRET')) continue;
    for (const member of value.split(',')) noteSecret({ what: name, value: member.trim() });
  }
}

function noteSecret({ what, value }: Secret): void {
  if (noted.has(value)) return;
  noted.add(value);
  appendFileSync(secretsFile(), `${JSON.stringify({ what, value })}\n`);
}
