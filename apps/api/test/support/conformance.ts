/** Judges answers by the API's own description of itself: what it does not describe must not happen. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { OpenApiDocument } from '@footbridge/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

/** One answer as it left the app; `body` is `undefined` when its reader left before the end. */
export interface Exchange {
  readonly method: string;
  /** As it was sent, query included. */
  readonly url: string;
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | undefined;
}

/** What an exchange came to. */
export interface Judgement {
  /** The operation, the status, and the code or else the media type; nothing where no operation was asked. */
  readonly seen: string | undefined;
  readonly problems: readonly string[];
}

/** Judges exchanges with the instance of a document. */
export type Judge = (exchange: Exchange) => Judgement;

/** What tells a client something; other headers are about transport, storage, or every answer alike. */
const meaningful = [
  'www-authenticate',
  'retry-after',
  'allow',
  'location',
  'etag',
  'content-range',
  'accept-ranges',
  'content-disposition',
  'set-cookie',
  'clear-site-data',
];

const codesShape = z.object({
  allOf: z.tuple([z.unknown(), z.object({ properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }) })]),
});
const answerShape = z.object({
  headers: z.record(z.string(), z.object({ $ref: z.string() })).default({}),
  content: z.record(z.string(), z.object({ schema: z.unknown().optional() })).default({}),
});
const operationShape = z.object({ operationId: z.string(), responses: z.record(z.string(), answerShape) });
const documentShape = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.object({ headers: z.record(z.string(), z.object({ required: z.boolean().default(false) })) }),
});

/** Everything that the operations may answer, each as a judgement would name it. */
export function everythingIn(document: OpenApiDocument): string[] {
  const operations = Object.values(documentShape.parse(document).paths).flatMap((path) => Object.values(path));
  return operations.flatMap(({ operationId, responses }) =>
    Object.entries(responses).flatMap(([status, answer]) =>
      kindsOf(answer).map((kind) => [operationId, status, kind].join(' ').trim()),
    ),
  );
}

function kindsOf({ content }: z.infer<typeof answerShape>): string[] {
  const kinds = Object.entries(content).flatMap(([type, { schema }]) => {
    const refusal = codesShape.safeParse(schema);
    return refusal.success ? refusal.data.allOf[1].properties.code.enum : [type];
  });
  return kinds.length > 0 ? kinds : [''];
}

