/** `GET`, `PATCH` and `DELETE /api/notes/:id`: one note of one's own; anyone else's is 404. */
import { noteChange } from '@footbridge/contracts';
import { readJson } from '../../http/json-body.ts';
import type { Handler } from '../../http/mount.ts';
import type { Services } from '../../services.ts';
import { ifMatch, noteRef, tagRevision } from './request.ts';

/** The longest note has room, even if every character is escaped to six bytes. */
export const noteBodyBytes = 160 * 1024;

/** Answers with the note; its entity tag is its revision. */
export function readNote({ admitBearer, notes }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    const note = await notes.read(noteRef(request, userId));
    tagRevision(response, note.revision);
    response.json({ success: true, message: 'this is your note', data: { note } });
  };
}

/** Changes title, body or both; with `If-Match` only what has not been changed meanwhile. */
export function changeNote({ admitBearer, notes }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    const ref = noteRef(request, userId);
    const condition = ifMatch(request);
    const change = await readJson({ request, response, schema: noteChange, limitBytes: noteBodyBytes });
    const note = await notes.change(ref, change, condition);
    tagRevision(response, note.revision);
    response.json({ success: true, message: 'note changed', data: { note } });
  };
}

/** Deletes the note and what is attached to it. */
export function deleteNote({ admitBearer, notes }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    await notes.remove(noteRef(request, userId), ifMatch(request));
    response.json({ success: true, message: 'note deleted' });
  };
}
