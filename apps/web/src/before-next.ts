/** What the custom server does with a request before Next.js gets it: headers for the answer, or an answer of its own. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorBody, type ErrorCode, errorTable, headers, isRequestId } from '@footbridge/contracts';
import { parseAndValidateFlightRouterState } from 'next/dist/server/app-render/parse-and-validate-flight-router-state.js';
import { frontendHeaders } from './security-headers.ts';

/** What a route handler answers: it refuses by itself what it does not know. */
const endpoint = /^\/(?:api(?:\/|$)|healthz$|readyz$)/;
/** Methods that Next.js routes to the endpoints. */
const endpointMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Methods of a page; a form that works without a script is a POST. Next.js would show it for any other, too. */
const pageMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
const allowed = Array.from(pageMethods).join(', ');

const noStore = 'private, no-store';
/** Files of the build, which Next.js lets caches keep. Everything else is for one person, or for one moment. */
const buildFile = /^\/(?:_next\/|icon\.svg(?:$|\?))/;

/** By which a client could choose the nonce of a page that the guard does not see. */
const clientsPolicy = ['content-security-policy', 'content-security-policy-report-only'] as const;

/** What a browser's router has of the page. Next.js fails with a 500 at one that it cannot read, and does well without. */
const routerState = 'next-router-state-tree';

/** One answer that nobody has begun. */
export interface Doorstep {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Whether Next.js is to answer. Where not, the answer has been given. */
export type Admit = (doorstep: Doorstep) => boolean;

/** Makes the first step of every request that is not relayed. */
export function createAdmission(publicOrigin: string): Admit {
  const ofEveryAnswer = frontendHeaders(publicOrigin);
  return ({ request, response }) => {
    const { url = '', method = '' } = request;
    for (const [name, value] of ofEveryAnswer) response.setHeader(name, value);
    if (!buildFile.test(url)) response.setHeader('cache-control', noStore);
    for (const name of clientsPolicy) delete request.headers[name];
    if (!isReadable(request.headers[routerState])) delete request.headers[routerState];
    const code = objection(method, url);
    if (code !== undefined) refuse({ request, response }, code);
    return code === undefined;
  };
}

/** The head of the answer to an upgrade that nobody takes, and all of it. */
export function noSuchUpgrade(publicOrigin: string): string {
  const fields = [...frontendHeaders(publicOrigin), ['cache-control', noStore], ['content-length', '0']];
  const lines = [...fields, ['connection', 'close']].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 404 Not Found\r\n${lines.join('')}\r\n`;
}

/** What Next.js would fail at, redirect to another host, or show a page for. */
function objection(method: string, target: string): ErrorCode | undefined {
  const [path = ''] = target.split('?', 1);
  if (!path.startsWith('/') || !isDecodable(path)) return 'invalid_request';
  const known = endpoint.test(path) ? endpointMethods : pageMethods;
  return known.has(method) ? undefined : 'method_not_allowed';
}

function isReadable(state: string | string[] | undefined): boolean {
  try {
    parseAndValidateFlightRouterState(state);
    return true;
  } catch {
    return false;
  }
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function refuse({ request, response }: Doorstep, code: ErrorCode): void {
  const { status, message } = errorTable[code];
  const offered = request.headers[headers.requestId];
  const requestId = typeof offered === 'string' && isRequestId(offered) ? offered : randomUUID();
  const body: ErrorBody = { success: false, code, message, requestId };
  const json = JSON.stringify(body);
  if (code === 'method_not_allowed') response.setHeader('allow', allowed);
  response.writeHead(status, {
    'cache-control': noStore,
    'content-length': Buffer.byteLength(json),
    'content-type': 'application/json; charset=utf-8',
    [headers.requestId]: requestId,
  });
  response.end(json);
}
