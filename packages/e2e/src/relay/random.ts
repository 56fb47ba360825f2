/** Random choices that a seed repeats. */

/** A source of random choices. */
export interface Random {
  /** From 0 up to, not including, `below`. */
  whole(below: number): number;
  /** True in this share of cases. */
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Up to `most` picks, each on its own. */
  some<Item>(items: readonly Item[], most: number): Item[];
}

/** Mulberry32: 32 bits of state are plenty here. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[whole(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  return {
    whole,
    chance: (share) => next() < share,
    pick,
    some: (items, most) => Array.from({ length: whole(most + 1) }, () => pick(items)),
  };
}

/** The seed of this run: `RELAY_SEED`, or a new one. */
export function seedOfThisRun(): number {
  return Number(process.env['RELAY_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
}
