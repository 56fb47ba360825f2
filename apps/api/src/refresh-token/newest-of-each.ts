/** Which of several presented refresh tokens to rotate: a browser may hold older twins, which are no theft. */
import type { RecogniseRefreshToken } from './recognise.ts';

/** What is worth rotating, in the order in which its sessions were presented. */
export interface Rotatable {
  readonly tokens: readonly string[];
  /** Why a token could not be judged: then nothing proves that all of them are bad. */
  readonly failure: unknown;
}

/** Keeps of each session its newest genuine token. A single token stays as it is: its rotation judges it. */
export async function newestOfEach(presented: readonly string[], recognise: RecogniseRefreshToken): Promise<Rotatable> {
  if (presented.length < 2) return { tokens: presented, failure: undefined };
  const judged = await Promise.allSettled(presented.map(recognise));
  const newest = new Map<string, { readonly generation: number; readonly text: string }>();
  for (const [index, text] of presented.entries()) {
    const position = judged[index]?.status === 'fulfilled' ? judged[index].value : undefined;
    if (!position) continue;
    const { sessionId, generation } = position;
    const isNewer = generation > (newest.get(sessionId)?.generation ?? 0);
    if (isNewer) newest.set(sessionId, { generation, text });
  }
  const failed = judged.find((outcome) => outcome.status === 'rejected');
  return { tokens: [...newest.values()].map(({ text }) => text), failure: failed?.reason };
}
