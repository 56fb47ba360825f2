/** What the second page view costs: `authenticate()` for a cookie that this process has verified before. */
import { hash } from 'node:crypto';
import { type Findings, renderSummary } from '../report/report.ts';
import { takeTurns } from '../report/rounds.ts';
import { type Summary, summarise } from '../report/statistics.ts';
import { type LoggedIn, loggedInBff } from './logged-in.ts';

const mostMicroseconds = 3;

/** Runs the bench: no network, no database. */
export async function warmCheck(): Promise<Findings> {
  const own = await loggedInBff({ digest: (text) => hash('sha256', text, 'base64url') });
  const web = await loggedInBff({});
  // One after the other: a real process only ever sees one kind of digest, and V8 compiles for what it has seen.
  const [ofOwn] = await takeTurns([{ name: 'own', measure: () => manyChecks(own, 100_000) }]);
  const [ofWeb] = await takeTurns([{ name: 'web', measure: () => manyChecks(web, 10_000) }]);
  const [ownRounds, webRounds] = [ofOwn?.rounds ?? [], ofWeb?.rounds ?? []];
  return {
    columns: ['', 'µs per check (least to most)', 'CPU µs'],
    rows: [
      row("Node's synchronous digest, which `@footbridge/next` passes", ownRounds),
      row("WebCrypto's digest, the default of `@footbridge/core`", webRounds),
    ],
    aims: [
      { what: 'One check', bound: 'most', limit: mostMicroseconds, unit: ' µs', measured: wall(ownRounds).median },
    ],
    facts: [
      `A \`Cookie\` header of ${own.cookieHeader.length} bytes; 100 000 checks a round, 10 000 through WebCrypto.`,
    ],
    rounds: { own: ownRounds, web: webRounds },
  };
}

/** Microseconds per check: by the clock, and of this process's processor time, which neighbours disturb less. */
interface Checks {
  readonly wall: number;
  readonly cpu: number;
}

async function manyChecks({ bff, cookieHeader }: LoggedIn, calls: number): Promise<Checks> {
  let authenticated = 0;
  const [cpuBefore, startedAt] = [process.cpuUsage(), performance.now()];
  for (let call = 0; call < calls; call += 1) {
    const { kind } = await bff.authenticate(cookieHeader);
    if (kind === 'authenticated') authenticated += 1;
  }
  const elapsed = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (authenticated !== calls) throw new Error('a warm check did not recognise its own session');
  return { wall: (elapsed * 1000) / calls, cpu: (user + system) / calls };
}

function row(name: string, rounds: readonly Checks[]): string[] {
  const cpu = summarise(rounds.map((round) => round.cpu));
  return [name, renderSummary(wall(rounds), 2), cpu.median.toFixed(2)];
}

function wall(rounds: readonly Checks[]): Summary {
  return summarise(rounds.map((round) => round.wall));
}
