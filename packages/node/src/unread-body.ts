/** A request whose body nobody wants: read on for a moment, so that the answer arrives (RFC 9112, section 9.6). */
import type { IncomingMessage } from 'node:http';

/** Up to here reading the rest is cheaper than a new connection. */
const shortBytes = 64 * 1024;
const discardedBytes = 1024 * 1024;
const lingerMs = 1000;

/** Whether so much of the body is still to come that the connection has to end with the answer. */
export function isLongUnread({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > shortBytes;
}

/** Reads and drops the rest, within bounds of bytes and time. Past those of bytes the sender waits, and can read. */
export function discard(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let left = discardedBytes;
    const drop = (chunk: Buffer): void => {
      left -= chunk.byteLength;
      if (left < 0) request.pause();
    };
    const stop = (): void => {
      clearTimeout(patience);
      request.off('data', drop).off('end', stop).off('close', stop).pause();
      resolve();
    };
    const patience = setTimeout(stop, lingerMs);
    request.on('data', drop).once('end', stop).once('close', stop).resume();
    if (request.destroyed) stop();
  });
}
