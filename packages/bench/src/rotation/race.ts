/** The race for one generation: whoever wins it, every holder must end up with the same successor. */
import type { HeldSession } from './holders.ts';
import type { Product } from './product.ts';
import { storedGeneration } from './sessions.ts';

/** What became of a race. */
export interface RaceResult {
  readonly winners: number;
  /** Different successor tokens among all answers. */
  readonly successors: number;
}

/** Presents one token so many times at once. Throws unless there is one winner, one successor, one new generation. */
export async function race(
  product: Product,
  { session, url, presentations }: { session: HeldSession; url: string; presentations: number },
): Promise<RaceResult> {
  const token = product.tokenOf(session);
  const answers = await Promise.all(Array.from({ length: presentations }, () => product.rotate(token)));
  const successors = new Set(
    answers.map((answer) => (answer.kind === 'refused' ? answer.code : product.tokenOf(answer.session))),
  );
  const winners = answers.filter(({ kind }) => kind === 'rotated').length;
  const generation = await storedGeneration(url, session.id);
  const isSound = winners === 1 && successors.size === 1 && generation === session.generation + 1;
  if (isSound) return { winners, successors: successors.size };
  throw new Error(
    `the race for one generation had ${winners} winners and ${successors.size} successors, and ended at generation ${generation}`,
  );
}
