/** Requests that no well-behaved client makes: bytes on a socket. */
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Express } from 'express';

/** An answer as far as these tests look at it. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A listening app that takes raw bytes. */
export interface RawServer {
  /** Sends and waits for the server to close; so the bytes should ask for `Connection: close`. */
  send(bytes: string): Promise<RawAnswer>;
  /** Sends and hangs up. */
  abandon(bytes: string): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function listenRaw(app: Express): Promise<RawServer> {
  const server = createServer(app);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    send: (bytes) => exchange(port, (socket) => socket.write(bytes)),
    abandon: (bytes) => exchange(port, (socket) => socket.end(bytes)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function exchange(port: number, speak: (socket: Socket) => void): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => speak(socket));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(read(Buffer.concat(chunks).toString('latin1'))));
  });
}

function read(text: string): RawAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1] ?? 0), head, body };
}
