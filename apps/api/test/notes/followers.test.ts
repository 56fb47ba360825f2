import { describe, expect, it } from 'vitest';
import { createFollowers } from '../../src/notes/followers.ts';

const soon = Symbol('nothing yet');
const orNothing = <Value>(promise: Promise<Value>): Promise<Value | symbol> =>
  Promise.race([promise, new Promise<symbol>((resolve) => setImmediate(resolve, soon))]);

describe('followers', () => {
  it('wake for their own user alone', async () => {
    const followers = createFollowers();
    const [ada, bob] = [followers.follow('ada'), followers.follow('bob')];
    const [toAda, toBob] = [ada.next(), bob.next()];
    followers.tell('ada');
    followers.tell('nobody');
    expect(await orNothing(toAda)).toBe(true);
    expect(await orNothing(toBob)).toBe(soon);
    followers.tellAll();
    expect(await orNothing(toBob)).toBe(true);
  });

  it('keep a word that comes while nobody waits, once', async () => {
    const followers = createFollowers();
    const follower = followers.follow('ada');
    followers.tell('ada');
    followers.tell('ada');
    expect(await orNothing(follower.next())).toBe(true);
    expect(await orNothing(follower.next())).toBe(soon);
  });

  it('end when they leave, waiting or not', async () => {
    const followers = createFollowers();
    const [waiting, busy] = [followers.follow('ada'), followers.follow('ada')];
    const next = waiting.next();
    waiting.leave();
    busy.leave();
    expect(await orNothing(next)).toBe(false);
    expect(await orNothing(busy.next())).toBe(false);
    followers.tell('ada');
    expect(await orNothing(followers.follow('ada').next())).toBe(soon);
  });

  it('do not lose each other when one leaves', async () => {
    const followers = createFollowers();
    const [one, two] = [followers.follow('ada'), followers.follow('ada')];
    one.leave();
    one.leave();
    followers.tell('ada');
    expect(await orNothing(two.next())).toBe(true);
  });
});
