/** One request to the API, sent once: undici's dispatch, less what a relay has no use for. */
import type { Readable } from 'node:stream';
import type { UpstreamHead, UpstreamRequest } from '@footbridge/core';
import type { Dispatcher } from 'undici';
import { flat, pairs } from './fields.ts';

/** The body of a request; without a `length` it goes in chunks. */
export interface Body {
  readonly stream: Readable;
  readonly length: string | undefined;
}

/** What is sent. */
export interface Sending {
  readonly upstream: UpstreamRequest;
  readonly body: Body | undefined;
}

/** Told of what happens, in this order. One of `onEnd` and `onError` is the last; after `abort()` nothing comes. */
export interface AttemptEvents {
  /** There is a connection: the body is about to be read. */
  onConnected(): void;
  /** Interim answers (1xx) are none of the client's business. */
  onHead(head: UpstreamHead): void;
  onData(chunk: Buffer): void;
  /** Trailers are dropped: nothing vouches for them. */
  onEnd(): void;
  onError(error: Error): void;
}

/** A request under way. */
export interface Attempt {
  /** Reads no more of the answer, until `resume()`. */
  pause(): void;
  resume(): void;
  /** Closes the connection at once, whatever is under way on it. */
  abort(): void;
}

/** Sends a request on a kept connection. Follows no redirect and decodes nothing. */
export function attempt(dispatcher: Dispatcher, { upstream, body }: Sending, events: AttemptEvents): Attempt {
  let controller: Dispatcher.DispatchController | undefined;
  let isAborted = false;
  const abort = (): void => {
    isAborted = true;
    controller?.abort(new Error('the exchange is over'));
    body?.stream.destroy();
  };
  const headers = flat(upstream.headers);
  if (body?.length !== undefined) headers.push('content-length', body.length);
  dispatcher.dispatch(
    {
      origin: upstream.origin,
      path: upstream.path,
      method: upstream.method,
      headers,
      body: body?.stream ?? null,
      headersTimeout: upstream.headersTimeoutMs,
    },
    {
      onRequestStart(given) {
        controller = given;
        if (isAborted) abort();
        else events.onConnected();
      },
      onResponseStart({ rawHeaders }, status, ...[, statusText = '']) {
        if (isAborted || status < 200) return;
        events.onHead({ status, statusText, headers: Array.isArray(rawHeaders) ? pairs(rawHeaders) : [] });
      },
      onResponseData(_controller, chunk) {
        if (!isAborted) events.onData(chunk);
      },
      onResponseEnd() {
        if (!isAborted) events.onEnd();
      },
      onResponseError(_controller, error) {
        if (!isAborted) events.onError(error);
      },
    },
  );
  return { pause: () => controller?.pause(), resume: () => controller?.resume(), abort };
}
