/** One app as an operator runs it: a process with an environment, started, killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { logFile, secretsFile } from './record/folder.ts';
import { noteSettings } from './record/secrets.ts';

const tap = new URL('record/tap.mjs', import.meta.url).href;
const appsFolder = new URL('../../../apps/', import.meta.url);

/** Where a test's time runs out, its worker leaves without stopping what it started. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface AppProcessOptions {
  readonly app: 'api' | 'web';
  readonly environment: Readonly<Record<string, string>>;
  /** A URL that answers, with whatever status, once the app listens. */
  readonly probe: string;
  /** What Node runs, in the app's folder. Default: the server that its build made. */
  readonly command?: readonly string[];
  /** Where that is. Default: the app's folder in the repository. */
  readonly folder?: string;
  /** Who the process runs as, where this one may decide it. Default: whoever runs this one. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** A production build of one app. Its output is kept, so that a test can search it. */
export class AppProcess {
  readonly #options: AppProcessOptions;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(options: AppProcessOptions) {
    this.#options = options;
  }

  /** Everything that the app has written to stdout and stderr, over all its starts. */
  get output(): string {
    return this.#output;
  }

  /** What it starts with, for another process that is to be like it. */
  get environment(): Readonly<Record<string, string>> {
    return this.#options.environment;
  }

  /** The process that runs now. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the app; what is given here wins over its environment, for this start. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn(process.execPath, [...(this.#options.command ?? ['dist/server.js'])], {
      cwd: this.#options.folder ?? fileURLToPath(new URL(`${this.#options.app}/`, appsFolder)),
      env: environmentOf({ ...this.#options.environment, ...environment }),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...this.#options.owner,
    });
    const record = createWriteStream(logFile(this.#options.app, child.pid), { flags: 'a' });
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8');
      record.write(chunk);
    };
    child.once('close', () => record.end());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#child = child;
    await this.#untilItListens(child);
  }

  /** Stops the app, and gives the code that it left with; undefined where a signal ended it, or none ran. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | undefined> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return child?.exitCode ?? undefined;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode ?? undefined;
  }

  async #untilItListens(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) break;
      if (await answers(this.#options.probe)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${this.#options.app} did not start:\n${this.#output}`);
  }
}

/** The app's own settings, noted as far as they are secret, and the tap by which all other secrets are heard. */
function environmentOf(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  noteSettings(settings);
  return {
    PATH: process.env['PATH'] ?? '',
    ...settings,
    NODE_OPTIONS: [`--import ${tap}`, settings['NODE_OPTIONS'] ?? ''].join(' ').trim(),
    FOOTBRIDGE_E2E_SECRETS: secretsFile(),
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  }
}
