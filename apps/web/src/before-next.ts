/** What the custom server does with a request before Next.js gets it: headers for the answer, or an answer of its own. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorBody, type ErrorCode, errorTable, headers, isRequestId } from '@footbridge/contracts';
import { judgeOrigin } from '@footbridge/core';
import type { Footbridge } from '@footbridge/next';
import { parseAndValidateFlightRouterState } from 'next/dist/server/app-render/parse-and-validate-flight-router-state.js';
import { fieldsOf } from './connection.ts';
import { isMultipart, readForm } from './posted-form.ts';
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

/** By which a script names the server action that it calls. */
const actionId = 'next-action';

/** One answer that nobody has begun. */
export interface Doorstep {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The request that Next.js is to answer; none where the answer has been given, or nobody waits for one. */
export type Admit = (doorstep: Doorstep) => Promise<IncomingMessage | undefined>;

/** Makes the first step of every request that is not relayed. */
export function createAdmission(footbridge: Pick<Footbridge, 'publicOrigin' | 'logger' | 'observe'>): Admit {
  const publicOrigin = footbridge.publicOrigin();
  const ofEveryAnswer = frontendHeaders(publicOrigin);
  const { host } = new URL(publicOrigin);
  return async ({ request, response }) => {
    const { url = '', method = '' } = request;
    for (const [name, value] of ofEveryAnswer) response.setHeader(name, value);
    if (!buildFile.test(url)) response.setHeader('cache-control', noStore);
    for (const name of clientsPolicy) delete request.headers[name];
    if (!isReadable(request.headers[routerState])) delete request.headers[routerState];
    const [path = ''] = url.split('?', 1);
    const code = objection(method, path);
    if (code !== undefined) return refuse({ request, response }, code);
    if (!mayBeAction(request, path)) return request;
    const reason = foreignBy(request, publicOrigin);
    if (reason !== undefined) {
      footbridge.logger()?.warn('cross_site_request', { requestId: requestIdOf(request), reason });
      footbridge.observe({ kind: 'cross_site', reason });
      return refuse({ request, response }, 'cross_site_request');
    }
    nameHost(request, host);
    if (!isMultipart(request)) return request;
    const form = await readForm(request);
    if (form.kind === 'refused') return refuse({ request, response }, form.code);
    if (form.kind === 'cut_off') response.destroy();
    return form.kind === 'form' ? form.request : undefined;
  };
}

/** The head of the answer to an upgrade that nobody takes, and all of it. */
export function noSuchUpgrade(publicOrigin: string): string {
  const fields = [...frontendHeaders(publicOrigin), ['cache-control', noStore], ['content-length', '0']];
  const lines = [...fields, ['connection', 'close']].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 404 Not Found\r\n${lines.join('')}\r\n`;
}

/** What Next.js would fail at, redirect to another host, or show a page for. */
function objection(method: string, path: string): ErrorCode | undefined {
  if (!path.startsWith('/') || !isDecodable(path)) return 'invalid_request';
  const known = endpoint.test(path) ? endpointMethods : pageMethods;
  return known.has(method) ? undefined : 'method_not_allowed';
}

/** A post to a page in which Next.js may find a server action: one that a script calls, or a form without a script. */
function mayBeAction(request: IncomingMessage, path: string): boolean {
  const { method, headers: fields } = request;
  return method === 'POST' && !endpoint.test(path) && (fields[actionId] !== undefined || isMultipart(request));
}

/**
 * The evidence that another site's page made a browser send this; Next.js looks at `Origin` alone, and fails at a wrong
 * one. Every browser gives some: who gives none is no browser, and has nobody's cookie but their own.
 */
function foreignBy(request: IncomingMessage, publicOrigin: string): 'origin' | 'sec_fetch_site' | undefined {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== publicOrigin) return 'origin';
  const judged = judgeOrigin({ method: 'POST', headers: fieldsOf(request) }, { origins: [publicOrigin] });
  return judged.kind === 'foreign' && judged.reason !== 'unmarked' ? judged.reason : undefined;
}

/** For that comparison: a proxy in front may name the host in its own way, and a client in any. */
function nameHost({ headers: fields }: IncomingMessage, host: string): void {
  fields.host = host;
  delete fields['x-forwarded-host'];
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

function refuse({ request, response }: Doorstep, code: ErrorCode): undefined {
  const { status, message } = errorTable[code];
  const requestId = requestIdOf(request);
  const body: ErrorBody = { success: false, code, message, requestId };
  const json = JSON.stringify(body);
  if (code === 'method_not_allowed') response.setHeader('allow', allowed);
  if (code === 'payload_too_large') leave({ request, response });
  response.writeHead(status, {
    'cache-control': noStore,
    'content-length': Buffer.byteLength(json),
    'content-type': 'application/json; charset=utf-8',
    [headers.requestId]: requestId,
  });
  response.end(json);
}

function requestIdOf({ headers: fields }: IncomingMessage): string {
  const offered = fields[headers.requestId];
  return typeof offered === 'string' && isRequestId(offered) ? offered : randomUUID();
}

/** Who is still sending what was refused hears no more than the answer: the rest is dropped, the connection closed. */
function leave({ request, response }: Doorstep): void {
  response.shouldKeepAlive = false;
  request.resume();
}
