/** The sample resource: short texts of one's own, each with at most one file attached. */
import { z } from 'zod';
import { messageAnswer } from './message.ts';
import { plainText } from './text.ts';

// oxlint-disable-next-line no-control-regex -- PostgreSQL refuses U+0000; of the others only lines and tabs are text
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** How much one user may store, and how much of it at once. */
export const noteLimits = {
  titleCharacters: 200,
  bodyCharacters: 20_000,
  notes: 1000,
  pageSize: 100,
  attachmentBytes: 25 * 1024 * 1024,
  /** All attachments of one user together. */
  attachedBytes: 250 * 1024 * 1024,
} as const;

const title = plainText.pipe(
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(noteLimits.titleCharacters, `must have at most ${noteLimits.titleCharacters} characters`),
);
const body = z
  .string()
  .max(noteLimits.bodyCharacters, `must have at most ${noteLimits.bodyCharacters} characters`)
  .refine((text) => !controlCharacter.test(text), 'must not contain control characters')
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

export const noteDraft = z.object({ title, body: body.default('') });

/** Body of `POST /api/notes`. */
export type NoteDraft = z.infer<typeof noteDraft>;

export const noteChange = z
  .object({ title: title.optional(), body: body.optional() })
  .refine((change) => change.title !== undefined || change.body !== undefined, 'must change title or body');

/** Body of `PATCH /api/notes/:id`: what is left out stays as it is. */
export type NoteChange = z.infer<typeof noteChange>;

export const attachment = z.object({
  size: z.int().min(0),
  contentType: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().nullable(),
  uploadedAt: z.iso.datetime(),
});

/** What is attached to a note: `size` in bytes, `sha256` in hexadecimal, which is also its entity tag. */
export type Attachment = z.infer<typeof attachment>;

export const note = z.object({
  id: z.string(),
  title: z.string(),
  body: z.string(),
  revision: z.int().min(1),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  attachment: attachment.nullable(),
});

/**
 * A note; also one line of the export. `revision` counts its changes, those of the attachment included: quoted, it is
 * the note's entity tag, which `If-Match` takes.
 */
export type Note = z.infer<typeof note>;

export const notesQuery = z.object({
  cursor: z.string().max(100).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a number')
    .transform(Number)
    .pipe(z.int().min(1).max(noteLimits.pageSize))
    .default(20),
});

/** Query of `GET /api/notes`; `cursor` is the `nextCursor` of the page before. */
export type NotesQuery = z.infer<typeof notesQuery>;

export const noteAnswer = messageAnswer.extend({ data: z.object({ note }) });

export const notesAnswer = messageAnswer.extend({
  data: z.object({ notes: z.array(note), nextCursor: z.string().nullable() }),
});

/** What `GET /api/notes` answers: newest first; `nextCursor` is `null` on the last page. */
export type NotesAnswer = z.infer<typeof notesAnswer>;

export const attachmentQuery = z.object({
  name: plainText
    .pipe(z.string().trim().min(1, 'must not be empty').max(255, 'must have at most 255 characters'))
    .refine((name) => !/[/\\]/.test(name), 'must not contain slashes')
    .optional(),
});

/** Query of `POST /api/notes/:id/attachment`: the file's name, for whoever downloads it. */
export type AttachmentQuery = z.infer<typeof attachmentQuery>;

export const attachmentAnswer = messageAnswer.extend({ data: z.object({ attachment }) });

/** The names of a live feed's events (HTML, section 9.2). After `reset` the reader must read the notes again. */
export const noteEvents = ['created', 'updated', 'deleted', 'attachment', 'reset'] as const;

/** What happened to a note. */
export type NoteEvent = (typeof noteEvents)[number];
