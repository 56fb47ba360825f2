/** What logins cost those who do not log in, with bcrypt in the API's pool and on the main thread (DESIGN section 4). */
import { withDatabase } from '../database.ts';
import type { Pace } from '../relay/pace.ts';
import { type Findings, renderSummary } from '../report/report.ts';
import { takeTurns } from '../report/rounds.ts';
import { ratios, summarise, unrest } from '../report/statistics.ts';
import { inFlight, oneRound, type Round } from './round.ts';
import { cost, prove, type Site, withSite } from './site.ts';

const [mostSlower, leastAgainstMainThread, leastLogins] = [3, 100, 1.5];

/** Runs the bench: starts two APIs on a database of its own, then takes turns. */
export function login(pace: Pace): Promise<Findings> {
  return withDatabase(({ url }) =>
    withSite(url, async (site) => {
      await prove(site);
      return measure(site, pace);
    }),
  );
}

async function measure({ apis, person }: Site, { loginRounds, secondsLogins }: Pace): Promise<Findings> {
  const outcomes = await takeTurns(
    apis.map((api) => ({ name: `bcrypt, ${api.hashing}`, measure: () => oneRound(api, person, secondsLogins) })),
    loginRounds,
  );
  const [pool, mainThread] = outcomes.map(({ rounds }) => rounds);
  if (!pool || !mainThread) throw new Error('a contestant was not measured');
  return {
    columns: ['', 'verify p99 ms, idle', 'p99 ms, busy (least to most)', 'p50 ms, busy', 'logins/s (least to most)'],
    rows: outcomes.map(({ name, rounds }) => [
      name,
      summarise(p99(rounds, 'idle')).median.toFixed(1),
      renderSummary(summarise(p99(rounds, 'busy')), 1),
      summarise(rounds.map(({ busy }) => busy.p50)).median.toFixed(1),
      renderSummary(summarise(speeds(rounds)), 1),
    ]),
    aims: [
      {
        what: "The pool's p99, busy against idle",
        bound: 'most',
        limit: mostSlower,
        measured: ratios(p99(pool, 'busy'), p99(pool, 'idle')).median,
      },
      {
        what: "The main thread's p99 against the pool's, both busy",
        bound: 'least',
        limit: leastAgainstMainThread,
        measured: ratios(p99(mainThread, 'busy'), p99(pool, 'busy')).median,
      },
      {
        what: "The pool's logins against the main thread's",
        bound: 'least',
        limit: leastLogins,
        measured: ratios(speeds(pool), speeds(mainThread)).median,
      },
    ],
    facts: [
      `${inFlight} logins in flight at cost ${cost}, for ${secondsLogins} s and until the last is over.`,
      '`GET /api/verify` every 10 ms, answered or not; the client shares the cores.',
      ...unrest(speeds(pool)),
    ],
    rounds: outcomes,
  };
}

function p99(rounds: readonly Round[], when: 'idle' | 'busy'): number[] {
  return rounds.map((round) => round[when].p99);
}

function speeds(rounds: readonly Round[]): number[] {
  return rounds.map(({ loginsPerSecond }) => loginsPerSecond);
}
