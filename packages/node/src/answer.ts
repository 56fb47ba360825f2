/** The client's side of an exchange: heads, whole answers, and their end, orderly or not. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UpstreamHead } from '@footbridge/core';
import { flat } from './fields.ts';
import { discard, isLongUnread } from './unread-body.ts';

/** A request and its response, as a Node server hands them over. */
export interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Writes the head. It tells the client that the connection ends where too much of the request is still to come. */
export function writeHead({ request, response }: Message, { status, statusText, headers }: UpstreamHead): void {
  if (isLongUnread(request)) response.shouldKeepAlive = false;
  response.writeHead(status, statusText, flat(headers));
}

/** Whether an answer ends with its head (RFC 9112, section 6.3). */
export function endsWithHead({ method }: IncomingMessage, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** Sends an answer that is not the API's. */
export async function sendAnswer(message: Message, answer: Response): Promise<void> {
  const { request, response } = message;
  const body = Buffer.from(await answer.arrayBuffer());
  if (isLongUnread(request)) response.shouldKeepAlive = false;
  const isBodiless = endsWithHead(request, answer.status);
  const length = isBodiless ? [] : ['content-length', String(body.byteLength)];
  response.writeHead(answer.status, [...flat([...answer.headers]), ...length]);
  if (!isBodiless) response.write(body);
  await finish(message);
}

/** Ends a response in order, whatever is left of the request; at once where that is little. */
export function finish({ request, response }: Message): Promise<void> | undefined {
  if (isLongUnread(request)) return discard(request).then(() => void response.end());
  request.resume();
  response.end();
  return undefined;
}

/** Ends a response that is not whole, so that nobody can take it for whole. */
export function cut({ request: { socket, httpVersion } }: Message): void {
  if (httpVersion !== '1.0') return void socket.destroy();
  try {
    socket.resetAndDestroy(); // before HTTP/1.1 an orderly end of the connection is the end of the body
  } catch {
    socket.destroy(); // TLS has no reset
  }
}
