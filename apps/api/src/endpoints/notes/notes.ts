/** `GET` and `POST /api/notes`: one's own notes page by page, and a new one. */
import { noteDraft, notesQuery } from '@footbridge/contracts';
import { readJson } from '../../http/json-body.ts';
import type { Handler } from '../../http/mount.ts';
import { readCursor } from '../../notes/cursor.ts';
import { Refusal } from '../../refusal.ts';
import type { Services } from '../../services.ts';
import { noteBodyBytes } from './note.ts';
import { readQuery, tagRevision } from './request.ts';

/** Lists notes, newest first. */
export function listNotes({ admitBearer, notes }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    const { limit, cursor } = readQuery(request, notesQuery);
    const after = cursor === undefined ? undefined : placeOf(cursor);
    const page = await notes.page(userId, { limit, after });
    const data = { notes: page.notes, nextCursor: page.nextCursor ?? null };
    response.json({ success: true, message: 'these are your notes', data });
  };
}

/** Answers 201 with the note. `Location` is relative, so that it is true on the far side of a relay as well. */
export function createNote({ admitBearer, notes }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    const draft = await readJson({ request, response, schema: noteDraft, limitBytes: noteBodyBytes });
    const note = await notes.create(userId, draft);
    tagRevision(response, note.revision);
    response.status(201).set('Location', `notes/${note.id}`);
    response.json({ success: true, message: 'note created', data: { note } });
  };
}

function placeOf(cursor: string) {
  const place = readCursor(cursor);
  if (!place)
    throw new Refusal('validation_failed', { errors: [{ path: 'cursor', message: 'must come from a page' }] });
  return place;
}
