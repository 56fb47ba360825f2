/** Sends a long body at the pace of its reader. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { eventLog } from '../../http/access-log.ts';
import type { Logger } from '../../log.ts';

/**
 * Sends everything that the source gives, and asks it for more only when the reader has taken what there is. A source
 * that fails cuts the connection: an answer that ends early must not look like one that is complete. Never rejects.
 */
export async function send(
  response: Response,
  source: AsyncIterable<string | Uint8Array>,
  logger: Logger,
): Promise<void> {
  try {
    await pipeline(Readable.from(source, { objectMode: false }), response);
  } catch (err) {
    const hasLeft = err instanceof Error && 'code' in err && err.code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!hasLeft) eventLog(logger, response).warn({ err }, 'stream_broken');
  }
}
