/** Header fields as Node keeps them, flat, and as the relay takes them, in pairs: order, case and repetition stay. */
import type { IncomingMessage } from 'node:http';
import type { HeaderField, RelayRequest } from '@footbridge/core';

/** What the relay judges a request by. The target stays as raw as it came. */
export function relayRequestOf(request: IncomingMessage): RelayRequest {
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: pairs(request.rawHeaders),
    hasBody: hasBody(request),
  };
}

/** Whether a body follows the head (RFC 9112, section 6.3); contradictions are refused by Node's parser before. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Fields in pairs. Bytes are ISO 8859-1, as on the wire, so that every one of them survives. */
export function pairs(raw: readonly (string | Buffer)[]): HeaderField[] {
  const fields: HeaderField[] = [];
  for (let index = 0; index < raw.length; index += 2) fields.push([text(raw[index]), text(raw[index + 1])]);
  return fields;
}

/** Fields as `writeHead()` and `dispatch()` take them. */
export function flat(fields: readonly HeaderField[]): string[] {
  const raw: string[] = [];
  for (const [name, value] of fields) raw.push(name, value);
  return raw;
}

function text(part: string | Buffer = ''): string {
  return typeof part === 'string' ? part : part.toString('latin1');
}
