/** One small Next.js app, built once with each of three proxies. */
import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const fixture = new URL('../../fixtures/guard-app/', import.meta.url);
const builds = new URL('../../.data/', import.meta.url);

/** Next.js's command line. */
export const nextCommand = fileURLToPath(import.meta.resolve('next/dist/bin/next'));

/** The proxies, by the middle of their file names. */
export const variants = ['empty', 'guarded', 'asking'] as const;

/** One of `variants`. */
export type Variant = (typeof variants)[number];

/** Builds one variant from scratch and gives its folder: one each, for a build takes its `proxy.ts` with it. */
export async function buildVariant(variant: Variant): Promise<string> {
  const folder = new URL(`guard-app-${variant}/`, builds);
  rmSync(folder, { recursive: true, force: true });
  cpSync(fixture, folder, { recursive: true });
  cpSync(new URL(`proxy.${variant}.ts`, fixture), new URL('proxy.ts', folder));
  const cwd = fileURLToPath(folder);
  await promisify(execFile)(process.execPath, [nextCommand, 'build'], {
    cwd,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  return cwd;
}
