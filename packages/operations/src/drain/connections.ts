/** The connections of one server, and when each may be closed without taking a request along (RFC 9112, section 9.6). */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const sweepMs = 50;

/** When connections end that do not end by themselves, in milliseconds. */
export interface Patience {
  readonly idleMs: number;
  readonly limitMs: number;
}

/** All connections of a server. */
export interface Connections {
  /** A request has come, which this response answers. */
  begin(response: ServerResponse): void;
  /** Every answer whose head is not out yet says `Connection: close`, from now on. */
  closeAfterAnswers(): void;
  /** Closes what is idle, waits for the rest, and cuts it off in the end. Gives the number that was cut off. */
  end(patience: Patience): Promise<number>;
}

interface Connection {
  readonly underWay: Set<ServerResponse>;
  quietSince: number;
  bytesRead: number;
}

/** Follows every connection that the server accepts from now on. */
export function createConnections(server: Server): Connections {
  const open = new Map<Socket, Connection>();
  let isClosing = false;

  server.on('connection', (socket) => {
    open.set(socket, { underWay: new Set(), quietSince: performance.now(), bytesRead: 0 });
    socket.once('close', () => open.delete(socket));
  });

  /** Part of a head is no request yet, but it is no silence either. */
  const closeIdle = (idleMs: number): void => {
    const now = performance.now();
    for (const [socket, connection] of open) {
      if (connection.underWay.size > 0) continue;
      if (socket.bytesRead !== connection.bytesRead) rest(socket, connection);
      else if (now - connection.quietSince >= idleMs) socket.destroy();
    }
  };

  const cutAll = (): number => {
    const busy = [...open.values()].filter(({ underWay }) => underWay.size > 0);
    for (const socket of open.keys()) socket.destroy();
    return busy.length;
  };

  return {
    begin(response) {
      const { socket } = response;
      const connection = socket === null ? undefined : open.get(socket);
      if (socket === null || connection === undefined) return;
      if (isClosing) response.shouldKeepAlive = false;
      connection.underWay.add(response);
      response.once('close', () => {
        connection.underWay.delete(response);
        rest(socket, connection);
      });
    },

    closeAfterAnswers() {
      isClosing = true;
      for (const { underWay } of open.values()) {
        for (const response of underWay) if (!response.headersSent) response.shouldKeepAlive = false;
      }
    },

    end({ idleMs, limitMs }) {
      const deadline = performance.now() + limitMs;
      return new Promise((resolve) => {
        const sweep = (): void => {
          closeIdle(idleMs);
          const isOver = performance.now() >= deadline;
          if (open.size > 0 && !isOver) return;
          clearInterval(sweeps);
          resolve(isOver ? cutAll() : 0);
        };
        const sweeps = setInterval(sweep, sweepMs);
      });
    },
  };
}

function rest(socket: Socket, connection: Connection): void {
  connection.quietSince = performance.now();
  connection.bytesRead = socket.bytesRead;
}
