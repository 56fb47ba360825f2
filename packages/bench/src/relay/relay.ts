/** What the relay adds to a request, against the least that could do the job and what else people use (DESIGN section 9). */
import { withDatabase } from '../database.ts';
import type { Aim, Findings } from '../report/report.ts';
import { takeTurns } from '../report/rounds.ts';
import { ratios, unrest } from '../report/statistics.ts';
import { burst, type Load, loads } from './burst.ts';
import { buildApp } from './commands.ts';
import { type HopName, hops, type RunningHop, withHops } from './hops.ts';
import type { Pace } from './pace.ts';
import { prove } from './proof.ts';
import { withSite } from './site.ts';
import { columns, type Measured, ratioOf, rowsOf, speedsOf } from './table.ts';

const manyConnections = 16;

interface PairAim {
  readonly of: HopName;
  readonly against: HopName;
  readonly least: number;
}

/** The Node transport is compared with the bare proxy where it is as bare, the route handler with what does the same. */
const aims: readonly PairAim[] = [
  { of: 'node', against: 'bare', least: 0.9 },
  { of: 'customServer', against: 'rewrites', least: 1.8 },
  { of: 'routeHandler', against: 'sameHandler', least: 1.5 },
];

/** Runs the bench: starts every hop in front of one upstream, then takes turns. */
export function relay(pace: Pace): Promise<Findings> {
  return withDatabase(({ url }) =>
    withSite(url, async (site) => {
      await buildApp(site.settings);
      return withHops(site, async (running) => {
        await prove(running, site.visitor);
        return measure(running, pace);
      });
    }),
  );
}

async function measure(running: readonly RunningHop[], pace: Pace): Promise<Findings> {
  const compared: Aim[] = [];
  for (const aim of aims) compared.push(await comparePair(aim, { running, pace }));
  const small = await measureLoad(loads.get, { running, pace });
  const large = await measureLoad(loads.post, { running, pace });
  const inApp = ratioOf(small, { of: 'customServer', against: 'bare' });
  const plain = ratioOf(small, { of: 'routeHandler', against: 'fetchHandler' });
  const limit = ratioOf(small, { of: 'aloneHandler', against: 'fetchHandler' });
  return {
    columns,
    rows: [small, large].flatMap(rowsOf),
    aims: compared,
    facts: [
      `An aim's two take turns by themselves, ${pace.roundsOfPair} rounds of ${pace.secondsOfPair} s: what disturbs the one disturbs the other.`,
      `${small.title}, ${hops.customServer.title} against ${hops.bare.title}: ${inApp.toFixed(2)}; it also counts, logs and holds Next.js.`,
      `${small.title}, ${hops.routeHandler.title} against ${hops.fetchHandler.title}: ${plain.toFixed(2)}; that one knows no sessions.`,
      `${small.title}, ${hops.aloneHandler.title} against ${hops.fetchHandler.title}: ${limit.toFixed(2)}, which no route handler can pass.`,
      ...aims.map(
        ({ of, against }) =>
          `${large.title}, ${hops[of].title} against ${hops[against].title}: ${ratioOf(large, { of, against }).toFixed(2)}.`,
      ),
      `${manyConnections} connections; the last column is with one, where nobody waits for anybody.`,
      'CPU is the processor time of the hop alone, per request.',
      ...unrest(speedsOf(small, 'bare')),
    ],
    rounds: [small, large],
  };
}

interface Measuring {
  readonly running: readonly RunningHop[];
  readonly pace: Pace;
}

/** The ratio of two hops, measured with nobody's turn in between. */
async function comparePair({ of, against, least }: PairAim, { running, pace }: Measuring): Promise<Aim> {
  const load = loads.get;
  const how = { load, connections: manyConnections, seconds: pace.secondsOfPair };
  const pair = running.filter(({ name }) => name === of || name === against);
  const outcomes = await takeTurns(
    pair.map((hop) => ({ name: hop.name, measure: () => burst(hop, how) })),
    pace.roundsOfPair,
  );
  const speeds = (name: HopName): number[] =>
    outcomes.filter((outcome) => outcome.name === name).flatMap(({ rounds }) => rounds.map((r) => r.requestsPerSecond));
  return {
    what: `${load.title}, ${hops[of].title} against ${hops[against].title}`,
    bound: 'least',
    limit: least,
    measured: ratios(speeds(of), speeds(against)).median,
  };
}

async function measureLoad(load: Load, { running, pace }: Measuring): Promise<Measured> {
  const turns = (connections: number, seconds: number) =>
    takeTurns(
      running.map((hop) => ({ name: hop.name, measure: () => burst(hop, { load, connections, seconds }) })),
      pace.rounds,
    );
  return {
    title: load.title,
    busy: await turns(manyConnections, pace.secondsBusy),
    alone: await turns(1, pace.secondsAlone),
  };
}
