/** What is wrong with a setting, and the one error that reports all of it at once. */

/** One problem in one sentence: the setting, the rule it breaks, what to do about it. Names hosts, never a secret. */
export interface Problem {
  readonly setting: string;
  readonly rule: string;
  readonly remedy: string;
}

/** Thrown at start when settings cannot work; its message lists every problem, one per line. */
export class SettingsError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      ['the settings are not usable:', ...problems.map((p) => `  ${p.setting}: ${p.rule}; ${p.remedy}`)].join('\n'),
    );
    this.name = 'SettingsError';
    this.problems = problems;
  }
}
