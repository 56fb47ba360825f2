/** Reads a JSON body (RFC 8259), and turns everything that can be wrong with one into a refusal of the contract. */
import { type ErrorCode, fieldErrors } from '@footbridge/contracts';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { Refusal } from '../refusal.ts';
import { ignoreRest } from './ignore-rest.ts';

const mediaType = 'application/json';
const usualLimitBytes = 100 * 1024;
const patienceMs = 60_000; // a body this small takes no minute, unless its sender wants to hold the connection
const utf8 = new TextDecoder('utf-8', { fatal: true });
const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

/** Compressed bodies are refused: nothing that fits in the limit needs it, and a bomb would unpack here. */
const rawReader = (limit: number): RequestHandler => express.raw({ limit, type: mediaType, inflate: false });
const readUsual = rawReader(usualLimitBytes);

/** What the reader calls its complaints. */
const complaints: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'payload_too_large',
  'encoding.unsupported': 'unsupported_media_type',
};

/** One request, its answer in the making, and the schema that judges the body. `limitBytes` is 100 kB by default. */
export interface BodyOptions<Schema extends z.ZodType> {
  readonly request: Request;
  readonly response: Response;
  readonly schema: Schema;
  readonly limitBytes?: number;
}

/** Reads a body that must be there. Refuses what is not JSON, too large, malformed or not what the schema says. */
export async function readJson<Schema extends z.ZodType>(options: BodyOptions<Schema>): Promise<z.output<Schema>> {
  const { request, response, schema, limitBytes = usualLimitBytes } = options;
  if (!hasBody(request)) throw new Refusal('malformed_json');
  if (!isJson(request)) throw new Refusal('unsupported_media_type');
  refuseTooLarge(request, limitBytes);

  const result = schema.safeParse(decode(await readBytes(request, response, limitBytes)));
  if (!result.success) throw new Refusal('validation_failed', { errors: fieldErrors(result.error) });
  return result.data;
}

/** Whether the request carries a body at all (RFC 9112, section 6.3). */
export function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || announcedBytes(request) > 0;
}

/** JSON between systems is UTF-8 (RFC 8259, section 8.1); any other charset would be read as something it is not. */
function isJson(request: Request): boolean {
  const [, named = 'utf-8'] = charset.exec(request.get('content-type') ?? '') ?? [];
  return request.is(mediaType) === mediaType && named.toLowerCase() === 'utf-8';
}

/** The reader would wait for the end of a body before it complains of its length: whoever holds it back hears nothing. */
function refuseTooLarge(request: Request, limitBytes: number): void {
  if (announcedBytes(request) <= limitBytes) return;
  ignoreRest(request);
  throw new Refusal('payload_too_large');
}

function announcedBytes(request: Request): number {
  return Number(request.headers['content-length'] ?? 0);
}

function readBytes(request: Request, response: Response, limitBytes: number): Promise<unknown> {
  const read = limitBytes === usualLimitBytes ? readUsual : rawReader(limitBytes);
  return new Promise((resolve, reject) => {
    const impatience = setTimeout(() => request.destroy(), patienceMs);
    read(request, response, (error?: unknown) => {
      clearTimeout(impatience);
      if (error === undefined) resolve(request.body);
      else reject(asRefusal(error));
    });
  });
}

function asRefusal(error: unknown): Refusal {
  const type = error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : '';
  return new Refusal(complaints[type] ?? 'invalid_request', { cause: error });
}

function decode(bytes: unknown): unknown {
  if (!Buffer.isBuffer(bytes)) throw new Refusal('malformed_json');
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    // The parser's own message quotes the body, passwords included: it goes nowhere.
    throw new Refusal('malformed_json');
  }
}
