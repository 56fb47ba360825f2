import { describe, expect, it } from 'vitest';
import { newestOfEach } from '../../src/refresh-token/newest-of-each.ts';
import type { RecogniseRefreshToken } from '../../src/refresh-token/recognise.ts';

const unavailable = new Error('the key is not here');

/** Tokens of these tests are `session.generation`; nobody knows the keys of session `x`. */
const recognise: RecogniseRefreshToken = async (text) => {
  const [sessionId = '', generation = ''] = text.split('.');
  if (sessionId === 'x') throw unavailable;
  return /^\d+$/.test(generation) ? { sessionId, generation: Number(generation) } : undefined;
};

describe('newestOfEach', () => {
  it.each([
    ['nothing of nothing', [], []],
    ['a single token unjudged', ['garbage'], ['garbage']],
    ['one token of each session in order', ['b.1', 'a.1'], ['b.1', 'a.1']],
    ['the newest of one session', ['a.1', 'a.10', 'a.9'], ['a.10']],
    ['the place of a session’s first token', ['a.1', 'b.5', 'a.2'], ['a.2', 'b.5']],
    ['nothing that is not genuine', ['garbage', 'a.1', 'a.x', ''], ['a.1']],
    ['one of several copies', ['a.1', 'a.1'], ['a.1']],
  ])('keeps %s', async (_what, presented, tokens) => {
    expect(await newestOfEach(presented, recognise)).toEqual({ tokens, failure: undefined });
  });

  it('says that a token could not be judged, and keeps the others', async () => {
    expect(await newestOfEach(['x.1', 'a.1'], recognise)).toEqual({ tokens: ['a.1'], failure: unavailable });
  });
});
