/** What a handful of noisy rounds say: the middle one, and how far the others were from it. */

/** Several measurements of one thing. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Summarises measurements. Throws `RangeError` where there are none. */
export function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, most] = [sorted.at(0), sorted.at(-1)];
  const [lower, upper] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (least === undefined || most === undefined || lower === undefined || upper === undefined) {
    throw new RangeError('there is nothing to summarise');
  }
  return { median: (lower + upper) / 2, least, most };
}

/** Each round against the baseline of the same round, which the same neighbours disturbed. */
export function ratios(values: readonly number[], baseline: readonly number[]): Summary {
  return summarise(values.map((value, round) => value / (baseline[round] ?? Number.NaN)));
}

const calmSpread = 0.15;

/** A sentence of doubt, where a baseline that should stand still moved by more than 15 % either way; else nothing. */
export function unrest(baseline: readonly number[]): string[] {
  const { median, least, most } = summarise(baseline);
  const spread = Math.max(most - median, median - least) / median;
  if (spread <= calmSpread) return [];
  return [`The baseline moved by ${(spread * 100).toFixed(0)} % between rounds: repeat this on a quieter machine.`];
}
