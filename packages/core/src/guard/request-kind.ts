/** What kind of request the guard must answer, for a redirect helps a navigation and breaks a script. */
import { headers as own } from '@footbridge/contracts';
import { mediaType } from '../body.ts';
import type { RequestContext } from '../endpoint.ts';

/**
 * `page`: a person or the client router goes somewhere. `form`: a plain HTML form was sent, and the browser shows the
 * answer. `script`: fetch, XHR or a server action, which reads a status and a body.
 */
export type RequestKind = 'page' | 'form' | 'script';

const documentDestinations = new Set(['document', 'iframe', 'frame', 'embed', 'object']);
const formTypes = new Set(['application/x-www-form-urlencoded', 'multipart/form-data']);

/** Tells the kind by method, Fetch Metadata, `Accept` and what the host knows. */
export function requestKind(request: Request, context: RequestContext): RequestKind {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead ? kindOfRead(request.headers, context) : kindOfWrite(request.headers);
}

/** Whether a request only prepares for a visit that may never come: by `Sec-Purpose`, by Next, by the host. */
export function isPrefetch({ headers }: Request, context: RequestContext): boolean {
  const purpose = `${headers.get('sec-purpose') ?? ''} ${headers.get('purpose') ?? ''}`;
  return context.isPrefetch === true || /\bprefetch\b/i.test(purpose) || headers.has('next-router-prefetch');
}

/**
 * The client router's own fetches look like a script's, and some hosts cannot tell them apart. They follow a redirect
 * where a script would stumble over it, so a script has to show that it is one.
 */
function kindOfRead(headers: Headers, { isRscNavigation }: RequestContext): RequestKind {
  if (isRscNavigation === true) return 'page';
  const destination = headers.get('sec-fetch-dest') ?? '';
  if (documentDestinations.has(destination) || accepts(headers, 'text/html')) return 'page';

  const isOtherFetch = isRscNavigation === false && destination === 'empty';
  const saysSo = headers.has(own.csrf) || headers.has('x-requested-with') || accepts(headers, 'application/json');
  return isOtherFetch || saysSo ? 'script' : 'page';
}

function kindOfWrite(headers: Headers): RequestKind {
  if (headers.has('next-action')) return 'script'; // a server action, whose caller expects no page
  const isForm = formTypes.has(mediaType(headers.get('content-type')));
  const isNavigation = headers.get('sec-fetch-mode') === 'navigate' || (isForm && accepts(headers, 'text/html'));
  return isNavigation ? 'form' : 'script';
}

function accepts(headers: Headers, type: string): boolean {
  return (headers.get('accept') ?? '').toLowerCase().includes(type);
}
