/** Interleaved rounds (A B C, A B C, …): whatever else the machine does disturbs every contestant alike. */

/** How many rounds a figure rests on. */
const roundsPerBench = 5;

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

/** Lets every contestant warm up for one round that does not count, then takes turns. */
export async function takeTurns<Measurement>(
  contestants: readonly Contestant<Measurement>[],
): Promise<Outcome<Measurement>[]> {
  for (const { measure } of contestants) await measure();
  const outcomes = contestants.map(({ name, measure }) => ({ name, measure, rounds: new Array<Measurement>() }));
  for (let round = 0; round < roundsPerBench; round += 1) {
    for (const { measure, rounds } of outcomes) rounds.push(await measure());
  }
  return outcomes.map(({ name, rounds }) => ({ name, rounds }));
}
