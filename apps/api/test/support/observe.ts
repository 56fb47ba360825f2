/** Looks at every answer of a test app, whatever the test looks at, and judges it by the app's own description. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { createOpenApiDocument } from '../../src/openapi/document.ts';
import type { Services } from '../../src/services.ts';
import { createJudge, type Exchange, type Judgement } from './conformance.ts';

/** Has every exchange judged from now on. */
export function observed(app: Express, services: Services, take: (judgement: Judgement) => void = remember): Express {
  const { publicOrigin: origin, browsers } = services;
  const judge = createJudge(createOpenApiDocument({ origin, cookieNames: browsers.cookieNames }));
  const handle: unknown = Reflect.get(app, 'handle');
  if (typeof handle !== 'function') throw new TypeError('an Express app handles requests otherwise now');
  return Object.assign(app, {
    handle(request: IncomingMessage, response: ServerResponse, ...rest: unknown[]): void {
      const { method = '', url = '' } = request; // Express changes it later
      watch(response, (answer) => take(judge({ method, url, ...answer })));
      Reflect.apply(handle, app, [request, response, ...rest]);
    },
  });
}

type Answer = Omit<Exchange, 'method' | 'url'>;

/** Keeps what is written, and tells when it is out. */
function watch(response: ServerResponse, tell: (answer: Answer) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const [write, end] = [response.write.bind(response), response.end.bind(response)];
  response.write = (...given: unknown[]): boolean => {
    keep(given[0]);
    return Reflect.apply(write, undefined, given);
  };
  response.end = (...given: unknown[]): ServerResponse => {
    keep(given[0]);
    return Reflect.apply(end, undefined, given);
  };
  response.once('close', () => {
    if (!response.headersSent) return;
    const isComplete = response.writableFinished;
    tell({
      status: response.statusCode,
      headers: response.getHeaders(),
      body: isComplete ? Buffer.concat(chunks) : undefined,
    });
  });
}

const problems: string[] = [];

function remember(judgement: Judgement): void {
  problems.push(...judgement.problems);
}

/** Throws what was answered against the description, once. */
export function expectNothingUndescribed(): void {
  const found = [...new Set(problems.splice(0))];
  if (found.length > 0) throw new Error(`answers that the API does not describe:\n${found.join('\n')}`);
}
