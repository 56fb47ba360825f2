/** Structured log lines: events by name, ids, never an e-mail address, password, token or header. */
import { logOptions, type LogLevel } from '@footbridge/operations';
import { type DestinationStream, pino } from 'pino';

export { type LogLevel, logLevels } from '@footbridge/operations';

/** What happened, in plain values; errors go by the name of `err`. */
export type Details = Readonly<Record<string, unknown>>;

/** Tells of one event: `log.info({ userId }, 'login_succeeded')`. */
interface Tell {
  (details: Details, event: string): void;
  (event: string): void;
}

type TellingLevel = Exclude<LogLevel, 'silent'>;

/** Where events go. */
export interface Logger extends Readonly<Record<TellingLevel, Tell>> {
  /** A logger whose every line has these as well. */
  child(bindings: Details): Logger;
}

/** Creates the app's logger: JSON lines, written one by one, so that the last one is there however the process ends. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = logOptions('api', level);
  return destination ? pino(options, destination) : pino(options);
}

/** Hears of an event, whether its line is written at this level or not. Must not throw. */
export type EventListener = (event: string, details: Details) => void;

/** The same logger, overheard. */
export function overheard(logger: Logger, onEvent: EventListener): Logger {
  return new Overheard(logger, onEvent);
}

type Told = [details: Details, event: string] | [event: string];

class Overheard implements Logger {
  readonly #logger: Logger;
  readonly #onEvent: EventListener;

  constructor(logger: Logger, onEvent: EventListener) {
    this.#logger = logger;
    this.#onEvent = onEvent;
  }

  fatal(...told: Told): void {
    this.#tell('fatal', told);
  }

  error(...told: Told): void {
    this.#tell('error', told);
  }

  warn(...told: Told): void {
    this.#tell('warn', told);
  }

  info(...told: Told): void {
    this.#tell('info', told);
  }

  debug(...told: Told): void {
    this.#tell('debug', told);
  }

  trace(...told: Told): void {
    this.#tell('trace', told);
  }

  child(bindings: Details): Logger {
    return new Overheard(this.#logger.child(bindings), this.#onEvent);
  }

  #tell(level: TellingLevel, told: Told): void {
    const [details, event] = told.length === 1 ? [{}, told[0]] : told;
    this.#logger[level](details, event);
    this.#onEvent(event, details);
  }
}
