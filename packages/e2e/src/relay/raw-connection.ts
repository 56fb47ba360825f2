/** HTTP as bytes on a socket: what no client library would send. */
import { connect } from 'node:net';

const patienceMs = 3_000;

/** Sends bytes to a port of this machine; resolves with what came until the end, or until nothing came for a while. */
export async function exchangeRaw(port: number, bytes: string | Buffer, quietMs = 250): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  let quiet: NodeJS.Timeout | undefined;
  const stop = (): void => void socket.destroy();
  const patience = setTimeout(stop, patienceMs);
  socket.on('error', stop);
  socket.on('end', stop);
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    clearTimeout(quiet);
    quiet = setTimeout(stop, quietMs);
  });
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  clearTimeout(patience);
  clearTimeout(quiet);
  return Buffer.concat(chunks).toString('latin1');
}

/** The status of a raw answer; 0 when there was none. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0);
}
