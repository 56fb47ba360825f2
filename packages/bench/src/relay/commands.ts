/** How each kind of server is started. */
import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ServerOptions } from '../guard/server-process.ts';
import { nextCommand } from '../guard/variants.ts';

const scripts = fileURLToPath(new URL('../../.data/relay-hops/', import.meta.url));
const appFixture = new URL('../../fixtures/relay-app/', import.meta.url);
const appBuild = new URL('../../.data/relay-app/', import.meta.url);
const webFolder = fileURLToPath(new URL('.', import.meta.resolve('@footbridge/web/package.json')));

/** A command for a port; `environment` is what this kind of server needs beyond what all are told. */
export type Command = (port: number) => Omit<ServerOptions, 'probe'>;

/** One of `fixtures/relay-hops`, as compiled by the `bench` script: the process then holds nothing but itself. */
export const scriptCommand =
  (name: string): Command =>
  (port) => ({ command: [`${name}.js`], cwd: scripts, environment: { PORT: String(port) } });

/** The app of `fixtures/relay-app`, once built. */
export const nextStartCommand: Command = (port) => ({
  command: [nextCommand, 'start', '-H', '127.0.0.1', '-p', String(port)],
  cwd: fileURLToPath(appBuild),
  environment: {},
});

/** The frontend of this repository with its own server. */
export const customServerCommand: Command = (port) => ({
  command: ['dist/server.js'],
  cwd: webFolder,
  environment: { WEB_PORT: String(port), LOG_LEVEL: 'warn' },
});

/** Builds the app from scratch. Next.js writes into its build where `rewrites()` lead to. */
export async function buildApp(environment: Readonly<Record<string, string>>): Promise<void> {
  rmSync(appBuild, { recursive: true, force: true });
  cpSync(appFixture, appBuild, { recursive: true });
  await promisify(execFile)(process.execPath, [nextCommand, 'build'], {
    cwd: fileURLToPath(appBuild),
    env: { ...process.env, ...environment, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
}
