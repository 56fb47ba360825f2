/** A stretch of network: bytes go through until it is told to hold them, and nobody on either side hears of that. */
import { connect, createServer, type Socket } from 'node:net';

/** A TCP port that leads to another one. */
export interface Link {
  readonly port: number;
  /** Holds whatever is sent from now on, new connections included, and closes nothing. */
  pause(): void;
  /** Lets everything go on. */
  resume(): void;
  close(): Promise<void>;
}

/** Opens a link to a port of this machine. */
export async function openLink(target: number): Promise<Link> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isPaused = false;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end).setNoDelay(true);
    if (isPaused) client.pause();
    else join(pair);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    port: address.port,
    pause() {
      isPaused = true;
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).pause();
        upstream.unpipe(client).pause();
      }
    },
    resume() {
      isPaused = false;
      for (const pair of pairs) join(pair);
    },
    async close() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function join([client, upstream]: readonly [Socket, Socket]): void {
  client.pipe(upstream);
  upstream.pipe(client);
}
