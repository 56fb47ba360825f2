/** Judges an answer: whatever was asked, these things must not be. */
import { errorBody } from '@footbridge/contracts';
import { type Field, valuesOf } from '../relay/fields.ts';
import type { Asked } from './asked.ts';
import type { Answer } from './send.ts';

/** What a body must never tell of the inside: frames of a stack, statements, folders, modules. */
const leaks: readonly RegExp[] = [
  /\n\s+at .+:\d+:\d+/,
  /\bnode:internal\b/,
  /node_modules/,
  /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+"?\w+"?\s.*\b(?:FROM|VALUES|SET|WHERE)\b/,
  /\bPrisma(?:Client)?\w*Error\b/,
  /\b(?:ECONNREFUSED|ECONNRESET|ENOENT|EPIPE)\b/,
  /\bpostgres(?:ql)?:\/\//,
  /\/(?:home|tmp|work|root|usr)\//,
];

/** The complaint about an answer; none about a good one. `insides` are hosts that only the apps know. */
export function complaintOf(asked: Asked, answer: Answer, insides: readonly string[]): string | undefined {
  if (answer.kind === 'none') return `no answer: ${answer.reason}`;
  const { status, fields, text } = answer;
  if (status >= 500 && !isOutage(answer)) return `answered ${status}: ${text.slice(0, 200)}`;
  const leak = leaks.find((pattern) => pattern.test(text));
  if (leak !== undefined) return `answered ${status} with ${leak}: ${leak.exec(text)?.[0]}`;
  const inside = insides.find((host) => text.includes(host) || fields.some(([, value]) => value.includes(host)));
  if (inside !== undefined) return `answered ${status} and named ${inside}`;
  if (fields.some(([name]) => /^x-powered-by$|^server$/i.test(name))) return 'said what it is made with';
  const isEndpoint = asked.app === 'api' || /^\/api(?:\/|\?|$)/.test(asked.target);
  const mayBeParsers = asked.isRaw || status === 400 || status === 431;
  if (status < 400 || asked.method === 'HEAD' || !isEndpoint) return undefined;
  if (mayBeParsers && text === '') return undefined; // Node's own parser refused it before any app saw it
  if (asked.isRaw) return undefined;
  if (status === 401 && text === '' && isPrefetch(asked)) return undefined; // which is never refreshed, nor told why
  return complaintOfRefusal(fields, text);
}

function isPrefetch({ fields }: Asked): boolean {
  return fields.some(([name]) => /^(?:next-router-(?:segment-)?prefetch|purpose)$/.test(name));
}

/** A process may say that something else does not answer; here everything does. */
function isOutage({ status, fields }: Answer & { kind: 'answer' }): boolean {
  return status === 503 && valuesOf(fields, 'retry-after').length === 1;
}

function complaintOfRefusal(fields: readonly Field[], text: string): string | undefined {
  const body = errorBody.safeParse(parsed(text));
  if (!body.success) return `refused in a shape of its own: ${text.slice(0, 200)}`;
  const ids = valuesOf(fields, 'x-request-id');
  if (ids.length !== 1 || ids[0] !== body.data.requestId) return `refused without the request's id: ${ids.join(', ')}`;
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
