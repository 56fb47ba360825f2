/** What tests do with notes: write some, attach files, and read a live feed. */
import { createHash, randomBytes } from 'node:crypto';
import { type Note, type NoteDraft, type NoteEvent, note as noteSchema } from '@footbridge/contracts';
import type { Express } from 'express';
import request from 'supertest';
import { vi } from 'vitest';
import { readBlocks } from './event-blocks.ts';
import { asBearer } from './test-app.ts';

/** Where a test asks: an app, or the origin of one that listens. */
export type Target = Express | string;

/** Writes a note through the wire. */
export async function writeNote(target: Target, token: string, draft: Partial<NoteDraft> = {}): Promise<Note> {
  const post = asBearer(request(target).post('/api/notes'), token);
  const { body } = await post.send({ title: 'a note', ...draft }).expect(201);
  return body.data.note;
}

/** Asks for one note. */
export function readNote(target: Target, token: string, id: string): request.Test {
  return asBearer(request(target).get(`/api/notes/${id}`), token);
}

/** Uploads bytes as the attachment of a note. */
export function upload(target: Target, token: string, { id, bytes, query = '' }: UploadOptions): request.Test {
  const post = asBearer(request(target).post(`/api/notes/${id}/attachment${query}`), token);
  return post.set('Content-Type', 'application/octet-stream').send(bytes);
}

/** What to upload, where; `query` begins with its question mark. */
export interface UploadOptions {
  readonly id: string;
  readonly bytes: Buffer;
  readonly query?: string;
}

/** Downloads the attachment of a note, byte for byte. */
export function download(target: Target, token: string, id: string): request.Test {
  return asBearer(request(target).get(`/api/notes/${id}/attachment`), token)
    .buffer(true)
    .parse(bytesOf);
}

/** Bytes that nobody compresses. */
export const someBytes = (size: number): Buffer => randomBytes(size);

/** The SHA-256 of some bytes, in hexadecimal. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bytesOf(response: request.Response, done: (error: Error | null, body: unknown) => void): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => done(null, Buffer.concat(chunks)));
  response.on('error', (error: Error) => done(error, undefined));
}

/** One event as it came. */
export interface NoteFeedEvent {
  readonly kind: string;
  readonly id: string;
  readonly data: { readonly note?: Note; readonly id?: string };
}

/** An open feed. */
export interface OpenNoteFeed {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly NoteFeedEvent[];
  /** The last `id` that came, with an event or without. */
  lastEventId(): string | undefined;
  /** Whether the server has ended it. */
  isOver(): boolean;
  /** Waits until the latest event is of a kind. */
  tells(kind: NoteEvent): Promise<NoteFeedEvent>;
  leave(): void;
}

/** Opens the feed of a user's notes. */
export async function openNoteFeed(origin: string, token: string, lastEventId?: string): Promise<OpenNoteFeed> {
  const leaving = new AbortController();
  const response = await fetch(`${origin}/api/notes/events`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: leaving.signal,
  });
  const events: NoteFeedEvent[] = [];
  let last: string | undefined;
  const take = (block: string): void => {
    if (block.startsWith(':')) return;
    const [, kind, id, data] = /^(?:event: (\w+)\n)?id: (\d+)(?:\ndata: (.+))?$/.exec(block) ?? [];
    if (id === undefined) throw new Error(`not an event: ${block}`);
    last = id;
    if (kind !== undefined && data !== undefined) events.push({ kind, id, data: readData(data) });
  };
  const { isOver } = readBlocks(response, take);

  return {
    status: response.status,
    headers: response.headers,
    events,
    lastEventId: () => last,
    isOver,
    tells: (kind) =>
      vi.waitFor(
        () => {
          const event = events.at(-1);
          if (event?.kind !== kind) throw new Error(`the feed has not told of "${kind}"`);
          return event;
        },
        { timeout: 10_000, interval: 10 },
      ),
    leave: () => leaving.abort(),
  };
}

function readData(json: string): NoteFeedEvent['data'] {
  const data = JSON.parse(json);
  return 'note' in data ? { note: noteSchema.strict().parse(data.note) } : data;
}
