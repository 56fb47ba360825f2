/** Sends what the fuzzer has made, and tells what came of it. */
import type { Agent } from 'node:http';
import { createGunzip } from 'node:zlib';
import { ask } from '../relay/ask.ts';
import { type Field, valuesOf } from '../relay/fields.ts';
import { exchangeRaw, statusOf } from '../relay/raw-connection.ts';
import type { Asked } from './asked.ts';

/** An answer, or why there is none. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly fields: readonly Field[]; readonly text: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Where the two apps listen, and by what they are reached. */
export interface Line {
  readonly urls: Readonly<Record<'api' | 'web', string>>;
  readonly agent: Agent;
}

const patienceMs = 30_000;
const mostBytes = 2 * 1024 * 1024;

export async function send(asked: Asked, { urls, agent }: Line): Promise<Answer> {
  const url = urls[asked.app];
  if (asked.isRaw) return sendRaw(asked, Number(new URL(url).port));
  const { method, target, fields, body } = asked;
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const length = body === undefined ? {} : { length: body.byteLength, body };
    const head = await ask(url, { method, target, fields, ...length, agent, signal });
    const isEndless = head.fields.some(([, value]) => value.startsWith('text/event-stream'));
    if (isEndless) head.body.destroy();
    const isPacked = valuesOf(head.fields, 'content-encoding').includes('gzip');
    const text = isEndless ? '' : await read(isPacked ? head.body.pipe(createGunzip()) : head.body);
    return { kind: 'answer', status: head.status, fields: head.fields, text };
  } catch (error) {
    return { kind: 'none', reason: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' };
  }
}

async function read(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes < mostBytes) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A server may close a connection on nonsense without a word. */
async function sendRaw({ body = Buffer.alloc(0) }: Asked, port: number): Promise<Answer> {
  const text = await exchangeRaw(port, body, 100);
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const fields = head
    .split('\r\n')
    .slice(1)
    .map((line): Field => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  return { kind: 'answer', status: statusOf(text), fields, text: rest.join('\r\n\r\n') };
}
