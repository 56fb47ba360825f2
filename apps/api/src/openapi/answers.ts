/** What an endpoint may answer, by status: its success, its other answers, and its refusals grouped. */
import { type ApiEndpoint, type ErrorCode, errorBody, errorTable, refusalsOf } from '@footbridge/contracts';
import type { z } from 'zod';
import { type AnswerHeader, headersOf, headersOfRefusal } from './headers.ts';
import { type Answer, type Content, type JsonSchema, reference } from './model.ts';
import type { Words } from './operations.ts';
import type { Schemas } from './schemas.ts';

const json = 'application/json';

/** The endpoint, what words say of it, and in which document. */
export interface Described {
  readonly endpoint: ApiEndpoint;
  readonly words: Words;
  readonly schemas: Schemas;
  readonly servesBrowsers: boolean;
}

/** Every answer of one endpoint. */
export function answersOf(described: Described): Record<string, Answer> {
  const { endpoint, words, servesBrowsers } = described;
  const forBrowsers = servesBrowsers ? (words.forBrowsers ?? []) : [];
  const answers: Record<string, Answer> = { [endpoint.status]: success(described, forBrowsers) };
  for (const [status, { description, headers, content }] of Object.entries(words.others ?? {})) {
    answers[status] = { description, headers: headersOf(headers), ...(content && { content }) };
  }
  const refusals = refusalsOf(endpoint, { servesBrowsers });
  for (const status of new Set(refusals.map((code) => errorTable[code].status))) {
    const codes = refusals.filter((code) => errorTable[code].status === status);
    answers[status] = refusalAnswer(status, {
      ...described,
      codes,
      headers: forBrowsers,
      body: bodyOf(endpoint, status),
    });
  }
  return answers;
}

function success(
  { endpoint, words, schemas, servesBrowsers }: Described,
  forBrowsers: readonly AnswerHeader[],
): Answer {
  return {
    description: descriptionOf(endpoint, { schemas, servesBrowsers }),
    headers: headersOf([...(words.gives ?? []), ...forBrowsers]),
    content: { ...contentOf(endpoint, { schemas, servesBrowsers }), ...words.content },
  };
}

type Document = Pick<Described, 'schemas' | 'servesBrowsers'>;

function descriptionOf({ answer, browserAnswer }: ApiEndpoint, { schemas, servesBrowsers }: Document): string {
  if ('stream' in answer) return 'The content, as it comes.';
  const forBrowsers = servesBrowsers && browserAnswer ? [schemas.describe(browserAnswer)] : [];
  return [schemas.describe(answer), ...forBrowsers].join(' ');
}

function contentOf({ answer, browserAnswer }: ApiEndpoint, { schemas, servesBrowsers }: Document): Content {
  if ('stream' in answer) return { [answer.stream]: {} };
  const forClients = schemas.refer(answer);
  if (!browserAnswer || !servesBrowsers) return { [json]: { schema: { ...forClients } } };
  return { [json]: { schema: { oneOf: [forClients, schemas.refer(browserAnswer)] } } };
}

/** A 401 may have a body of its own. */
function bodyOf({ unauthenticated }: ApiEndpoint, status: number): z.ZodType {
  return status === 401 && unauthenticated ? unauthenticated : errorBody;
}

/** What one status refuses with, and in which body: the usual one by default. */
export interface RefusalOptions {
  readonly codes: readonly ErrorCode[];
  readonly schemas: Schemas;
  /** Beside those that its status brings. */
  readonly headers?: readonly AnswerHeader[];
  readonly body?: z.ZodType;
}

/** The answer of one status to whatever is refused with it; its `code` can be no other. */
export function refusalAnswer(
  status: number,
  { codes, schemas, headers = [], body = errorBody }: RefusalOptions,
): Answer {
  const schema: JsonSchema = {
    allOf: [schemas.refer(body), { type: 'object', properties: { code: { enum: codes } } }],
  };
  const isUsual = body === errorBody;
  const samples = Object.fromEntries(codes.map((code) => [code, reference('examples', code)]));
  return {
    description: codes.map((code) => `\`${code}\`: ${errorTable[code].message}.`).join(' '),
    headers: headersOf([...headersOfRefusal(status, codes), ...headers]),
    content: { [json]: { schema, ...(isUsual && { examples: samples }) } },
  };
}
