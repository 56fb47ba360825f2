/** Attachments: one file per note, stored and read in pieces. What is not complete is never seen. */
import { createHash, randomUUID } from 'node:crypto';
import { type Attachment, noteLimits } from '@footbridge/contracts';
import type { Database } from '../database/connect.ts';
import { Refusal } from '../refusal.ts';
import type { Changes } from './changes.ts';
import { newRevision, type NoteRef } from './notes.ts';
import { cutIntoPieces, pieceBytes } from './pieces.ts';
import { attachmentMembers, describeAttachment } from './public-note.ts';

const mostPieces = noteLimits.attachedBytes / pieceBytes;
const abandonedHours = 1; // longer than any upload may take

const insertPiece = `
  INSERT INTO "UploadPiece" ("uploadId", position, bytes)
  SELECT id, $3::int, $4::bytea FROM "Upload"
  WHERE id = $1::uuid AND $5::int > (
    SELECT count(*) FROM "UploadPiece" p JOIN "Upload" u ON u.id = p."uploadId" WHERE u."userId" = $2::uuid)
  FOR KEY SHARE
  RETURNING position`;

const selectPiece = 'SELECT bytes FROM "UploadPiece" WHERE "uploadId" = $1::uuid AND position = $2::int';

/** A file on its way in; `digest` is the SHA-256 that its sender has announced. */
export interface IncomingFile {
  readonly content: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  readonly name: string | null;
  readonly digest: Buffer | undefined;
}

/** A file that is there. */
export interface StoredFile extends Attachment {
  readonly uploadId: string;
}

/** First and last byte, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What the rest of the app asks about attachments. A note that is not theirs, or has none, is `not_found`. */
export interface Attachments {
  /**
   * Stores what arrives and then shows it in place of what was there. Refused with `payload_too_large`,
   * `digest_mismatch` or `quota_exceeded`; whatever goes wrong, what was there stays.
   */
  store(ref: NoteRef, file: IncomingFile): Promise<Attachment>;
  find(ref: NoteRef): Promise<StoredFile>;
  /** Reads one piece whenever the last one was taken. Throws if the file is replaced meanwhile. */
  bytes(file: StoredFile, range: ByteRange): AsyncGenerator<Buffer>;
  remove(ref: NoteRef): Promise<void>;
}

/** `now` gives milliseconds since the epoch. */
export interface AttachmentsOptions {
  readonly database: Database;
  readonly changes: Changes;
  readonly now: () => number;
}

/** Creates the attachments module. */
export function createAttachments({ database, changes, now }: AttachmentsOptions): Attachments {
  return {
    async store(ref, { content, digest, contentType, name }) {
      const uploadId = await begin(ref);
      try {
        const { size, sha256 } = await receive({ uploadId, userId: ref.userId }, content);
        if (digest && !digest.equals(sha256)) throw new Refusal('digest_mismatch');
        return await show(ref, { uploadId, size, sha256: sha256.toString('hex'), contentType, name });
      } catch (error) {
        // If even this fails, the user's next upload finds it.
        await database.upload.deleteMany({ where: { id: uploadId } }).catch(() => {});
        throw error;
      }
    },

    find,

    async *bytes({ uploadId }, { start, end }) {
      for (let position = Math.floor(start / pieceBytes); position * pieceBytes <= end; position += 1) {
        const [row] = await database.$statement<{ bytes: Buffer }>(selectPiece, [uploadId, position]);
        if (!row) throw new Error('the attachment is gone');
        const offset = position * pieceBytes;
        yield row.bytes.subarray(Math.max(0, start - offset), end + 1 - offset);
      }
    },

    async remove(ref) {
      await find(ref);
      await changes.make(ref.userId, async (transaction) => {
        const where = { noteId: ref.id, userId: ref.userId, attachment: { isNot: null } };
        const { count } = await transaction.upload.deleteMany({ where });
        if (count === 0) throw new Refusal('not_found');
        await transaction.note.update({ where: { id: ref.id }, data: newRevision(now()) });
        return { kind: 'attachment', noteId: ref.id, result: undefined };
      });
    },
  };

  async function find({ userId, id }: NoteRef): Promise<StoredFile> {
    const row = await database.attachment.findFirst({
      where: { noteId: id, note: { userId } },
      select: { ...attachmentMembers, uploadId: true },
    });
    if (!row) throw new Refusal('not_found');
    const { uploadId, ...attachment } = row;
    return { ...describeAttachment(attachment), uploadId };
  }

  /** Clears away what earlier uploads of this user have left behind, and makes room for a new one. */
  async function begin({ userId, id }: NoteRef): Promise<string> {
    await database.$executeRaw`
      DELETE FROM "Upload" u
      WHERE u."userId" = ${userId}::uuid AND u."startedAt" < now() - make_interval(hours => ${abandonedHours}::int)
        AND NOT EXISTS (SELECT FROM "Attachment" a WHERE a."uploadId" = u.id)`;
    const uploadId = randomUUID();
    const count = await database.$executeRaw`
      INSERT INTO "Upload" (id, "userId", "noteId", "startedAt")
      SELECT ${uploadId}::uuid, "userId", id, now() FROM "Note" WHERE id = ${id}::uuid AND "userId" = ${userId}::uuid`;
    if (count === 0) throw new Refusal('not_found');
    return uploadId;
  }

  async function receive(upload: UploadRef, content: AsyncIterable<Uint8Array>) {
    const hash = createHash('sha256');
    let size = 0;
    let position = 0;
    for await (const piece of cutIntoPieces(withinLimit(content))) {
      hash.update(piece);
      size += piece.length;
      await storePiece(upload, position, piece);
      position += 1;
    }
    return { size, sha256: hash.digest() };
  }

  /** Counts everything that the user has stored, what is under way and what was left behind included. */
  async function storePiece({ uploadId, userId }: UploadRef, position: number, bytes: Buffer): Promise<void> {
    const stored = await database.$statement(insertPiece, [uploadId, userId, position, bytes, mostPieces]);
    if (stored.length > 0) return;
    // Deleting a note deletes what is being uploaded for it.
    const isWanted = (await database.upload.count({ where: { id: uploadId } })) > 0;
    throw new Refusal(isWanted ? 'quota_exceeded' : 'not_found');
  }

  function show({ userId, id }: NoteRef, file: CompleteFile): Promise<Attachment> {
    return changes.make(userId, async (transaction) => {
      const { count } = await transaction.note.updateMany({ where: { id, userId }, data: newRevision(now()) });
      if (count === 0) throw new Refusal('not_found');
      const data = { ...file, uploadedAt: new Date(now()) };
      const previous = await transaction.attachment.findUnique({ where: { noteId: id }, select: { uploadId: true } });
      const attachment = await transaction.attachment.upsert({
        where: { noteId: id },
        create: { noteId: id, ...data },
        update: data,
        select: attachmentMembers,
      });
      if (previous) await transaction.upload.delete({ where: { id: previous.uploadId } });
      return { kind: 'attachment', noteId: id, result: describeAttachment(attachment) };
    });
  }
}

interface UploadRef {
  readonly uploadId: string;
  readonly userId: string;
}

type CompleteFile = Omit<StoredFile, 'uploadedAt'>;

async function* withinLimit(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > noteLimits.attachmentBytes) throw new Refusal('payload_too_large');
    yield chunk;
  }
}
