/** The API's description of itself (OpenAPI 3.1.1): the contract's table, with what words and headers add to it. */
import { apiErrorCodes, type OpenApiDocument } from '@footbridge/contracts';
import { refusalAnswer } from './answers.ts';
import * as examples from './examples.ts';
import { answerHeaders, requestHeaders } from './headers.ts';
import { reference } from './model.ts';
import { tags } from './operations.ts';
import { pathsOf } from './paths.ts';
import { createSchemas } from './schemas.ts';
import { type CookieNames, securitySchemes } from './security.ts';

/** What differs between instances. */
export interface DescribedInstance {
  /** The public origin: scheme, host and port. */
  readonly origin: string;
  readonly cookieNames: CookieNames;
}

/** Makes the document of one instance: what it answers in its mode, and nothing that only another would. */
export function createOpenApiDocument({ origin, cookieNames }: DescribedInstance): OpenApiDocument {
  const codes = apiErrorCodes({ servesBrowsers: cookieNames !== undefined });
  const schemas = createSchemas(codes);
  return withoutUnused({
    openapi: '3.1.1' as const,
    info: {
      title: 'Footbridge API',
      version: '1.0.0',
      description: introduction(cookieNames),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: origin }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: pathsOf({ schemas, cookieNames }),
    components: {
      schemas: schemas.components,
      headers: answerHeaders,
      parameters: requestHeaders,
      examples: Object.fromEntries(codes.map((code) => [code, { value: examples.refusal(code) }])),
      responses: {
        NothingHere: refusalAnswer(404, { codes: ['not_found'], schemas }),
        MethodNotAllowed: refusalAnswer(405, { codes: ['method_not_allowed'], schemas }),
      },
      securitySchemes: securitySchemes(cookieNames),
    },
  });
}

type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Drops the schemas and headers that nothing in this mode points to. */
function withoutUnused<Document extends { components: Components }>(document: Document): Document {
  const text = JSON.stringify(document);
  const used = (kind: 'schemas' | 'headers') =>
    Object.fromEntries(
      Object.entries(document.components[kind] ?? {}).filter(([name]) =>
        text.includes(`"${reference(kind, name).$ref}"`),
      ),
    );
  return { ...document, components: { ...document.components, schemas: used('schemas'), headers: used('headers') } };
}

function introduction(cookieNames: CookieNames): string {
  return [
    'Registers people, logs them in, keeps their sessions going and ends them everywhere.',
    cookieNames ? servesBrowsers : servesTheClient,
    'Bodies are JSON in UTF-8, uncompressed, 100 kB at most, unless an operation says otherwise.',
    'Any other path is answered by `NothingHere`, any other method of a path by `MethodNotAllowed` with `Allow`; `HEAD` is `GET` without the body.',
  ].join('\n\n');
}

const servesTheClient =
  'This instance serves no browser: the frontend’s server, the confidential client, gets the tokens and keeps them from its pages. No page of another origin may read an answer.';
const servesBrowsers =
  'This instance serves browsers of one domain: their session is in cookies that no script sees, and pages of the frontend may read answers (CORS, with credentials, `OPTIONS` included). The confidential client gets tokens in the body, whatever else it sends.';
