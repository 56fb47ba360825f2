/** Which pages' scripts may read an answer (Fetch, section 3.3): an exact list of origins, never a pattern. */
import type { Request, RequestHandler } from 'express';
import { Refusal } from '../refusal.ts';

/** What a page's script may send beyond what any page may. */
const requestHeaders = [
  'Content-Type',
  'Authorization',
  'X-Footbridge',
  'X-Request-Id',
  'If-Match',
  'If-None-Match',
  'Range',
  'If-Range',
  'Content-Digest',
  'Last-Event-ID',
  'Accept',
].join(', ');

/** What a page's script may read beyond what every script may. */
const answerHeaders = [
  'X-Request-Id',
  'Retry-After',
  'ETag',
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Length',
  'Content-Range',
  'Content-Digest',
  'Location',
].join(', ');

const preflightSeconds = 600;

/** The two steps of CORS. */
export interface Cors {
  /** Tells the browser of every answer whether its page may read it. */
  readonly mark: RequestHandler;
  /** Answers the preflight of a path that knows these methods; whatever else comes is passed on. */
  preflight(methods: string): RequestHandler;
}

const passOn: RequestHandler = (_request, _response, next) => next();

/** No page of another origin has business here: not one header, and OPTIONS is a method like any unknown one. */
export const noCors: Cors = { mark: passOn, preflight: () => passOn };

/** Creates CORS with credentials for pages of these origins, written as browsers write them. */
export function createCors(origins: readonly string[]): Cors {
  const listed = (request: Request) => origins.find((origin) => origin === request.get('origin'));
  return {
    mark(request, response, next) {
      response.vary('Origin');
      const origin = listed(request);
      if (origin !== undefined) {
        response.set({
          'Access-Control-Allow-Origin': origin,
          'Access-Control-Allow-Credentials': 'true',
          'Access-Control-Expose-Headers': answerHeaders,
        });
      }
      next();
    },

    preflight: (methods) => (request, response, next) => {
      if (!isPreflight(request)) return next();
      response.vary('Access-Control-Request-Method, Access-Control-Request-Headers');
      if (listed(request) === undefined) throw new Refusal('cross_site_request', { reason: 'preflight' });
      response.set({
        'Access-Control-Allow-Methods': methods,
        'Access-Control-Allow-Headers': requestHeaders,
        'Access-Control-Max-Age': String(preflightSeconds),
      });
      response.status(204).end();
    },
  };
}

function isPreflight(request: Request): boolean {
  const asks = request.get('origin') !== undefined && request.get('access-control-request-method') !== undefined;
  return request.method === 'OPTIONS' && asks;
}
