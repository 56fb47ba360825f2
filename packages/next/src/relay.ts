/** The relay (`/api/proxy/*`) as a Next.js route handler: core decides, this moves the bytes (DESIGN section 9). */
import type { UpstreamCall, UpstreamRequest } from '@footbridge/core';
import type { Footbridge } from './footbridge.ts';
import { browserResponse } from './relay-response.ts';
import { send, type Sent } from './relay-send.ts';
import { type Upload, uploadOf } from './relay-upload.ts';
import type { RouteHandler, RouteHandlers } from './route-handlers.ts';

/** Creates the handlers of `app/api/proxy/[...path]/route.ts`. They need Node.js, not an edge runtime. */
export function relayHandlers(footbridge: Footbridge): RouteHandlers {
  const handle: RouteHandler = async (request) => {
    const upload = request.body === null ? undefined : await uploadOf(request);
    const { method, headers } = request;
    const asked = { method, target: targetOf(request), headers: [...headers], hasBody: upload !== undefined };
    const judged = footbridge.bff().relay.judge(asked, footbridge.contextOf(request));
    const decision = judged instanceof Promise ? await judged : judged;
    return decision.kind === 'respond' ? decision.response : carryOut(decision.call, request, upload);
  };
  return { GET: handle, HEAD: handle, POST: handle, PUT: handle, PATCH: handle, DELETE: handle, OPTIONS: handle };
}

async function carryOut(call: UpstreamCall, { method, signal }: Request, upload?: Upload): Promise<Response> {
  const first = await send(unencoded(call.request), { signal, upload });
  const isRefused = first.kind === 'answer' && first.head.status === 401;
  const again = isRefused ? await call.retry(first.head) : undefined;
  if (again !== undefined && first.kind === 'answer') first.end();
  const sent: Sent = again === undefined ? first : await send(unencoded(again), { signal });
  switch (sent.kind) {
    case 'answer':
      return browserResponse(sent, { method, call });
    case 'failed':
      return call.failure(sent.failure.kind, sent.failure.reason);
    case 'left':
      return new Response(null, { status: 499 }); // nobody reads it
  }
}

/** Next.js takes `content-encoding` off the answers of route handlers, so there must be no encoding to name. */
function unencoded(request: UpstreamRequest): UpstreamRequest {
  const { method, origin, path, headersTimeoutMs } = request;
  const others = request.headers.filter(([name]) => name !== 'accept-encoding');
  return { method, origin, path, headersTimeoutMs, headers: [...others, ['accept-encoding', 'identity']] };
}

/** The path and query as raw as Next.js hands them on: it has parsed the URL before us. */
function targetOf({ url }: Request): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
}
