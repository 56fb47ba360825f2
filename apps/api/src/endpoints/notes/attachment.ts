/** `POST`, `GET` and `DELETE /api/notes/:id/attachment`: one file per note, of any type, streamed both ways. */
import type { Request, Response } from 'express';
import { ignoreRest } from '../../http/ignore-rest.ts';
import type { Handler } from '../../http/mount.ts';
import type { ByteRange, StoredFile } from '../../notes/attachments.ts';
import { Refusal } from '../../refusal.ts';
import type { Services } from '../../services.ts';
import { readIncoming } from './incoming.ts';
import { partOf } from './range.ts';
import { noteRef } from './request.ts';
import { send } from './send.ts';

/** Stores the body as it is. With `Content-Digest` only if it arrived as it was sent. */
export function attach({ admitBearer, attachments }: Services): Handler {
  return async (request, response) => {
    try {
      const { userId } = await admitBearer(request);
      const ref = noteRef(request, userId);
      const attachment = await attachments.store(ref, readIncoming(request));
      response.json({ success: true, message: 'file attached', data: { attachment } });
    } catch (error) {
      ignoreRest(request);
      throw error;
    }
  };
}

/** Sends the file, or one range of it. It is for saving: never shown as a page of this origin. */
export function readAttachment({ admitBearer, attachments, logger }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    const file = await attachments.find(noteRef(request, userId));
    response.set('ETag', entityTag(file));
    if (request.fresh) return void response.status(304).end();

    const range = choosePart(request, response, file);
    response.attachment(file.name ?? undefined).set('Accept-Ranges', 'bytes');
    response.setHeader('Content-Type', file.contentType); // Express would add a charset that nobody has named
    response.setHeader('Content-Length', range.end + 1 - range.start);
    if (request.method === 'HEAD') return void response.end();
    await send(response, attachments.bytes(file, range), logger);
  };
}

/** Takes the file off the note. */
export function detach({ admitBearer, attachments }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    await attachments.remove(noteRef(request, userId));
    response.json({ success: true, message: 'attachment deleted' });
  };
}

function entityTag({ sha256 }: StoredFile): string {
  return `"${sha256}"`;
}

/** With `If-Range` a range is only sent of the very file that it names; a client that has another gets the whole. */
function choosePart(request: Request, response: Response, file: StoredFile): ByteRange {
  const condition = request.get('if-range');
  const isAsked = request.method === 'GET' && (condition === undefined || condition === entityTag(file));
  const part = partOf(isAsked ? request.get('range') : undefined, file.size);
  switch (part.kind) {
    case 'whole':
      return { start: 0, end: file.size - 1 };
    case 'range':
      response.status(206).set('Content-Range', `bytes ${part.range.start}-${part.range.end}/${file.size}`);
      return part.range;
    case 'unsatisfiable':
      response.set('Content-Range', `bytes */${file.size}`).removeHeader('ETag');
      throw new Refusal('range_not_satisfiable');
  }
}
