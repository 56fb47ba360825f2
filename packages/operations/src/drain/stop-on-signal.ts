/** What a process does when it is told to stop: the first signal in order, the second at once. */

/** How it went: all in order, except for `cut` requests that took too long; or not at all. */
export type StopOutcome =
  | { readonly kind: 'stopped'; readonly cut: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Who stops, and who is told about it. */
export interface StopOnSignalOptions {
  /** Closes everything, and gives the number of requests that had to be cut off. */
  readonly stop: () => Promise<number>;
  readonly onSignal: (signal: NodeJS.Signals) => void;
  /** Called last, whatever came of it. */
  readonly onStopped: (outcome: StopOutcome) => void;
}

/** Exits with 0 when all went in order, with 1 when requests were cut off, something failed, or a second signal came. */
export function stopOnSignal({ stop, onSignal, onStopped }: StopOnSignalOptions): void {
  let isStopping = false;
  const hear = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    onSignal(signal);
    void outcomeOf(stop).then((outcome) => {
      onStopped(outcome);
      return process.exit(outcome.kind === 'stopped' && outcome.cut === 0 ? 0 : 1);
    });
  };
  process.on('SIGTERM', hear).on('SIGINT', hear);
}

async function outcomeOf(stop: () => Promise<number>): Promise<StopOutcome> {
  try {
    return { kind: 'stopped', cut: await stop() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
