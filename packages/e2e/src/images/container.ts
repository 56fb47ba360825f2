/** An image as a process: its command, its variables and its user, in its own folder, which it may not write to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppProcess } from '../app-process.ts';
import { recordFolder, secretsFile } from '../record/folder.ts';
import { noteSettings } from '../record/secrets.ts';
import type { Image } from './carry-out.ts';

const nobody = { uid: 65_534, gid: 65_534 };

/**
 * Who an image's user is here. Only root may choose; without it, or where nobody else gets into this repository, where
 * the record of the run is, the process is whoever runs the tests.
 */
function ownerOf({ user }: Image) {
  const mayChoose = user !== 'root' && process.getuid?.() === 0;
  return mayChoose && isOpenToAll(recordFolder()) ? nobody : undefined;
}

function isOpenToAll(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o005) === 0o005;
  return isOpen && (folder === path.dirname(folder) || isOpenToAll(path.dirname(folder)));
}

export interface ContainerOptions {
  readonly app: 'api' | 'web';
  readonly image: Image;
  readonly probe: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The image's own command, ready to start. */
export function containerOf({ app, image, probe, environment }: ContainerOptions): AppProcess {
  const owner = ownerOf(image);
  noteSettings(environment);
  chmodSync(secretsFile(), 0o666); // the tap in the process writes to it, too
  return new AppProcess({
    app,
    probe,
    command: argumentsOf(image.command),
    folder: image.folder,
    environment: { ...image.environment, ...environment },
    ...(owner && { owner }),
  });
}

/** What one command of a container came to. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs another command in it: a health check, a task of the operator. */
export async function execute(
  image: Image,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const child = spawn(process.execPath, argumentsOf(command), {
    cwd: image.folder,
    env: { PATH: process.env['PATH'] ?? '', ...image.environment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    ...ownerOf(image),
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await once(child, 'close');
  return { code: child.exitCode, output };
}

function argumentsOf([program, ...words]: readonly string[]): readonly string[] {
  if (program !== 'node') throw new TypeError(`the images have no ${program}`);
  return words;
}
