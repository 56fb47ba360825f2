/** Mounts the contract's endpoint table: one handler per entry, 405 with `Allow` for every other method. */
import { type ApiEndpoint, apiEndpoints } from '@footbridge/contracts';
import type { Request, RequestHandler, Response, Router } from 'express';
import { Refusal } from '../refusal.ts';
import { noteRoute } from './access-log.ts';
import type { Cors } from './cors.ts';

/** Answers one endpoint; throws a `Refusal` to end with an error body. */
export type Handler = (request: Request, response: Response) => Promise<void> | void;

/** A handler for every endpoint of the contract, no more and no fewer. */
export type Handlers = { readonly [Name in keyof typeof apiEndpoints]: Handler };

const methods = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;

/** Mounts every endpoint, and the preflight of each path. */
export function mountEndpoints(router: Router, handlers: Handlers, cors: Cors): void {
  for (const [path, entries] of byPath(handlers)) {
    const route = router.route(path);
    route.all(notePattern(path));
    for (const { endpoint, handler } of entries) route[methods[endpoint.method]](handler);
    const allowed = allowedMethods(entries.map((entry) => entry.endpoint.method));
    route.options(cors.preflight(allowed));
    route.all(refuseMethod(allowed));
  }
}

interface Entry {
  readonly endpoint: ApiEndpoint;
  readonly handler: Handler;
}

function byPath(handlers: Handlers): ReadonlyMap<string, readonly Entry[]> {
  const paths = new Map<string, Entry[]>();
  for (const name of endpointNames) {
    const entry = { endpoint: apiEndpoints[name], handler: handlers[name] };
    const siblings = paths.get(entry.endpoint.path);
    if (siblings) siblings.push(entry);
    else paths.set(entry.endpoint.path, [entry]);
  }
  return paths;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys() of a const table is its union
const endpointNames = Object.keys(apiEndpoints) as (keyof typeof apiEndpoints)[];

function notePattern(path: string): RequestHandler {
  return (_request, response, next) => {
    noteRoute(response, path);
    next();
  };
}

/** GET answers HEAD too (RFC 9110, section 9.3.2). */
function allowedMethods(known: readonly ApiEndpoint['method'][]): string {
  return known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}

/** OPTIONS is refused too, unless it is a preflight. */
function refuseMethod(allowed: string): RequestHandler {
  return (_request, response) => {
    response.set('Allow', allowed);
    throw new Refusal('method_not_allowed');
  };
}
