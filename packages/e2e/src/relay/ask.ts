/** A client that sends what it is told, byte for byte, and keeps what comes: `node:http` without any help of `fetch`. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Digest, digestOf } from './bytes.ts';
import { type Field, fieldsOf } from './fields.ts';

/** What is asked. */
export interface Question {
  readonly method?: string;
  /** Path and query, raw. */
  readonly target: string;
  readonly fields?: readonly Field[];
  readonly body?: Buffer | Readable;
  /** Says the length beforehand; without it a body goes in chunks. */
  readonly length?: number;
  readonly agent?: Agent;
  /** Gives up, whatever is under way. */
  readonly signal?: AbortSignal;
}

/** What came before the body. */
export interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly fields: readonly Field[];
  readonly body: IncomingMessage;
}

/** A whole answer. */
export interface Answer extends Omit<Head, 'body'> {
  readonly digest: Digest;
}

/** Asks a server of this machine, and answers as soon as there is a head. Rejects without one. */
export function ask(url: string, question: Question): Promise<Head> {
  const { port, host } = new URL(url);
  const { method = 'GET', target, fields = [], body, length, agent, signal } = question;
  const framing: Field[] =
    length === undefined ? [['transfer-encoding', 'chunked']] : [['content-length', `${length}`]];
  const headers = [['host', host] as const, ...fields, ...(body || length !== undefined ? framing : [])].flat();
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, method, path: target, headers, agent: agent ?? false, ...(signal && { signal }) },
      (answer) => {
        const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = answer;
        resolve({ status, statusText, fields: fieldsOf(rawHeaders), body: answer });
      },
    );
    asking.on('error', reject);
    if (body instanceof Readable) pipeline(body, asking).catch(reject);
    else asking.end(body);
  });
}

/** Asks and reads the answer to its end. Rejects when it breaks off. */
export async function askWhole(url: string, question: Question): Promise<Answer> {
  const { body, ...head } = await ask(url, question);
  return { ...head, digest: await digestOf(body) };
}

/** Asks and reads the answer as text. Rejects when it breaks off. */
export async function askText(url: string, question: Question): Promise<Omit<Answer, 'digest'> & { text: string }> {
  const { body, ...head } = await ask(url, question);
  return { ...head, text: Buffer.concat(await body.toArray()).toString('utf8') };
}

/** Keeps that many connections. */
export function keptConnections(count: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: count });
}
