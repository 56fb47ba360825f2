/** What Prometheus reads: the metrics of one process, by their series. */

/** Values by series, as `name{label="value"}` with labels in the order in which the process tells them. */
export type Series = ReadonlyMap<string, number>;

/** Asks one process. Throws when it does not answer in the text format. */
export async function scrape(port: number): Promise<Series> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200 || !type.startsWith('text/plain; version=0.0.4')) {
    throw new Error(`/metrics answered ${response.status}, ${type}`);
  }
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** How much each counter has grown; those that have not are left out. */
export function growth(before: Series, after: Series): Record<string, number> {
  const grown = Array.from(after).map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(grown.filter(([name, by]) => by !== 0 && /_total\b|_count\b|_open\b/.test(name)));
}
