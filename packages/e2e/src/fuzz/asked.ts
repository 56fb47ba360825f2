/** One request of the fuzzer's: all that decides its answer, so that it can be sent again and made smaller. */
import type { Field } from '../relay/fields.ts';

/** A request to one of the two apps. */
export interface Asked {
  readonly app: 'api' | 'web';
  readonly method: string;
  /** Path and query, raw. */
  readonly target: string;
  readonly fields: readonly Field[];
  readonly body: Buffer | undefined;
  /** Written on a socket as it is, for what Node's own client would never send. */
  readonly isRaw: boolean;
}

/** A line or two for a person, who may want to repeat it. No cookie or token is shown whole. */
export function describeAsked({ app, method, target, fields, body, isRaw }: Asked): string {
  const lines = fields.map(([name, value]) => `  ${name}: ${shortened(value)}`);
  const text = body === undefined ? [] : [`  ${shortened(body.toString('utf8'))}`];
  return [`${app}${isRaw ? ' (raw)' : ''} ${method} ${shortened(target)}`, ...lines, ...text].join('\n');
}

function shortened(text: string): string {
  const shown = JSON.stringify(text).slice(1, -1);
  return shown.length > 160 ? `${shown.slice(0, 120)}… (${text.length} characters)` : shown;
}
