/** Reads an upload from its request: what it says about itself, and its bytes at the pace at which they are stored. */
import { attachmentQuery, noteLimits } from '@footbridge/contracts';
import type { Request } from 'express';
import type { IncomingFile } from '../../notes/attachments.ts';
import { Refusal } from '../../refusal.ts';
import { readQuery } from './request.ts';

const anyType = 'application/octet-stream';
const longestType = 255;
const token = "[\\w!#$%&'*+.^`|~-]+"; // RFC 9110, sections 5.6.2 and 8.3.1
const quoted = '"[ \\x21\\x23-\\x5b\\x5d-\\x7e]*"';
const mediaType = new RegExp(`^${token}/${token}(?:[ \\t]*;[ \\t]*${token}=(?:${token}|${quoted}))*$`);
const digestMember = /^sha-256=:([A-Za-z0-9+/]{43}=):$/; // RFC 9530, section 2; RFC 8941, section 3.3.5

/** Refuses what is too large or encoded before it reads any of it. */
export function readIncoming(request: Request): IncomingFile {
  const { name } = readQuery(request, attachmentQuery);
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw new Refusal('unsupported_media_type');
  const contentType = contentTypeOf(request);
  const digest = digestOf(request);
  const announcedBytes = Number(request.headers['content-length'] ?? 0);
  if (announcedBytes > noteLimits.attachmentBytes) throw new Refusal('payload_too_large');
  return { content: arriving(request), contentType, name: name ?? null, digest };
}

function contentTypeOf(request: Request): string {
  const value = request.get('content-type') ?? anyType;
  if (value.length > longestType || !mediaType.test(value)) throw new Refusal('unsupported_media_type');
  return value;
}

/** Digests by other algorithms are for others: RFC 9530, section 2, has a recipient ignore what it does not know. */
function digestOf(request: Request): Buffer | undefined {
  const members = (request.get('content-digest') ?? '').split(',').map((member) => member.trim());
  const named = members.findLast((member) => member.startsWith('sha-256='));
  if (named === undefined) return undefined;
  const [, encoded] = digestMember.exec(named) ?? [];
  if (encoded === undefined) throw new Refusal('invalid_request');
  return Buffer.from(encoded, 'base64');
}

/** Leaves the request open when nobody reads on: the refusal has to go somewhere. */
async function* arriving(request: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* request.iterator({ destroyOnReturn: false });
  } catch (cause) {
    throw new Refusal('invalid_request', { cause }); // the sender is gone
  }
}
