/** Why the API did not answer, by the codes of Node and undici: their messages name hosts. */

/** `kind` is what the client is told; `reason` goes to the log and holds no host. */
export interface Failure {
  readonly kind: 'timeout' | 'unreachable' | 'broken';
  readonly reason: string;
}

const kinds: ReadonlyMap<string, Failure['kind']> = new Map([
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

/** Judges an error of the upstream side, before its head. */
export function failureOf(error: Error): Failure {
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { kind: kinds.get(reason) ?? 'broken', reason };
}
