/** What is wrong with a submitted form, in words for a person: from a script's result, or from the page's address. */
import type { ErrorCode, FieldError } from '@footbridge/contracts';
import type { Failure } from '@footbridge/next/client';
import type { Query } from '../query.ts';
import { type Field, type FieldName, type FormKind, forms } from './fields.ts';

/** One sentence for the form, one for each field it concerns. */
export interface Problem {
  readonly summary: string;
  readonly fields: Readonly<Partial<Record<FieldName, string>>>;
}

/** Why a submission was refused. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
}

const unreachable = 'The sign-in service cannot be reached. Try again in a moment.';
/** Nobody was there to answer. */
export const unreachableProblem: Problem = { summary: unreachable, fields: {} };

const anythingElse = 'Something went wrong. Try again.';

const summaries = new Map<string, string>(
  Object.entries({
    validation_failed: 'Some fields need another look.',
    invalid_credentials: 'E-mail or password is wrong.',
    email_taken: 'This e-mail address has an account already.',
    rate_limited: 'Too many attempts. Wait a minute, then try again.',
    cross_site_request: 'The form did not come from this page. Send it again from here.',
    api_unavailable: unreachable,
    service_unavailable: unreachable,
  } satisfies Partial<Record<ErrorCode, string>>),
);

const emailTaken = 'Registered already. Log in, or use another address.';

/** The problem that a form posted without a script came back with; `undefined` when it did not. */
export function problemOfQuery(kind: FormKind, query: Query): Problem | undefined {
  const code = query['error'];
  if (typeof code !== 'string') return undefined;
  const named = new Set(typeof query['fields'] === 'string' ? query['fields'].split(',') : []);
  const refused = forms[kind].fields.filter((field) => named.has(field.name));
  return problemOf(code, Object.fromEntries(refused.map((field) => [field.name, field.remedy])));
}

/** The problem of a submission by script. */
export function problemOfFailure(kind: FormKind, failure: Failure): Problem {
  if (failure.kind === 'unavailable') return unreachableProblem;
  return problemOfRefusal(failure, forms[kind].fields);
}

/** The problem of a refusal, with the server's own words at the fields that it names. */
export function problemOfRefusal({ code, errors }: Refusal, fields: readonly Field[]): Problem {
  return problemOf(code, Object.fromEntries(fields.flatMap((field) => said(field, errors))));
}

function problemOf(code: string, fields: Problem['fields']): Problem {
  const summary = summaries.get(code) ?? anythingElse;
  return { summary, fields: code === 'email_taken' ? { email: emailTaken, ...fields } : fields };
}

/** The server's own words about a field ("must have at least 8 characters"), completed to a sentence. */
function said(field: Field, errors: readonly FieldError[]): [FieldName, string][] {
  const error = errors.find(({ path }) => path === field.name);
  return error ? [[field.name, `${field.label} ${error.message}.`]] : [];
}
