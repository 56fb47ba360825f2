/** Sends a file to a note. With `XMLHttpRequest`: `fetch()` cannot tell how far an upload has come. */
import type { Attachment } from '@footbridge/contracts';
import { apiTarget } from '@footbridge/next/client';
import { type Answer, isObject, judgeAnswer } from './answer.ts';
import { attachmentPath, readNote } from './notes-api.ts';

/** What a sender wants to know, and how it ends early. */
export interface UploadOptions {
  /** Called with the bytes that have left. */
  readonly onProgress: (sentBytes: number) => void;
  readonly signal: AbortSignal;
}

/** What an upload comes to. */
export type UploadResult = Answer<Attachment> | { readonly kind: 'cancelled' };

/** Never rejects. What was attached before stays until all of the file has arrived. */
export async function uploadAttachment(noteId: string, file: File, options: UploadOptions): Promise<UploadResult> {
  const result = await send(noteId, file, options);
  if (result.kind !== 'over') return result;
  // Straight to the API nobody renews the tokens of this request; any other call of this page does.
  const check = await readNote(noteId);
  return check.kind === 'ok' ? send(noteId, file, options) : check;
}

/** The name that the API keeps: one line, no path, no more than it takes. The end is what names the kind of file. */
export function attachmentName(fileName: string): string {
  const plain = fileName.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029/\\]/gu, '_');
  return plain.slice(-mostCharacters).toWellFormed().trim();
}

const mostCharacters = 255;

function send(noteId: string, file: File, { onProgress, signal }: UploadOptions): Promise<UploadResult> {
  const name = attachmentName(file.name);
  const query = name === '' ? '' : `?${new URLSearchParams({ name })}`;
  const { url, credentials, headers } = apiTarget(attachmentPath(noteId) + query);
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ kind: 'cancelled' });
      return;
    }
    const request = new XMLHttpRequest();
    const cancel = (): void => request.abort();
    const finish = (result: UploadResult): void => {
      signal.removeEventListener('abort', cancel);
      resolve(result);
    };
    request.open('POST', url);
    request.withCredentials = credentials === 'include';
    request.responseType = 'json';
    for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    request.addEventListener('load', () => finish(judgeAnswer(request.status, request.response, attachmentOf)));
    request.addEventListener('error', () => finish({ kind: 'unavailable' }));
    request.addEventListener('abort', () => finish({ kind: 'cancelled' }));
    signal.addEventListener('abort', cancel);
    request.send(file);
  });
}

function attachmentOf(data: unknown): Attachment | undefined {
  const found = isObject(data) ? data['attachment'] : undefined;
  return isAttachment(found) ? found : undefined;
}

function isAttachment(value: unknown): value is Attachment {
  return isObject(value) && typeof value['sha256'] === 'string' && typeof value['size'] === 'number';
}
