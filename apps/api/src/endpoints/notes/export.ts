/** `GET /api/notes/export`: every note of one's own as newline-delimited JSON, one per line, newest first. */
import type { Note } from '@footbridge/contracts';
import type { Handler } from '../../http/mount.ts';
import type { Services } from '../../services.ts';
import { send } from './send.ts';

/** Streams the notes as they come out of the database. What is attached is named, not included. */
export function exportNotes({ admitBearer, notes, logger }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    response.attachment('notes.ndjson').set('Content-Type', 'application/x-ndjson; charset=utf-8');
    if (request.method === 'HEAD') return void response.end();
    await send(response, lines(notes.all(userId)), logger);
  };
}

async function* lines(notes: AsyncIterable<Note>): AsyncGenerator<string> {
  for await (const note of notes) yield `${JSON.stringify(note)}\n`;
}
