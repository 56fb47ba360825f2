/** The people whom the fuzzer borrows credentials from. It may log them out, so there are new ones all the time. */
import { KeptClient } from '../kept-client.ts';
import { askText } from '../relay/ask.ts';
import type { Cluster } from '../cluster.ts';

/** Somebody who is logged in at both apps, and has a note. */
export interface Person {
  readonly cookie: string;
  /** A whole `Authorization` value. */
  readonly bearer: string;
  readonly clientCredential: string;
  /** Of a note and of a session, one's own. */
  readonly ids: readonly string[];
}

/** Registers somebody. */
export async function newPerson({ webUrl, apiUrl, clientCredential }: Cluster): Promise<Person> {
  const client = new KeptClient(webUrl);
  const registered = await client.register();
  if (registered.status !== 201) throw new Error(`register answered ${registered.status}`);
  const note = await client.send('/api/proxy/notes', { method: 'POST', json: { title: 'a note' } });
  const sessions = await client.send('/api/proxy/sessions');
  const login = Buffer.from(JSON.stringify({ email: client.email, password: client.password }));
  const { text } = await askText(apiUrl, {
    method: 'POST',
    target: '/api/login',
    fields: [
      ['authorization', clientCredential],
      ['content-type', 'application/json'],
    ],
    body: login,
    length: login.byteLength,
  });
  client.close();
  const token = /"token":"([^"]+)"/.exec(text)?.[1] ?? '';
  const ids = [note, sessions].map((answer) => /"id":"([^"]+)"/.exec(answer.text)?.[1] ?? 'none');
  return { cookie: client.cookieHeader, bearer: `Bearer ${token}`, clientCredential, ids };
}
