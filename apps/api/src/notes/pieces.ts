/** Cuts what arrives into the pieces in which it is stored. */

/** Every piece has this size but the last: so the piece of an offset is known without a look at the others. */
export const pieceBytes = 256 * 1024;

/** Gives pieces as soon as they are full. Reads on only when the last one was taken. */
export async function* cutIntoPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < pieceBytes) continue;
    const joined = Buffer.concat(waiting, bytes);
    const fullBytes = bytes - (bytes % pieceBytes);
    for (let start = 0; start < fullBytes; start += pieceBytes) yield joined.subarray(start, start + pieceBytes);
    waiting = [joined.subarray(fullBytes)];
    bytes -= fullBytes;
  }
  if (bytes > 0) yield Buffer.concat(waiting, bytes);
}
