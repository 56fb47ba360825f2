/** What the API's rotation adds to the one statement that it cannot do without (DESIGN section 5.3). */
import { withDatabase } from '../database.ts';
import { type Findings, renderSummary } from '../report/report.ts';
import { takeTurns } from '../report/rounds.ts';
import { ratios, summarise, unrest } from '../report/statistics.ts';
import { openBare } from './bare.ts';
import { type HeldSession, type Holder, rotateFor, type Speed } from './holders.ts';
import { openProduct, type Product } from './product.ts';
import { race } from './race.ts';
import { openSessions } from './sessions.ts';
import { countStatements } from './statements.ts';

const concurrency = 50;
const roundSeconds = 2;
const countedRotations = 10;
const leastRatio = 0.6;

/** Runs the bench on a database of its own. */
export function rotation(): Promise<Findings> {
  return withDatabase(async ({ url, version }) => {
    const product = openProduct(url);
    const bare = openBare(url);
    try {
      const sessions = await openSessions(url, product.keyId, 2 * concurrency);
      const [ofBare, ofProduct] = [sessions.slice(0, concurrency), sessions.slice(concurrency)];
      const findings = await measure({
        bare: ofBare.map((session) => bare.holder(session)),
        product: ofProduct.map((session) => product.holder(session)),
      });
      const proofs = await prove(product, url);
      return { ...findings, facts: [...proofs, ...findings.facts, `PostgreSQL ${version}.`] };
    } finally {
      await Promise.all([product.close(), bare.close()]);
    }
  });
}

async function measure({ bare, product }: Record<'bare' | 'product', readonly Holder[]>): Promise<Findings> {
  const outcomes = await takeTurns([
    { name: 'the bare statement through `pg`', measure: () => rotateFor(roundSeconds, bare) },
    { name: "the API's own rotation", measure: () => rotateFor(roundSeconds, product) },
  ]);
  const [baseline, own] = outcomes.map(({ rounds }) => speeds(rounds));
  if (!baseline || !own) throw new Error('a contestant was not measured');
  return {
    columns: ['', 'rotations/s (least to most)', 'ratio (least to most)', 'Node CPU µs'],
    rows: outcomes.map(({ name, rounds }) => [
      name,
      renderSummary(summarise(speeds(rounds)), 0),
      renderSummary(ratios(speeds(rounds), baseline), 2),
      summarise(rounds.map(({ cpu }) => cpu)).median.toFixed(0),
    ]),
    aims: [{ what: 'Ratio', bound: 'least', limit: leastRatio, measured: ratios(own, baseline).median }],
    facts: [...unrest(baseline), `${concurrency} in flight on 10 connections.`],
    rounds: outcomes,
  };
}

function speeds(rounds: readonly Speed[]): number[] {
  return rounds.map(({ perSecond }) => perSecond);
}

/** What must hold at any speed. */
async function prove(product: Product, url: string): Promise<string[]> {
  const [raced, counted] = await openSessions(url, product.keyId, 2);
  if (!raced || !counted) throw new Error('two sessions were asked for');
  const { winners, successors } = await race(product, { session: raced, url, presentations: concurrency });
  const statements = await statementsPerRotation(product, counted);
  return [
    `${concurrency} presentations of one generation at once: ${winners} winner, ${successors} successor, one new generation.`,
    `${statements} statement per rotation once the session's keys are in memory.`,
  ];
}

async function statementsPerRotation(product: Product, session: HeldSession): Promise<number> {
  const rotate = product.holder(session);
  await rotate(); // the first reads the session's keys
  const statements = await countStatements(async () => {
    for (let count = 0; count < countedRotations; count += 1) await rotate();
  });
  return statements / countedRotations;
}
