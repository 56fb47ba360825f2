/** Asks the API for a WebSocket, on a connection of its own. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import {
  type HeaderField,
  type RelayFailure,
  relayFailure,
  type UpstreamHead,
  type UpstreamRequest,
} from '@footbridge/core';
import { flat, pairs } from '../fields.ts';

/** What became of it. */
export type Dialled =
  | { readonly kind: 'open'; readonly answer: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }
  | { readonly kind: 'refused'; readonly answer: IncomingMessage }
  | { readonly kind: 'failed'; readonly failure: RelayFailure };

/** What is asked, with the handshake's own fields, until `signal` says that nobody waits any more. */
export interface Dialling {
  readonly upstream: UpstreamRequest;
  readonly fields: readonly HeaderField[];
  readonly signal: AbortSignal;
}

/** Sends the handshake and waits for its answer, connecting included, as long as the call allows. Never rejects. */
export async function dial(dialling: Dialling): Promise<Dialled> {
  try {
    return await answerTo(dialling);
  } catch (error) {
    return { kind: 'failed', failure: relayFailure(error instanceof Error ? error : new Error('no answer')) };
  }
}

function answerTo({ upstream, fields, signal }: Dialling): Promise<Dialled> {
  const { host, hostname, port, protocol } = new URL(upstream.origin);
  const options = {
    host: hostname.replaceAll(/[[\]]/g, ''),
    port,
    path: upstream.path,
    method: upstream.method,
    headers: flat([['host', host], ...fields]),
    agent: false,
    allowHalfOpen: true,
    signal,
  };
  const asking = (protocol === 'https:' ? https : http).request(options);
  const patience = setTimeout(() => asking.destroy(timeout()), upstream.headersTimeoutMs);
  return new Promise<Dialled>((resolve, reject) => {
    asking
      .on('error', reject)
      .on('upgrade', (answer, socket, head) => {
        socket.on('error', () => socket.destroy());
        resolve({ kind: 'open', answer, socket, head });
      })
      .on('response', (answer) => resolve({ kind: 'refused', answer }))
      .end();
  }).finally(() => clearTimeout(patience));
}

/** An answer as the relay judges it. */
export function headOf({ statusCode = 0, statusMessage = '', rawHeaders }: IncomingMessage): UpstreamHead {
  return { status: statusCode, statusText: statusMessage, headers: pairs(rawHeaders) };
}

function timeout(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}
