/** What a WebSocket's opening handshake adds to the relay's fields, and the proof that it was meant (RFC 6455, section 4). */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HeaderField } from '@footbridge/core';

const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The fields of a handshake, or of its acceptance, from what the relay made of them. */
export function handshakeFields(decided: readonly HeaderField[]): HeaderField[] {
  return [['connection', 'Upgrade'], ['upgrade', 'websocket'], ...decided];
}

/** Whether an answer accepts this handshake and no other (section 4.1): anything else never becomes a tunnel. */
export function isAccepted(request: IncomingMessage, { headers }: IncomingMessage): boolean {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64');
  return headers.upgrade?.toLowerCase() === 'websocket' && headers['sec-websocket-accept'] === accept;
}
