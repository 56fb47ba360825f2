/** What the guard adds to a page view, against no guard at all and against asking the API each time (DESIGN section 8). */
import { withDatabase } from '../database.ts';
import { type Findings, renderSummary } from '../report/report.ts';
import { takeTurns } from '../report/rounds.ts';
import { ratios, summarise, unrest } from '../report/statistics.ts';
import { type Burst, burst } from './burst.ts';
import { prove } from './proof.ts';
import { type Site, withSite } from './site.ts';
import type { Variant } from './variants.ts';

const leastRatio = 0.95;

/** A page view's speed moves by a third within seconds on a shared machine: the middle of many short rounds does not. */
const manyRounds = 24;

const names: Record<Variant, string> = {
  empty: 'an empty `proxy.ts`',
  guarded: 'the guard, warm session',
  asking: 'a proxy that asks `/api/verify` each time',
};

/** Runs the bench: builds the app three times, starts it beside a real API, then takes turns. */
export function guard(): Promise<Findings> {
  return withDatabase(({ url }) => withSite(url, measure));
}

async function measure(site: Site): Promise<Findings> {
  await prove(site.frontends, site.visitor);
  const outcomes = await takeTurns(
    site.frontends.map((frontend) => ({ name: names[frontend.variant], measure: () => burst(frontend, site) })),
    manyRounds,
  );
  const [empty, guarded, asking] = outcomes.map(({ rounds }) => speeds(rounds));
  const baselineCosts = costs(outcomes[0]?.rounds ?? []);
  if (!empty || !guarded || !asking) throw new Error('a variant was not measured');
  return {
    columns: ['', 'pages/s (least to most)', 'ratio (least to most)', 'CPU µs', 'CPU ratio', 'p50 ms', 'p99 ms'],
    rows: outcomes.map(({ name, rounds }) => [
      name,
      renderSummary(summarise(speeds(rounds)), 0),
      renderSummary(ratios(speeds(rounds), empty), 2),
      medianOf(rounds, 'cpuPerRequest'),
      ratios(costs(rounds), baselineCosts).median.toFixed(2),
      medianOf(rounds, 'p50'),
      medianOf(rounds, 'p99'),
    ]),
    aims: [
      { what: 'Against the empty proxy', bound: 'least', limit: leastRatio, measured: ratios(guarded, empty).median },
    ],
    facts: [
      `Against asking each time: ${ratios(guarded, asking).median.toFixed(2)} times as many pages.`,
      'CPU is the processor time of frontend and API together, per page.',
      ...unrest(empty),
    ],
    rounds: outcomes,
  };
}

function speeds(rounds: readonly Burst[]): number[] {
  return rounds.map(({ requestsPerSecond }) => requestsPerSecond);
}

function costs(rounds: readonly Burst[]): number[] {
  return rounds.map(({ cpuPerRequest }) => cpuPerRequest);
}

function medianOf(rounds: readonly Burst[], figure: keyof Burst): string {
  return summarise(rounds.map((round) => round[figure])).median.toFixed(0);
}
