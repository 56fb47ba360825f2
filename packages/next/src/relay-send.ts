/** One call to the API over a kept-alive connection, streamed in both directions with back-pressure. */
import {
  type HeaderField,
  mayRepeat,
  type RelayFailure,
  relayFailure,
  type UpstreamHead,
  type UpstreamRequest,
} from '@footbridge/core';
import { Agent, type Dispatcher } from 'undici';
import { processWide } from './process-wide.ts';
import { createDownload } from './relay-download.ts';
import type { Upload } from './relay-upload.ts';

/** The API's answer: its head is there, its body is on its way. */
export interface Answer {
  readonly kind: 'answer';
  readonly head: UpstreamHead;
  /** Errors when the API breaks off. Cancelling it closes the connection. */
  readonly body: ReadableStream<Uint8Array>;
  /** Closes the connection, and ends the body where it stands. */
  readonly end: () => void;
  /** Resolves when the call is over, however it ended. */
  readonly over: Promise<void>;
}

/** What came of a call. */
export type Sent =
  | Answer
  | { readonly kind: 'failed'; readonly failure: RelayFailure }
  /** The browser has gone. */
  | { readonly kind: 'left' };

/** What `send()` takes beside the request. */
export interface SendOptions {
  /** Aborts when the browser leaves. */
  readonly signal: AbortSignal;
  readonly upload?: Upload | undefined;
}

/** Sends a call, and once more what a closed connection may have lost. Follows no redirect, never rejects. */
export async function send(request: UpstreamRequest, options: SendOptions): Promise<Sent> {
  const sent = await sendOnce(request, options);
  const call = { method: request.method, hasBody: options.upload !== undefined };
  return sent.kind === 'failed' && mayRepeat(sent.failure, call) ? sendOnce(request, options) : sent;
}

function sendOnce(request: UpstreamRequest, options: SendOptions): Promise<Sent> {
  const { upload } = options;
  const length = upload?.contentLength;
  return new Promise((resolve) => {
    agent().dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers: [...request.headers.flat(), ...(length === undefined ? [] : ['content-length', length])],
        body: upload?.stream ?? null,
        headersTimeout: request.headersTimeoutMs,
        bodyTimeout: 0, // an event stream may be silent for hours
      },
      createHandler(options, resolve),
    );
  });
}

/** One pool of connections for all bundles of the process. */
function agent(): Agent {
  return processWide('relay.agent', () => new Agent());
}

/** Every call of `resolve` after the first is lost, as it is meant to be: an answer has one outcome. */
function createHandler({ signal, upload }: SendOptions, resolve: (sent: Sent) => void): Dispatcher.DispatchHandler {
  const download = createDownload();
  let connection: Dispatcher.DispatchController | undefined;

  const leave = () => {
    connection?.abort(new Error('the browser has gone'));
    resolve({ kind: 'left' });
  };
  signal.addEventListener('abort', leave, { once: true });
  void download.over.then(() => signal.removeEventListener('abort', leave));

  return {
    onRequestStart(controller) {
      connection = controller;
      download.attach(controller);
      if (signal.aborted) leave();
    },
    onResponseStart(...[, status, headers, statusText = '']) {
      if (status < 200) return; // informational: the answer is still to come
      download.begin();
      const { stream: body, end, over } = download;
      resolve({ kind: 'answer', head: { status, statusText, headers: fieldsOf(headers) }, body, end, over });
    },
    onResponseData: (_controller, chunk) => download.push(chunk),
    onResponseEnd: () => download.close(),
    onResponseError(_controller, error) {
      download.fail(error);
      const isLeft = signal.aborted || upload?.isBroken() === true;
      resolve(isLeft ? { kind: 'left' } : { kind: 'failed', failure: relayFailure(error) });
    },
  };
}

function fieldsOf(headers: Record<string, string | string[] | undefined>): HeaderField[] {
  return Object.entries(headers).flatMap(([name, value = []]) =>
    (Array.isArray(value) ? value : [value]).map((one): HeaderField => [name, one]),
  );
}
