/** Carries a Dockerfile's steps out in folders of their own, one per stage: what Docker would do, on this machine's system. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type IsIgnored, readDockerIgnore } from './docker-ignore.ts';
import { readDockerfile, type Stage, type Step } from './dockerfile.ts';

/** What a stage has come to. `root` stands for the container's `/`. */
export interface Image {
  readonly root: string;
  /** Where commands run: below `root`. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly stopSignal: string;
  readonly ports: readonly number[];
  readonly healthcheck: readonly string[];
  readonly command: readonly string[];
}

/** All stages by name, until `discard` deletes their folders. */
export interface Images {
  readonly stages: ReadonlyMap<string, Image>;
  discard(name?: string): Promise<void>;
}

interface Context {
  readonly folder: string;
  readonly isIgnored: IsIgnored;
  readonly stages: ReadonlyMap<string, Image>;
}

/** Builds every stage from a context: a folder with a `Dockerfile` and a `.dockerignore`. */
export async function carryOut(folder: string): Promise<Images> {
  const isIgnored = readDockerIgnore(await readFile(path.join(folder, '.dockerignore'), 'utf8'));
  const everything = await mkdtemp(path.join(tmpdir(), 'footbridge-images-'));
  await chmod(everything, 0o755); // whoever the app runs as must get in
  const stages = new Map<string, Image>();
  for (const stage of readDockerfile(await readFile(path.join(folder, 'Dockerfile'), 'utf8'))) {
    const start = await begin(stage, { root: path.join(everything, stage.name), stages });
    let image = start;
    for (const step of stage.steps) image = await take(step, image, { folder, isIgnored, stages });
    stages.set(stage.name, image);
  }
  const discard = (name = ''): Promise<void> => rm(path.join(everything, name), { recursive: true, force: true });
  return { stages, discard };
}

/** A stage starts as a copy of the one it is made from. What comes from elsewhere is this machine: its Node, its shell. */
async function begin(
  { base }: Stage,
  { root, stages }: { readonly root: string; readonly stages: ReadonlyMap<string, Image> },
): Promise<Image> {
  await mkdir(root, { recursive: true });
  const origin = stages.get(base);
  if (!origin) {
    return {
      root,
      folder: root,
      environment: {},
      user: 'root',
      stopSignal: 'SIGTERM',
      ports: [],
      healthcheck: [],
      command: [],
    };
  }
  await cp(origin.root, root, { recursive: true, verbatimSymlinks: true });
  return { ...origin, root, folder: path.join(root, path.relative(origin.root, origin.folder)) };
}

async function take(step: Step, image: Image, context: Context): Promise<Image> {
  switch (step.kind) {
    case 'workdir': {
      const folder = within(image, step.folder);
      await mkdir(folder, { recursive: true });
      return { ...image, folder };
    }
    case 'env':
      return { ...image, environment: { ...image.environment, ...step.variables } };
    case 'copy':
      await copy(step, image, context);
      return image;
    case 'run':
      await run(step.line, image);
      return image;
    case 'user':
      return { ...image, user: step.name };
    case 'stopsignal':
      return { ...image, stopSignal: step.signal };
    case 'expose':
      return { ...image, ports: [...image.ports, step.port] };
    case 'healthcheck':
      return { ...image, healthcheck: step.command };
    case 'cmd':
      return { ...image, command: step.command };
  }
}

async function copy(
  { from, sources, to }: Extract<Step, { kind: 'copy' }>,
  image: Image,
  { folder, isIgnored, stages }: Context,
): Promise<void> {
  const origin = from === undefined ? undefined : stages.get(from);
  if (from !== undefined && !origin) throw new TypeError(`COPY from a stage that is not there: ${from}`);
  for (const source of sources) {
    const absolute = origin ? within(origin, source) : path.join(folder, source);
    const isFile = path.extname(source) !== '' && !source.endsWith('/');
    const target = isFile && to.endsWith('/') ? path.join(to, path.basename(source)) : to;
    const filter = (file: string): boolean => origin !== undefined || !isIgnored(path.relative(folder, file));
    await cp(absolute, within(image, target), { recursive: true, verbatimSymlinks: true, filter });
  }
}

/** A path of the container: absolute ones begin at its root. */
function within({ root, folder }: Image, name: string): string {
  return path.isAbsolute(name) ? path.join(root, name) : path.join(folder, name);
}

/** What a build takes from the machine it runs on: its programs, and how they get to the network. */
const fromOutside = ['PATH', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'npm_config_registry'];

/** The home is empty at first: nothing that this machine has downloaded before helps. */
async function run(line: string, { root, folder, environment }: Image): Promise<void> {
  if (/(?:^|[\s=])\//.test(line)) throw new TypeError(`RUN with an absolute path cannot be carried out here: ${line}`);
  const home = path.join(root, 'root');
  await mkdir(home, { recursive: true });
  const outside = Object.fromEntries(fromOutside.map((name) => [name, process.env[name]]));
  const child = spawn('/bin/sh', ['-c', line], {
    cwd: folder,
    env: { ...outside, HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await once(child, 'close');
  const code = child.exitCode;
  if (code !== 0) throw new Error(`RUN ${line} left with ${code}:\n${output}`);
}
