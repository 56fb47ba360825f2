/** Interleaved rounds (A B C, B C A, …): whatever else the machine does, and whoever ran just before, disturbs every contestant alike. */

/** How many rounds a figure rests on, unless its bench says otherwise: each of two or three contestants comes first equally often. */
const usualRounds = 6;

/** One way to do the job. `measure` is one round of it. */
export interface Contestant<Measurement> {
  readonly name: string;
  readonly measure: () => Promise<Measurement>;
}

/** What a contestant's rounds came to, in their order. */
export interface Outcome<Measurement> {
  readonly name: string;
  readonly rounds: readonly Measurement[];
}

/** Lets every contestant warm up for one round that does not count, then takes turns; each round begins with the next one. */
export async function takeTurns<Measurement>(
  contestants: readonly Contestant<Measurement>[],
  roundsPerBench = usualRounds,
): Promise<Outcome<Measurement>[]> {
  for (const { measure } of contestants) await measure();
  const outcomes = contestants.map(({ name, measure }) => ({ name, measure, rounds: new Array<Measurement>() }));
  for (let round = 0; round < roundsPerBench; round += 1) {
    const first = round % outcomes.length;
    const inTurn = [...outcomes.slice(first), ...outcomes.slice(0, first)];
    for (const { measure, rounds } of inTurn) rounds.push(await measure());
  }
  return outcomes.map(({ name, rounds }) => ({ name, rounds }));
}