/** Creates the judge. */
export function createJudge(document: OpenApiDocument): Judge {
  const { paths, components } = documentShape.parse(document);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, coerceTypes: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'document');
  const routes = Object.keys(paths).map((template) => ({ template, pattern: patternOf(template) }));

  const problemsOf = (pointer: string, value: unknown): string[] => {
    const validate = ajv.getSchema(`document#${pointer}`);
    if (!validate) return [`nothing is at ${pointer}`];
    void validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message} (${pointer})`);
  };

  const headerProblems = (described: readonly string[], { headers }: Exchange): string[] => {
    const known = new Map(described.map((name) => [name.toLowerCase(), name]));
    const strays = meaningful.filter((name) => headers[name] !== undefined && !known.has(name));
    const wrong = [...known].flatMap(([name, title]) => {
      const value = headers[name];
      if (value === undefined) return components.headers[title]?.required === true ? [`lacks ${title}`] : [];
      const read = name === 'retry-after' ? Number(value) : String(value);
      return problemsOf(`/components/headers/${title}/schema`, read);
    });
    return [...strays.map((name) => `carries ${name}, which is not described`), ...wrong];
  };

  const bodyProblems = (pointer: string, types: readonly string[], exchange: Exchange): string[] => {
    const { body, method } = exchange;
    if (body === undefined) return [];
    if (method === 'HEAD') return []; // Node sends nothing of what is written
    if (types.length === 0) return body.length > 0 ? ['has a body'] : [];
    const type = typeOf(exchange);
    const described = types.find((known) => known === type || known === '*/*');
    if (described === undefined) return [`is ${type || 'nothing'}, which is not described`];
    if (described !== 'application/json') return [];
    return problemsOf(`${pointer}/content/application~1json/schema`, JSON.parse(body.toString('utf8')));
  };

  const judgeBy = (pointer: string, answer: z.infer<typeof answerShape>, exchange: Exchange): string[] => [
    ...headerProblems(Object.keys(answer.headers), exchange),
    ...bodyProblems(pointer, Object.keys(answer.content), exchange),
  ];

  const stray = (name: 'NothingHere' | 'MethodNotAllowed', exchange: Exchange): readonly string[] => {
    const pointer = `/components/responses/${name}`;
    const responses = z.object({ components: z.object({ responses: z.record(z.string(), answerShape) }) });
    const answer = responses.parse(document).components.responses[name];
    return answer ? judgeBy(pointer, answer, exchange) : [`${name} is not described`];
  };

  return (exchange) => {
    const path = pathOf(exchange.url);
    const template = routes.find(({ pattern }) => pattern.test(path))?.template;
    if (template === undefined) return { seen: undefined, problems: strayProblems(exchange, stray) };
    const method = exchange.method === 'HEAD' ? 'get' : exchange.method.toLowerCase();
    const operation = paths[template]?.[method];
    if (!operation) return { seen: undefined, problems: methodProblems(exchange, stray) };

    const { operationId, responses } = operation;
    const answer = responses[exchange.status];
    const kind = kindOf(exchange);
    const isOfAnyType = answer?.content['*/*'] !== undefined && !(kind in answer.content);
    const seen = [operationId, exchange.status, isOfAnyType ? '*/*' : kind].join(' ').trim();
    if (!answer) return { seen, problems: [`${seen}: the status is not described`] };
    const escaped = template.replaceAll('/', '~1');
    const pointer = `/paths/${escaped}/${method}/responses/${exchange.status}`;
    return { seen, problems: judgeBy(pointer, answer, exchange).map((problem) => `${seen}: ${problem}`) };
  };
}

type Stray = (name: 'NothingHere' | 'MethodNotAllowed', exchange: Exchange) => readonly string[];

/** A path that nobody knows, or that cannot even be read. */
function strayProblems(exchange: Exchange, stray: Stray): readonly string[] {
  const isUnreadable = exchange.status === 400 && kindOf(exchange) === 'invalid_request';
  if (isUnreadable) return [];
  if (exchange.status !== 404) return [`${exchange.method} ${exchange.url} is answered but not described`];
  return stray('NothingHere', exchange);
}

/** A preflight is CORS's own; any other method is refused. */
function methodProblems(exchange: Exchange, stray: Stray): readonly string[] {
  const isPreflight = exchange.method === 'OPTIONS' && [204, 403].includes(exchange.status);
  if (isPreflight) return [];
  if (exchange.status !== 405) return [`${exchange.method} ${exchange.url} is answered but not described`];
  return stray('MethodNotAllowed', exchange);
}

/** A proxy's request names the whole URL (RFC 9112, section 3.2.2). */
function pathOf(url: string): string {
  const isWhole = !url.startsWith('/') && URL.canParse(url);
  return isWhole ? new URL(url).pathname : url.split('?', 1).join('');
}

/** Fixed paths come first in the document, as they do in the app. */
function patternOf(template: string): RegExp {
  const source = template.replaceAll(/[.]/g, String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${source}$`);
}

function typeOf({ headers }: Exchange): string {
  return String(headers['content-type'] ?? '')
    .split(';', 1)
    .join('');
}

/** The code of a refusal, else the media type. */
function kindOf(exchange: Exchange): string {
  const { status, body } = exchange;
  if (status === 304) return '';
  if (status < 400 || body === undefined || body.length === 0) return typeOf(exchange);
  const refusal = z.object({ code: z.string() }).safeParse(JSON.parse(body.toString('utf8')));
  return refusal.success ? refusal.data.code : typeOf(exchange);
}
