/** A person's script: keeps cookies and its connection, and shows every failure of the latter. */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type Agent } from 'node:http';
import { ask, type Head, keptConnections } from './relay/ask.ts';
import { type Field, valuesOf } from './relay/fields.ts';

/** What is sent: JSON, or a stream of bytes. */
export interface Sent {
  readonly method?: string;
  readonly json?: unknown;
  readonly bytes?: Readable | Buffer;
  readonly length?: number;
  readonly fields?: readonly Field[];
  readonly signal?: AbortSignal;
}

/** A whole answer. */
export interface Got {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly bytes: Buffer;
  readonly text: string;
}

/** Calls one frontend, one request after the other, on one connection for as long as it lasts. */
export class KeptClient {
  readonly email = `kept-${randomBytes(6).toString('hex')}@example.com`;
  readonly password = `pass-${randomBytes(6).toString('hex')}`;
  readonly #url: string;
  readonly #agent: Agent = keptConnections(1);
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Whether there is a session's cookie; the guard's own count of refreshes is none. */
  get isLoggedIn(): boolean {
    return [...this.#cookies.keys()].some((name) => /session|refresh$/.test(name));
  }

  register(): Promise<Got> {
    const { email, password } = this;
    return this.send('/api/register', { method: 'POST', json: { email, password, name: 'Kept' } });
  }

  logIn(): Promise<Got> {
    return this.logInAs(this);
  }

  logInAs({ email, password }: Pick<KeptClient, 'email' | 'password'>): Promise<Got> {
    return this.send('/api/login', { method: 'POST', json: { email, password } });
  }

  /** Opens a page as a document; a redirect is the caller's to follow. */
  page(path: string): Promise<Got> {
    return this.send(path, { fields: [['accept', 'text/html']] });
  }

  async send(target: string, sent: Sent = {}): Promise<Got> {
    const { body, status, fields } = await this.open(target, sent);
    const bytes = Buffer.concat(await body.toArray());
    return { status, fields, bytes, text: bytes.toString('utf8') };
  }

  /** Gives the answer at its head. Whoever leaves the body unread holds the connection. */
  async open(target: string, { method = 'GET', json, bytes, length, fields = [], signal }: Sent = {}): Promise<Head> {
    const body = json === undefined ? bytes : Buffer.from(JSON.stringify(json));
    const size = body instanceof Buffer ? body.byteLength : length;
    const type: Field[] = json === undefined ? [] : [['content-type', 'application/json']];
    const head = await ask(this.#url, {
      method,
      target,
      fields: [['sec-fetch-site', 'same-origin'], ['cookie', this.cookieHeader], ...type, ...fields],
      ...(body !== undefined && { body }),
      ...(size !== undefined && { length: size }),
      agent: this.#agent,
      ...(signal && { signal }),
    });
    for (const line of valuesOf(head.fields, 'set-cookie')) this.#keep(line);
    return head;
  }

  /** Somebody with the same cookies on a connection of their own. */
  twin(): KeptClient {
    const twin = new KeptClient(this.#url);
    for (const [name, value] of this.#cookies) twin.#cookies.set(name, value);
    return twin;
  }

  close(): void {
    this.#agent.destroy();
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const at = pair.indexOf('=');
    const isExpiry = attributes.some((attribute) => /^max-age=0$/i.test(attribute));
    if (isExpiry) this.#cookies.delete(pair.slice(0, at));
    else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
