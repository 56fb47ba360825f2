/** A client whose handshake is under way: whether it is still there, and what it said too early. */
import type { Socket } from 'node:net';

const heldBytes = 64 * 1024;

/** A client that waits. */
export interface WaitingClient {
  /** Aborted when the client leaves: half a connection is none before there is a WebSocket. */
  readonly signal: AbortSignal;
  /** Stops watching; gives what came meanwhile, which belongs to whoever reads on. */
  stop(): Buffer;
}

/** Watches a socket that Node has let go of: only what is read tells of its end. */
export function watchClient(socket: Socket, head: Buffer): WaitingClient {
  const left = new AbortController();
  const early = [head];
  let held = head.byteLength;
  const leave = (): void => left.abort();
  const hold = (chunk: Buffer): void => {
    early.push(chunk);
    held += chunk.byteLength;
    if (held > heldBytes) socket.pause();
  };
  socket.on('data', hold).once('end', leave).once('close', leave);
  return {
    signal: left.signal,
    stop() {
      socket.off('data', hold).off('end', leave).off('close', leave);
      return Buffer.concat(early);
    },
  };
}
