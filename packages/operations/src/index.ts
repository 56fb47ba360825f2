/** What both apps operate with: log lines that hold no secret, a port for metrics, and an orderly stop. */
export { type LogLevel, type LogOptions, logLevels, logOptions } from './log-options.ts';
export {
  type MetricsServer,
  type MetricsServerOptions,
  type MetricsSource,
  openMetricsServer,
} from './metrics-server.ts';
export { createDrain, type Drain, type DrainTimes, type Stopped } from './drain/drain.ts';
export { stopOnSignal, type StopOnSignalOptions, type StopOutcome } from './drain/stop-on-signal.ts';
