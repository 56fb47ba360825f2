/** A PostgreSQL server of a test's own, which it may restart as it likes. */
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './ports.ts';

/** A cluster in a temporary folder, on loopback, where everybody is let in. */
export interface OwnPostgres {
  readonly port: number;
  /** `fast` ends every connection in order, `immediate` is a crash. It stays down for `downMs`. */
  restart(how: 'fast' | 'immediate', downMs: number): Promise<void>;
  close(): Promise<void>;
}

const run = promisify(execFile);
const debianFolder = '/usr/lib/postgresql';
const options = '-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=100';

/** The folder of PostgreSQL's programs; undefined where there is none. */
export function findPostgres(): string | undefined {
  if (!existsSync(debianFolder)) return undefined;
  const folders = readdirSync(debianFolder).map((version) => path.join(debianFolder, version, 'bin'));
  return folders.find((folder) => existsSync(path.join(folder, 'initdb')));
}

/** Makes a cluster and starts it. PostgreSQL refuses to run as root: then it runs as the user that Debian made for it. */
export async function startPostgres(programs: string): Promise<OwnPostgres> {
  const owner = process.getuid?.() === 0 ? postgresUser() : undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'footbridge-postgres-'));
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const port = await freePort();
  const call = (program: string, ...parameters: string[]) =>
    run(path.join(programs, program), parameters, { cwd: folder, ...owner });
  const data = path.join(folder, 'data');
  const control = (...parameters: string[]) =>
    call('pg_ctl', '-w', '-D', data, '-l', path.join(folder, 'log'), ...parameters);
  const start = () => control('-o', `-p ${port} ${options}`, 'start');

  await call('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync');
  await start();
  return {
    port,
    async restart(how, downMs) {
      await control('-m', how, 'stop');
      await new Promise((resolve) => setTimeout(resolve, downMs));
      await start();
    },
    async close() {
      await control('-m', 'immediate', 'stop').catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function postgresUser(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
