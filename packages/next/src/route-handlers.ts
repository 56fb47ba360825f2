/** The frontend's own endpoints (`/api/login` and its siblings) as Next.js route handlers. */
import type { Bff } from '@footbridge/core';
import type { Footbridge } from './footbridge.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** One export of a `route.ts`. */
export type RouteHandler = (request: Request) => Promise<Response>;

/** What a `route.ts` exports: every method, so that a wrong one gets the endpoint's own 405 with `Allow`. */
export type RouteHandlers = Record<(typeof methods)[number], RouteHandler>;

/** The endpoints that there are; `notFound` answers every other path below `/api`. */
export type EndpointName = { [Name in keyof Bff]: Bff[Name] extends Bff['login'] ? Name : never }[keyof Bff];

/** Creates the handlers of one endpoint: `export const { GET, … } = routeHandlers(footbridge, 'login')`. */
export function routeHandlers(footbridge: Footbridge, name: EndpointName): RouteHandlers {
  const handle: RouteHandler = async (request) => footbridge.bff()[name].handle(request, footbridge.contextOf(request));
  return { GET: handle, HEAD: handle, POST: handle, PUT: handle, PATCH: handle, DELETE: handle, OPTIONS: handle };
}
