import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cutIntoPieces, pieceBytes } from '../../src/notes/pieces.ts';

async function* arriving(chunks: readonly Uint8Array[], taken: { count: number } = { count: 0 }) {
  for (const chunk of chunks) {
    taken.count += 1;
    yield chunk;
  }
}

async function piecesOf(chunks: readonly Uint8Array[]): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of cutIntoPieces(arriving(chunks))) pieces.push(piece);
  return pieces;
}

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

describe('pieces', () => {
  it.each([
    [0, 1],
    [1, 1],
    [pieceBytes, 65_536],
    [pieceBytes + 1, 65_537],
    [3 * pieceBytes, pieceBytes],
    [3 * pieceBytes - 1, 1_000_000],
    [5 * pieceBytes + 7, 100_003],
  ])('of %d bytes that come %d at a time are full but for the last', async (size, chunkSize) => {
    const bytes = randomBytes(size);
    const pieces = await piecesOf(cut(bytes, chunkSize));
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect(pieces.map((piece) => piece.length)).toEqual(cut(bytes, pieceBytes).map((piece) => piece.length));
  });

  it('are not asked for before they are wanted', async () => {
    const taken = { count: 0 };
    const chunks = cut(randomBytes(10 * pieceBytes), 65_536);
    const pieces = cutIntoPieces(arriving(chunks, taken));
    await pieces.next();
    expect(taken.count).toBe(4);
    await pieces.return(undefined);
  });
});
