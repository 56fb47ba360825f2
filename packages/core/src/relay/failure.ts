/** Why the API did not answer a relayed call, by the codes of Node and undici: their messages name hosts. */
import type { FailureKind } from './transport.ts';

/** What a transport knows of a call without an answer. */
export interface RelayFailure {
  readonly kind: FailureKind;
  /** For the log: a code, no host in it. */
  readonly reason: string;
  /** A kept connection was closed just as it was used again, so that the API may never have seen the call. */
  readonly isClosed: boolean;
}

const kinds: ReadonlyMap<string, FailureKind> = new Map([
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
]);

const closed: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Judges an error that came before the head of an answer. */
export function relayFailure(error: Error): RelayFailure {
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { kind: kinds.get(reason) ?? 'broken', reason, isClosed: closed.has(reason) };
}

/** Whether a call may be made once more after such a failure: it only reads, and brings nothing (RFC 9112, section 9.3.1). */
export function mayRepeat({ isClosed }: RelayFailure, call: { method: string; hasBody: boolean }): boolean {
  const isRead = call.method === 'GET' || call.method === 'HEAD';
  return isClosed && isRead && !call.hasBody;
}
