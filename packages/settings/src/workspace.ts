/** Where the checkout is, if there is one: its `.env` and its data folder belong to both apps. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './mode.ts';

/** The nearest folder upwards that holds `pnpm-workspace.yaml`; the starting folder itself where none does. */
export function workspaceRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (folder === path.dirname(folder)) return from;
  }
}

/** The environment with the workspace's `.env` below it: what the process was given wins. */
export function withDotEnv(environment: Environment, root: string): Environment {
  const file = path.join(root, '.env');
  const values = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...values, ...environment };
}
