/** Somebody at an address of their own: Linux lets a client be anyone in 127.0.0.0/8. */
import { request } from 'node:http';

/** What is sent. The body is JSON, or a form where it is text. */
export interface Call {
  readonly url: string;
  /** Where the caller is, as the server's socket sees it. */
  readonly from: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}

/** What came back. */
export interface Called {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Posts on a connection of its own. */
export function post({ url, from, headers = {}, body }: Call): Promise<Called> {
  const isForm = typeof body === 'string';
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const options = { method: 'POST', localAddress: from, agent: false, headers: { 'content-type': type, ...headers } };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(isForm ? body : JSON.stringify(body));
  });
}
