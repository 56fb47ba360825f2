/** What memory a hop takes while one large body passes, up and down, and whether the body arrives whole. */
import { digestOfNoise } from '../../fixtures/relay-hops/payload.ts';
import { withDatabase } from '../database.ts';
import type { Aim, Findings } from '../report/report.ts';
import { buildApp } from './commands.ts';
import { type HopName, hopNames, hops, startHop } from './hops.ts';
import type { Pace } from './pace.ts';
import { type Site, withSite } from './site.ts';
import { type Body, type Direction, type Passage, transfer } from './transfer.ts';

const mostGrowthMiB = 100;
const relayNames = hopNames.filter((name) => !('isYardstick' in hops[name]));

/** Runs the bench: every passage has a process of its own. */
export function relayMemory({ bodyMiB }: Pace): Promise<Findings> {
  return withDatabase(({ url }) =>
    withSite(url, async (site) => {
      await buildApp(site.settings);
      const bytes = bodyMiB * 1024 * 1024;
      const body = { bytes, digest: digestOfNoise(bytes) };
      const passages: Passages[] = [];
      for (const name of relayNames) {
        const up = await passage('up', { name, site, body });
        passages.push({ name, up, down: await passage('down', { name, site, body }) });
      }
      return findings(passages, bodyMiB);
    }),
  );
}

/** What became of a hop's two bodies. */
interface Passages {
  readonly name: HopName;
  readonly up: Passage;
  readonly down: Passage;
}

interface PassageOptions {
  readonly name: HopName;
  readonly site: Site;
  readonly body: Body;
}

/** Throws where a relay of ours does not bring a body over whole. That others do not is news. */
async function passage(direction: Direction, { name, site, body }: PassageOptions): Promise<Passage> {
  const running = await startHop(name, site);
  try {
    const result = await transfer(running, { direction, body });
    const isOurs = running.hop.adds === "the session's token";
    if (isOurs && result.kind === 'failed') throw new Error(`${running.hop.title} lost a body: ${result.reason}`);
    return result;
  } finally {
    await running.stop();
  }
}

function findings(passages: readonly Passages[], bodyMiB: number): Findings {
  return {
    columns: ['', 'up MiB/s', 'peak MiB (before)', 'down MiB/s', 'peak MiB (before)'],
    rows: passages.map(({ name, up, down }) => [hops[name].title, ...cells(up, bodyMiB), ...cells(down, bodyMiB)]),
    aims: passages.filter(({ name }) => name === 'customServer' || name === 'routeHandler').flatMap(aimsOf),
    facts: [`${bodyMiB} MiB each way, one passage per process, SHA-256 compared; the peak is that of the hop.`],
    rounds: passages,
  };
}

function cells(result: Passage, bodyMiB: number): string[] {
  if (result.kind === 'failed') return [`fails: ${result.reason}`, ''];
  const { seconds, memory } = result;
  return [
    (bodyMiB / seconds).toFixed(0),
    memory === undefined ? '' : `${memory.peak.toFixed(0)} (${memory.before.toFixed(0)})`,
  ];
}

function aimsOf({ name, up, down }: Passages): Aim[] {
  const grown = [up, down].map((result) =>
    result.kind === 'whole' && result.memory ? result.memory.peak - result.memory.before : Number.NaN,
  );
  return [
    {
      what: `What ${hops[name].title} grows by`,
      bound: 'most',
      limit: mostGrowthMiB,
      unit: ' MiB',
      measured: Math.max(...grown),
    },
  ];
}
