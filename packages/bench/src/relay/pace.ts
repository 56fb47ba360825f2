/** How long a bench of the relay takes its time. */

/** Rounds, seconds and bytes. */
export interface Pace {
  /** Of each load; each hop comes first once when there are as many as hops. */
  readonly rounds: number;
  readonly secondsBusy: number;
  readonly secondsAlone: number;
  /** Of the one large body. */
  readonly bodyMiB: number;
}

/** What figures rest on. */
export const usualPace: Pace = { rounds: 9, secondsBusy: 2, secondsAlone: 1, bodyMiB: 1024 };

/** Long enough to see that everything works, and for nothing else. */
export const quickPace: Pace = { rounds: 1, secondsBusy: 1, secondsAlone: 1, bodyMiB: 64 };
