/** Opens the metrics port once per process: the custom server does, or Next.js's own start where there is none. */
import { processWide } from '@footbridge/next';
import { openMetricsServer } from '@footbridge/operations';
import { webSettings } from '../env.ts';
import { footbridge } from '../footbridge.ts';
import { measureProcess, processMetrics } from './metrics.ts';

/** Answers `GET /metrics` on METRICS_PORT, until the process ends. Rejects, naming it, when the port cannot be had. */
export function serveMetrics(): Promise<void> {
  return processWide('web.metrics-server', open);
}

async function open(): Promise<void> {
  const { metricsPort: port, listen } = webSettings();
  if (port === undefined) return;
  const metrics = processMetrics();
  measureProcess(metrics, () => footbridge.bff().revocations.state());
  await openMetricsServer({ host: listen.host, port, registry: metrics.registry });
}
