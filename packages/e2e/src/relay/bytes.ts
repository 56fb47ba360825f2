/** Bodies by the gigabyte, never held as a whole, and what tells two of them apart. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

/** A body by its length and its SHA-256. */
export interface Digest {
  readonly bytes: number;
  readonly sha256: string;
}

const pieceBytes = 256 * 1024;

/** A stream of that many bytes, no two pieces alike. */
export function manyBytes(length: number): Readable {
  return Readable.from(pieces(length), { objectMode: false, highWaterMark: pieceBytes });
}

/** Reads a stream to its end. Rejects when it breaks off. */
export async function digestOf(source: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of source) {
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The same of bytes at hand. */
export function digestOfBytes(body: Uint8Array): Digest {
  return { bytes: body.byteLength, sha256: createHash('sha256').update(body).digest('hex') };
}

function* pieces(length: number): Generator<Buffer> {
  for (let sent = 0, index = 0; sent < length; index += 1) {
    const piece = Buffer.alloc(Math.min(pieceBytes, length - sent), index % 251);
    if (piece.byteLength >= 4) piece.writeUInt32LE(index);
    sent += piece.byteLength;
    yield piece;
  }
}
