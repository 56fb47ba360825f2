/** How long the benches of login and relay take their time. */

/** Rounds, seconds and bytes. */
export interface Pace {
  /** Of each load; every one begins with another hop. */
  readonly rounds: number;
  readonly secondsBusy: number;
  readonly secondsAlone: number;
  /** Of the two of an aim, which take turns by themselves; and the seconds of each. */
  readonly roundsOfPair: number;
  readonly secondsOfPair: number;
  /** Of the one large body. */
  readonly bodyMiB: number;
  /** Rounds of logins, and the seconds of each. */
  readonly loginRounds: number;
  readonly secondsLogins: number;
}

/** What figures rest on. */
export const usualPace: Pace = {
  rounds: 5,
  secondsBusy: 2,
  secondsAlone: 1,
  roundsOfPair: 30,
  secondsOfPair: 1,
  bodyMiB: 1024,
  loginRounds: 6,
  secondsLogins: 10,
};

/** Long enough to see that everything works, and for nothing else. */
export const quickPace: Pace = {
  rounds: 1,
  secondsBusy: 1,
  secondsAlone: 1,
  roundsOfPair: 2,
  secondsOfPair: 1,
  bodyMiB: 64,
  loginRounds: 1,
  secondsLogins: 2,
};
