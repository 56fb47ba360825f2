/** The client's body as a stream of its own: its reader may fail without taking the client's connection along. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

const heldBytes = 64 * 1024;

/** Streams the body with back-pressure. Errors when the client leaves early; once destroyed, the rest stays unread. */
export function uploadOf(request: IncomingMessage): Readable {
  const upload = new Readable({
    highWaterMark: heldBytes,
    read: () => void request.resume(),
    destroy(error, done) {
      request.off('data', take).off('end', end).off('close', close).pause();
      done(error);
    },
  });
  const take = (chunk: Buffer): void => {
    if (!upload.push(chunk)) request.pause();
  };
  const end = () => void upload.push(null);
  const close = () => {
    if (!request.readableEnded) upload.destroy(new Error('the client left'));
  };
  request.on('data', take).on('end', end).on('close', close);
  upload.on('error', () => {}); // its reader hears of it by a listener of its own, and may be gone by then
  return upload;
}
