/** Reads what a browser sent: JSON from scripts, form fields from plain HTML, up to a limit (RFC 9110, section 8.3). */
import type { ErrorCode } from '@footbridge/contracts';

const largestBodyBytes = 100_000;

/** A body that was read, or the code of its fault. */
export type RequestBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly value: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

const formType = 'application/x-www-form-urlencoded';

/** The media type of a `Content-Type` header, without its parameters. */
export function mediaType(contentType: string | null): string {
  return (contentType ?? '').split(';', 1).join('').trim().toLowerCase();
}

/** Whether a plain HTML form sent this request. */
export function isForm(request: Request): boolean {
  return mediaType(request.headers.get('content-type')) === formType;
}

/** Reads and parses a body. Every fault is the sender's and has a code; a field left empty counts as not sent. */
export async function readBody(request: Request): Promise<RequestBody> {
  const type = mediaType(request.headers.get('content-type'));
  const isEncoded = request.headers.has('content-encoding');
  const isReadable = (type === 'application/json' || type === formType) && !isEncoded;
  if (!isReadable) return { kind: 'refused', code: 'unsupported_media_type' };

  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > largestBodyBytes) return { kind: 'refused', code: 'payload_too_large' };
  const read = await readText(request.body, largestBodyBytes);
  if (read.kind === 'too_large') return { kind: 'refused', code: 'payload_too_large' };
  if (read.kind === 'broken') {
    return { kind: 'refused', code: type === formType ? 'invalid_request' : 'malformed_json' };
  }
  return type === formType ? { kind: 'form', value: formFields(read.text) } : parseJson(read.text);
}

/** Text that was read to its end, or why not. */
export type ReadText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too_large' }
  /** Cut off, or not UTF-8. */
  | { readonly kind: 'broken' };

/** Counts while it reads: a length header is only a claim, and a chunked body has none. */
export async function readText(body: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<ReadText> {
  if (body === null) return { kind: 'text', text: '' };
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > limitBytes) {
        void reader.cancel().catch(() => undefined); // the sender's own trouble, not ours
        return { kind: 'too_large' };
      }
      text += decoder.decode(part.value, { stream: true });
    }
    return { kind: 'text', text: text + decoder.decode() };
  } catch {
    return { kind: 'broken' };
  }
}

function parseJson(text: string): RequestBody {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'refused', code: 'malformed_json' };
  }
}

function formFields(text: string): Record<string, string> {
  return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value !== ''));
}
