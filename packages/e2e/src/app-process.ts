/** One app as an operator runs it: a process with an environment, started, killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const appsFolder = new URL('../../../apps/', import.meta.url);

export interface AppProcessOptions {
  readonly app: 'api' | 'web';
  readonly environment: Readonly<Record<string, string>>;
  /** A URL that answers, with whatever status, once the app listens. */
  readonly probe: string;
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

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['dist/server.js'], {
      cwd: fileURLToPath(new URL(`${this.#options.app}/`, appsFolder)),
      env: { PATH: process.env['PATH'] ?? '', ...this.#options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#child = child;
    await this.#untilItListens(child);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
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

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    return false;
  }
}
