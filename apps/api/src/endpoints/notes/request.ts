/** Reads what requests about notes say beside their bodies: the path, the query, the conditions. */
import { fieldErrors } from '@footbridge/contracts';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { NoteRef, Precondition } from '../../notes/notes.ts';
import { Refusal } from '../../refusal.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const entityTags = /^(?:W\/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e]*")*$/; // RFC 9110, section 8.8.3

/** The note that the path names. What cannot be a note's id is nobody's note. */
export function noteRef(request: Request, userId: string): NoteRef {
  const id = String(request.params['id']);
  if (!uuid.test(id)) throw new Refusal('not_found');
  return { userId, id };
}

/** Reads the query string. Refused with `validation_failed`; of a parameter that is there twice, the last one counts. */
export function readQuery<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  const start = request.url.indexOf('?');
  const query = new URLSearchParams(start < 0 ? '' : request.url.slice(start + 1));
  const result = schema.safeParse(Object.fromEntries(query));
  if (!result.success) throw new Refusal('validation_failed', { errors: fieldErrors(result.error) });
  return result.data;
}

/** Names the note's revision as its entity tag. */
export function tagRevision(response: Response, revision: number): void {
  response.set('ETag', `"${revision}"`);
}

/** What `If-Match` asks for (RFC 9110, section 13.1.1); nothing without it. A weak tag matches no revision. */
export function ifMatch(request: Request): Precondition {
  const value = request.get('if-match')?.trim();
  if (value === undefined || value === '*') return () => true;
  if (!entityTags.test(value)) throw new Refusal('invalid_request');
  const tags = new Set(value.split(',').map((tag) => tag.trim()));
  return (revision) => tags.has(`"${revision}"`);
}
