/** Seconds as PostgreSQL's clock can still add to the present, or take from it. */

const most = 100_000_000_000; // about 3000 years; a setting may be any positive number, a timestamp may not

/** For `make_interval(secs => …)`. */
export function sqlSeconds(seconds: number): number {
  return Math.min(seconds, most);
}
