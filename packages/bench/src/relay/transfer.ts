/** One large body through one hop, its bytes compared at the far end. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as ask } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { noise } from '../../fixtures/relay-hops/payload.ts';
import type { RunningHop } from './hops.ts';

const patienceMs = 300_000;

/** From the client or to it. */
export type Direction = 'up' | 'down';

/** What became of a body. */
export type Passage =
  | {
      readonly kind: 'whole';
      readonly seconds: number;
      /** Of the hop, in MiB; absent where there is none, or no telling. */
      readonly memory: { readonly before: number; readonly peak: number } | undefined;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** So many bytes of noise, and their SHA-256. */
export interface Body {
  readonly bytes: number;
  readonly digest: string;
}

/** Which way, and what. */
export interface TransferOptions {
  readonly direction: Direction;
  readonly body: Body;
}

/** Sends or reads one body, after one small answer, so that the hop has done all that it does only once. */
export async function transfer(running: RunningHop, { direction, body }: TransferOptions): Promise<Passage> {
  const { base, headers, memory } = running;
  await (await fetch(`${base}/bench/text`, { headers })).text();
  memory?.forgetPeak();
  const before = memory?.read().now;
  const startedAt = performance.now();
  try {
    const digest = await (direction === 'up' ? upload(running, body) : download(running, body));
    if (digest !== body.digest) return { kind: 'failed', reason: 'other bytes' };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'unknown' };
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const peak = memory?.read().peak;
  return {
    kind: 'whole',
    seconds,
    memory: before === undefined || peak === undefined ? undefined : { before, peak },
  };
}

/** The digest of what arrived at the upstream, as the upstream says. */
async function upload({ base, headers }: RunningHop, { bytes }: Body): Promise<string> {
  const framing = { 'content-type': 'application/octet-stream', 'content-length': bytes };
  const call = ask(`${base}/bench/digest`, {
    method: 'POST',
    headers: { ...headers, ...framing },
    signal: AbortSignal.timeout(patienceMs),
  });
  Readable.from(noise(bytes)).pipe(call);
  return answerOf(call, text);
}

/** The digest of what arrived here. */
async function download({ base, headers }: RunningHop, { bytes }: Body): Promise<string> {
  const call = ask(`${base}/bench/noise?bytes=${bytes}`, { headers, signal: AbortSignal.timeout(patienceMs) });
  call.end();
  return answerOf(call, digestOf);
}

async function digestOf(response: IncomingMessage): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of response) hash.update(part);
  return hash.digest('hex');
}

/** Throws the status of an answer that is none. */
async function answerOf(call: ClientRequest, read: (response: IncomingMessage) => Promise<string>): Promise<string> {
  call.on('error', () => {}); // also when the answer is there, and the rest of the body has nowhere to go
  try {
    const [response]: IncomingMessage[] = await once(call, 'response');
    if (response?.statusCode !== 200) throw new Error(String(response?.statusCode));
    return await read(response);
  } finally {
    call.destroy();
  }
}
