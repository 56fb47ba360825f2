/** Runs once when the server starts: opens the metrics port, fetches the signing keys, and listens for sessions that end elsewhere. */

/** Wrong settings end the start here; an API that is down does not. */
export async function register(): Promise<void> {
  // Next.js compiles this file for the edge, too, and replaces the condition there: nothing of ours runs on the edge.
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const [{ startRevocations }, { footbridge }, { serveMetrics }] = await Promise.all([
    import('@footbridge/next'),
    import('./footbridge.ts'),
    import('./metrics/serve.ts'),
  ]);
  await serveMetrics();
  void footbridge.bff().warmUp(); // so that a later outage of the API logs nobody out
  startRevocations(footbridge);
}
