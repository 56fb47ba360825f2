/** The rounds of one kind of request as rows of a table, each hop against the bare proxy and against none. */
import { renderSummary } from '../report/report.ts';
import type { Outcome } from '../report/rounds.ts';
import { ratios, summarise } from '../report/statistics.ts';
import type { Burst } from './burst.ts';
import { type HopName, hopNames, hops } from './hops.ts';

/** The rounds of every hop. */
export interface Measured {
  readonly title: string;
  /** With many connections. */
  readonly busy: readonly Outcome<Burst>[];
  /** With one. */
  readonly alone: readonly Outcome<Burst>[];
}

/** What `rowsOf()` fills. */
export const columns = [
  '',
  'requests/s (least to most)',
  'ratio (least to most)',
  'CPU µs',
  'added ms, p50 and p99',
  'alone',
] as const;

/** A row with the title, and one per hop. */
export function rowsOf(measured: Measured): string[][] {
  const { title, busy, alone } = measured;
  const baseline = speedsOf(measured, 'bare');
  const rows = hopNames.map((name) => {
    const speeds = speedsOf(measured, name);
    return [
      hops[name].title,
      renderSummary(summarise(speeds), 0),
      renderSummary(ratios(speeds, baseline), 2),
      'command' in hops[name] ? cost(roundsOf(busy, name)) : '',
      name === 'direct' ? '' : added(busy, name),
      name === 'direct' ? '' : added(alone, name),
    ];
  });
  return [[`**${title}**`, '', '', '', '', ''], ...rows];
}

/** Requests per second, round by round. */
export function speedsOf({ busy }: Measured, name: HopName): number[] {
  return roundsOf(busy, name).map(({ requestsPerSecond }) => requestsPerSecond);
}

/** How many times as fast one hop is as another: the median of the rounds' own ratios. */
export function ratioOf(measured: Measured, { of, against }: { of: HopName; against: HopName }): number {
  return ratios(speedsOf(measured, of), speedsOf(measured, against)).median;
}

function cost(rounds: readonly Burst[]): string {
  return summarise(rounds.map(({ cpuPerRequest }) => cpuPerRequest)).median.toFixed(0);
}

/** What a request takes longer than without a hop, each round against its own. */
function added(outcomes: readonly Outcome<Burst>[], name: HopName): string {
  const direct = roundsOf(outcomes, 'direct');
  const median = (figure: 'p50' | 'p99'): string => {
    const differences = roundsOf(outcomes, name).map((round, index) => round[figure] - (direct[index]?.[figure] ?? 0));
    return summarise(differences).median.toFixed(2);
  };
  return `${median('p50')}, ${median('p99')}`;
}

function roundsOf(outcomes: readonly Outcome<Burst>[], name: HopName): readonly Burst[] {
  const outcome = outcomes.find((each) => each.name === name);
  if (outcome === undefined) throw new Error(`${name} was not measured`);
  return outcome.rounds;
}
