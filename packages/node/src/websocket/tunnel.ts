/** Two sockets made one: bytes both ways, with back-pressure, until either side has had enough. */
import type { Duplex } from 'node:stream';

/** How long one side may go on when the other has said that it is done. A WebSocket's own closing takes less. */
const halfOpenMs = 5000;

/** Joins the two ends; what is wrong with one closes both. Settles when both are closed. */
export async function joinSockets(client: Duplex, upstream: Duplex): Promise<void> {
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  await Promise.all([link(client, { to: upstream, end }), link(upstream, { to: client, end })]);
}

interface Link {
  readonly to: Duplex;
  readonly end: () => void;
}

/** One direction. Its end is passed on, and the other direction gets a moment to finish. */
function link(from: Duplex, { to, end }: Link): Promise<void> {
  let patience: NodeJS.Timeout | undefined;
  from.pipe(to);
  from.once('error', end).once('end', () => {
    patience = setTimeout(end, halfOpenMs);
  });
  to.once('close', () => clearTimeout(patience));
  return new Promise((resolve) => {
    from.once('close', () => {
      if (!to.writableEnded) to.destroy(); // closed without an end: nothing is left to pass on
      resolve();
    });
  });
}
