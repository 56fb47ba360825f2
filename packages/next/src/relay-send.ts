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
  readonly body: () => ReadableStream<Uint8Array>;
  /** Closes the connection, and ends the body where it stands. */
  readonly end: () => void;
  /** Calls back when the call is over, however it ended; at once where it is. */
  readonly onOver: (listener: () => void) => void;
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

const mostConnectMs = 10_000;

/** Sends a call, and once more what a closed connection may have lost. Follows no redirect, never rejects. */
export function send(request: UpstreamRequest, options: SendOptions): Promise<Sent> {
  const call = { method: request.method, hasBody: options.upload !== undefined };
  return new Promise((resolve) => {
    sendOnce(request, options, (sent) => {
      if (sent.kind === 'failed' && mayRepeat(sent.failure, call)) sendOnce(request, options, resolve);
      else resolve(sent);
    });
  });
}

function sendOnce(request: UpstreamRequest, options: SendOptions, settle: (sent: Sent) => void): void {
  const { upload } = options;
  const headers = request.headers.flat();
  if (upload?.contentLength !== undefined) headers.push('content-length', upload.contentLength);
  agentFor(request).dispatch(
    {
      origin: request.origin,
      path: request.path,
      method: request.method,
      headers,
      body: upload?.stream ?? null,
      headersTimeout: request.headersTimeoutMs,
      bodyTimeout: 0, // an event stream may be silent for hours
    },
    createHandler(options, settle),
  );
}

/** One pool of connections for all bundles of the process. */
function agentFor({ headersTimeoutMs }: UpstreamRequest): Agent {
  const connectTimeout = Math.min(mostConnectMs, headersTimeoutMs);
  return processWide(`relay.agent.${connectTimeout}`, () => new Agent({ connectTimeout }));
}

function createHandler({ signal, upload }: SendOptions, settle: (sent: Sent) => void): Dispatcher.DispatchHandler {
  const download = createDownload();
  let connection: Dispatcher.DispatchController | undefined;
  let isSettled = false;

  /** The first outcome is the call's: what comes after a head is the body's own affair. */
  const resolve = (sent: Sent) => {
    if (!isSettled) settle(sent);
    isSettled = true;
  };
  const leave = () => {
    connection?.abort(new Error('the browser has gone'));
    resolve({ kind: 'left' });
  };
  signal.addEventListener('abort', leave, { once: true });
  download.onOver(() => signal.removeEventListener('abort', leave));

  return {
    onRequestStart(controller) {
      connection = controller;
      download.attach(controller);
      if (signal.aborted) leave();
    },
    onResponseStart(...[, status, headers, statusText = '']) {
      if (status < 200) return; // informational: the answer is still to come
      const { stream: body, end, onOver } = download;
      resolve({ kind: 'answer', head: { status, statusText, headers: fieldsOf(headers) }, body, end, onOver });
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
  const fields: HeaderField[] = [];
  for (const [name, value = []] of Object.entries(headers)) {
    if (typeof value === 'string') fields.push([name, value]);
    else for (const one of value) fields.push([name, one]);
  }
  return fields;
}
