/** Reads the form that is posted to a page ahead of Next.js, which answers one that it cannot read with a 500. */
import { IncomingMessage } from 'node:http';
import type { ErrorCode } from '@footbridge/contracts';

/** The largest form that a server action takes, in bytes: Next.js's own default, and its setting in `next.config.ts`. */
export const largestFormBytes = 1024 * 1024;

/** What became of a form. */
export type PostedForm =
  /** The same request again, whose body is there as a whole. */
  | { readonly kind: 'form'; readonly request: IncomingMessage }
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  /** The client left before its end. */
  | { readonly kind: 'cut_off' };

/** Whether the body is what a form with a server action sends, by the same test as Next.js. */
export function isMultipart({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('multipart/form-data') === true;
}

/** Reads a body of `multipart/form-data` (RFC 7578) to its end, up to the limit. */
export async function readForm(request: IncomingMessage): Promise<PostedForm> {
  const body = await readBytes(request);
  if (body === 'too_large') return { kind: 'refused', code: 'payload_too_large' };
  if (body === 'cut_off') return { kind: 'cut_off' };
  if (!(await isForm(body, request.headers['content-type']))) return { kind: 'refused', code: 'invalid_request' };
  return { kind: 'form', request: again(request, body) };
}

async function readBytes(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | 'too_large' | 'cut_off'> {
  if (Number(request.headers['content-length'] ?? 0) > largestFormBytes) return 'too_large';
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Not destroyed on the way out: the connection has the answer to carry.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.byteLength;
      if (size > largestFormBytes) return 'too_large';
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return 'cut_off';
  }
}

async function isForm(body: Buffer<ArrayBuffer>, contentType = ''): Promise<boolean> {
  try {
    await new Response(body, { headers: { 'content-type': contentType } }).formData();
    return true;
  } catch {
    return false;
  }
}

/** A message with a body that was read cannot be read again, but there can be another message. */
function again(request: IncomingMessage, body: Buffer): IncomingMessage {
  const { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  const message = new IncomingMessage(request.socket);
  Object.assign(message, { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor });
  message.push(body);
  message.push(null);
  message.complete = true;
  return message;
}
