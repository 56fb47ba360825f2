/** People who do everything that both apps are for, without a pause, and keep a list of what failed. */
import { digestOfBytes, manyBytes } from './relay/bytes.ts';
import { ask, askText, keptConnections } from './relay/ask.ts';
import { KeptClient } from './kept-client.ts';

/** Where they go, and how many they are. */
export interface LoadOptions {
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly clientCredential: string;
  readonly people: number;
}

/** What came of it: how often each thing was done, and every time it was not. */
export interface LoadReport {
  readonly done: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** Work that goes on. */
export interface Load {
  /** Lets everybody finish what they are at. */
  stop(): Promise<LoadReport>;
}

const fileBytes = 400_000;

/** Begins when everybody is logged in and has something to read. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const done: Record<string, number> = {};
  const failures: string[] = [];
  let isOver = false;
  const attempt: Attempt = async (what, work) => {
    const start = new Date().toISOString();
    try {
      await work();
      done[what] = (done[what] ?? 0) + 1;
    } catch (error) {
      failures.push(`${start} ${what}: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  };
  const people = await Promise.all(Array.from({ length: options.people }, () => newPerson(options.webUrl)));
  const reader = new KeptClient(options.webUrl); // on a session of its own, for a login ends the one before it
  expectStatus(await reader.register(), 201);
  const lives = people.flatMap((person) => [
    repeat(
      () => isOver,
      () => live(person, attempt),
    ),
    repeat(
      () => isOver,
      () => attempt('events', () => follow(reader.twin(), () => isOver)),
    ),
  ]);
  const program = await newProgram(options);
  lives.push(
    repeat(
      () => isOver,
      () => attempt('verify', program),
    ),
  );
  return {
    async stop() {
      isOver = true;
      await Promise.all(lives);
      for (const { client } of people) client.close();
      return { done, failures };
    },
  };
}

type Attempt = (what: string, work: () => Promise<void>) => Promise<void>;

interface Person {
  readonly client: KeptClient;
  readonly note: string;
}

async function repeat(isOver: () => boolean, work: () => Promise<void>): Promise<void> {
  while (!isOver()) {
    await work();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function newPerson(webUrl: string): Promise<Person> {
  const client = new KeptClient(webUrl);
  expectStatus(await client.register(), 201);
  return { client, note: await addNote(client) };
}

async function addNote(client: KeptClient): Promise<string> {
  const answer = await client.send('/api/proxy/notes', { method: 'POST', json: { title: 'under load' } });
  expectStatus(answer, 201);
  const id = /"id":"([^"]+)"/.exec(answer.text)?.[1];
  if (id === undefined) throw new Error('a note without an id');
  return id;
}

/** One round of everything a person does. */
async function live({ client, note }: Person, attempt: Attempt): Promise<void> {
  const attachment = `/api/proxy/notes/${note}/attachment`;
  const sent = Buffer.concat(await manyBytes(fileBytes).toArray());
  await attempt('page', async () => {
    const page = await client.page('/private');
    expectStatus(page, 200);
    if (!page.text.includes(client.email)) throw new Error('a page without its person');
  });
  await attempt('session', async () => expectStatus(await client.send('/api/session'), 200));
  await attempt('list', async () => expectStatus(await client.send('/api/proxy/notes'), 200));
  await attempt('write', async () => {
    const id = await addNote(client);
    expectStatus(await client.send(`/api/proxy/notes/${id}`, { method: 'DELETE' }), 200);
  });
  await attempt('upload', async () =>
    expectStatus(
      await client.send(attachment, {
        method: 'POST',
        bytes: sent,
        fields: [['content-type', 'application/octet-stream']],
      }),
      200,
    ),
  );
  await attempt('download', async () => {
    const got = await client.send(attachment);
    expectStatus(got, 200);
    if (digestOfBytes(got.bytes).sha256 !== digestOfBytes(sent).sha256) throw new Error('other bytes than were sent');
  });
  await attempt('refresh', async () => expectStatus(await client.send('/api/refresh', { method: 'POST' }), 200));
  await attempt('login', async () => expectStatus(await client.logIn(), 200));
}

/** Reads the live feed until it ends, which it may, but never without its end. */
async function follow(client: KeptClient, isOver: () => boolean): Promise<void> {
  const leaving = new AbortController();
  const watch = setInterval(() => isOver() && leaving.abort(), 50);
  try {
    const { status, body } = await client.open('/api/proxy/notes/events', { signal: leaving.signal });
    if (status !== 200) throw new Error(`answered ${status}`);
    for await (const _ of body) if (isOver()) leaving.abort();
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  } finally {
    clearInterval(watch);
    client.close();
  }
}

/** Another program, which asks the API itself. */
async function newProgram({ apiUrl, webUrl, clientCredential }: LoadOptions): Promise<() => Promise<void>> {
  const client = new KeptClient(webUrl);
  expectStatus(await client.register(), 201);
  const agent = keptConnections(1);
  const login = Buffer.from(JSON.stringify({ email: client.email, password: client.password }));
  const { text, ...answer } = await askText(apiUrl, {
    method: 'POST',
    target: '/api/login',
    fields: [
      ['authorization', clientCredential],
      ['content-type', 'application/json'],
    ],
    body: login,
    length: login.byteLength,
  });
  expectStatus(answer, 200);
  const token = /"token":"([^"]+)"/.exec(text)?.[1] ?? '';
  return async () => {
    const head = await ask(apiUrl, { target: '/api/verify', fields: [['authorization', `Bearer ${token}`]], agent });
    await head.body.toArray();
    expectStatus(head, 200);
  };
}

function expectStatus(
  { status, fields }: { status: number; fields: readonly (readonly [string, string])[] },
  expected: number,
): void {
  if (status === expected) return;
  const reason = fields.find(([name]) => name === 'x-balancer')?.[1] ?? '';
  throw new Error(`answered ${status} ${reason}`);
}
