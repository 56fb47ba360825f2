/** What the relay's funnel and its transports say to each other: the funnel decides, a transport only moves bytes. */
import type { RequestContext } from '../endpoint.ts';
import type { HeaderField } from './fields.ts';

/** A request as a transport got it. */
export interface RelayRequest {
  readonly method: string;
  /** The request target as it came: path and query, still encoded, beginning with `/api/proxy`. */
  readonly target: string;
  readonly headers: readonly HeaderField[];
  /** A body follows, which cannot be sent twice. */
  readonly hasBody: boolean;
}

/** Where a call goes. */
export interface UpstreamRequest {
  readonly method: string;
  /** Scheme, host and port of the API. */
  readonly origin: string;
  /** Path and query, raw. */
  readonly path: string;
  /**
   * Complete but for framing, which is the transport's: `host`, `connection`, `upgrade`, and `content-length` or
   * `transfer-encoding`. Names are in lower case.
   */
  readonly headers: readonly HeaderField[];
  /** How long the API may take until the headers of its response are there. */
  readonly headersTimeoutMs: number;
}

/** A response without its body. */
export interface UpstreamHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HeaderField[];
}

/** Why the API gave no answer: it took too long, could not be connected to, or broke off before its headers. */
export type FailureKind = 'timeout' | 'unreachable' | 'broken';

/** One call that was let through, from the request to the answer. */
export interface UpstreamCall {
  readonly requestId: string;
  readonly request: UpstreamRequest;
  /**
   * Given the head of the API's response: a second and last attempt with a new token, or `undefined` when the answer
   * stands. The body of the first response is to be dropped then. Never rejects.
   */
  retry(head: UpstreamHead): Promise<UpstreamRequest | undefined>;
  /** What the browser gets of a head, and what we add to it. Framing is the transport's here, too. */
  answer(head: UpstreamHead): UpstreamHead;
  /** The API did not answer. `reason` is for the log: an error code, no host, no token. */
  failure(kind: FailureKind, reason: string): Response;
  /** The answer is an event stream or a WebSocket. Returns what says that it is over: call it exactly once. */
  streams(of: 'events' | 'websocket'): () => void;
  /**
   * Calls back once when the session of this call has ended, here or at the API; never when it has none. The listener
   * must not throw. Returns what unsubscribes: call it when the call is over.
   */
  onSessionEnd(listener: () => void): () => void;
}

/** The funnel's word on one request. */
export type RelayDecision =
  /** Refused: nothing reached the API, and nobody needs the body. */
  { readonly kind: 'respond'; readonly response: Response } | { readonly kind: 'forward'; readonly call: UpstreamCall };

/** The funnel, which every transport asks. */
export interface Relay {
  /** One ordinary request; at once where nobody has to be asked. Neither throws nor rejects. */
  judge(request: RelayRequest, context?: RequestContext): RelayDecision | Promise<RelayDecision>;
  /** One WebSocket handshake (RFC 6455, section 4.2), which only our own pages may make. Neither throws nor rejects. */
  judgeUpgrade(request: RelayRequest, context?: RequestContext): RelayDecision | Promise<RelayDecision>;
}
