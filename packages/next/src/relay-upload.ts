/** What the browser sends with a relayed call, read as fast as the API takes it and no faster. */
import { Readable } from 'node:stream';

/** A request body on its way. */
export interface Upload {
  readonly stream: Readable;
  /** As the browser announced it; absent for a body that is sent in chunks. */
  readonly contentLength: string | undefined;
  /** Whether the browser broke off, which is no fault of the API. */
  readonly isBroken: () => boolean;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** The body of a request, unread; `undefined` when there is none. */
export async function uploadOf({ body, headers }: Request): Promise<Upload | undefined> {
  const length = headers.get('content-length');
  const isChunked = headers.has('transfer-encoding');
  if (body === null || (length === '0' && !isChunked)) return undefined;
  if (isChunked || length !== null) return createUpload(() => body.getReader(), isChunked ? null : length);

  // Next.js gives a body to every request that may have one. Without a header that frames it, only its end can tell.
  const reader = body.getReader();
  const first = await reader.read();
  return first.done ? undefined : createUpload(() => reader, null, first.value);
}

/** `open` is called when the API takes the first byte: a body that nobody wants stays with the server. */
function createUpload(open: () => Reader, length: string | null, first?: Uint8Array): Upload {
  let isBroken = false;

  async function read(reader: Reader) {
    try {
      return await reader.read();
    } catch (error) {
      isBroken = true;
      throw error;
    }
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const reader = open();
    try {
      if (first !== undefined) yield first;
      for (let part = await read(reader); !part.done; part = await read(reader)) yield part.value;
    } finally {
      void discard(reader);
    }
  }

  return {
    stream: Readable.from(chunks(), { objectMode: false }),
    contentLength: length !== null && /^\d+$/.test(length) ? length : undefined,
    isBroken: () => isBroken,
  };
}

/**
 * Reads the rest of a body of which the API took only a part before it answered. To cancel it would cut the very
 * connection on which the answer leaves; to leave it there would keep the next request from being read.
 */
async function discard(reader: Reader): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // The browser has gone.
  }
}
