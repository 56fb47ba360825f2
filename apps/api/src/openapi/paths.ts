/** Every operation of the contract's table, by path and method, in the table's order. */
import { type ApiEndpoint, apiEndpoints } from '@footbridge/contracts';
import { answersOf, type Described } from './answers.ts';
import { type Content, type Operation, type Parameter, type Paths, type Reference, reference } from './model.ts';
import { operations, type Words } from './operations.ts';
import type { Schemas } from './schemas.ts';
import { type CookieNames, securityOf } from './security.ts';

/** In which document. */
export interface PathsOptions {
  readonly schemas: Schemas;
  readonly cookieNames: CookieNames;
}

/** Describes every endpoint. */
export function pathsOf({ schemas, cookieNames }: PathsOptions): Paths {
  const paths: Paths = {};
  for (const name of endpointNames) {
    const endpoint: ApiEndpoint = apiEndpoints[name];
    const described = { endpoint, words: operations[name], schemas, servesBrowsers: cookieNames !== undefined };
    const siblings = (paths[templateOf(endpoint.path)] ??= {});
    siblings[endpoint.method.toLowerCase()] = {
      operationId: name,
      ...operationOf(described),
      security: securityOf(endpoint, cookieNames),
      responses: answersOf(described),
    };
  }
  return paths;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys() of a const table is its union
const endpointNames = Object.keys(apiEndpoints) as (keyof typeof apiEndpoints)[];

/** `/notes/:id` as OpenAPI writes it. */
function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf(described: Described): Omit<Operation, 'operationId' | 'security' | 'responses'> {
  const { endpoint, words, schemas } = described;
  const requestBody = bodyOf(endpoint, schemas);
  return {
    tags: [words.tag],
    summary: words.summary,
    ...(words.description !== undefined && { description: words.description }),
    parameters: [...pathParameters(endpoint, words), ...queryParameters(endpoint, schemas), ...headerParameters(words)],
    ...(requestBody && { requestBody }),
  };
}

function bodyOf({ body, isBodyOptional }: ApiEndpoint, schemas: Schemas): Operation['requestBody'] {
  if (!body) return undefined;
  const content: Content =
    'stream' in body ? { [body.stream]: {} } : { 'application/json': { schema: { ...schemas.refer(body) } } };
  return { required: isBodyOptional !== true, content };
}

function pathParameters({ path }: ApiEndpoint, words: Words): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: words.path?.[name] ?? '',
    schema: { type: 'string', ...(name === 'id' && { format: 'uuid' }) },
  }));
}

function queryParameters({ query }: ApiEndpoint, schemas: Schemas): Parameter[] {
  if (!query) return [];
  return Object.entries(schemas.membersOf(query)).map(([name, { description, ...schema }]) => {
    const words = typeof description === 'string' ? description : '';
    return { name, in: 'query', description: words, schema };
  });
}

function headerParameters({ takes = [] }: Words): Reference[] {
  return [...takes, 'RequestId'].map((name) => reference('parameters', name));
}
