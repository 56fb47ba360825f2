/** Asks the funnel as a transport would, in front of the API that rotates. */
import type { HeaderField, RelayDecision, RelayOptions, UpstreamCall, UpstreamHead } from '../../src/index.ts';
import { apiUrl, publicOrigin } from '../fixtures/bff.ts';
import { type Browser, browser, type SessionTest, sessionTest, type SessionTestOptions } from '../fixtures/sessions.ts';

export interface RelayTest {
  readonly test: SessionTest;
  readonly person: Browser;
  /** Requests that reached the API after the login. */
  readonly asked: () => string[];
}

export interface RelayTestOptions extends Omit<SessionTestOptions, 'relay'> {
  readonly relay?: Partial<RelayOptions>;
}

/** A relay and a person who has logged in. */
export async function relayTest({ relay = {}, ...options }: RelayTestOptions = {}): Promise<RelayTest> {
  const test = sessionTest({ relay: { url: apiUrl, ...relay }, ...options });
  const person = browser(test);
  await person.login();
  await test.bff.warmUp();
  const before = test.api.requests.length;
  return {
    test,
    person,
    asked: () => test.api.requests.slice(before).map(({ url }) => new URL(url).pathname),
  };
}

export interface Asked {
  readonly method?: string;
  readonly target?: string;
  /** Added to those of a script on our own page; `null` leaves one of them out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly fields?: readonly HeaderField[];
  readonly hasBody?: boolean;
}

export const fromOurPage = { 'sec-fetch-site': 'same-origin', 'user-agent': 'a browser' };

export const upgrade = {
  connection: 'keep-alive, Upgrade',
  upgrade: 'websocket',
  origin: publicOrigin,
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

/** `cookie` is the browser's, unless the headers say otherwise. */
export async function ask({ test, person }: RelayTest, asked: Asked = {}): Promise<RelayDecision> {
  return test.bff.relay.judge(requestOf(asked, { ...fromOurPage, cookie: person.cookie() }));
}

export async function askToUpgrade({ test, person }: RelayTest, asked: Asked = {}): Promise<RelayDecision> {
  return test.bff.relay.judgeUpgrade(requestOf(asked, { ...upgrade, cookie: person.cookie() }));
}

function requestOf(asked: Asked, usual: Record<string, string>) {
  const { method = 'GET', target = '/api/proxy/notes', headers = {}, fields = [], hasBody = false } = asked;
  const given = Object.entries<string | null>({ ...usual, ...headers });
  const sent = given.flatMap(([name, value]): HeaderField[] => (value === null ? [] : [[name, value]]));
  return { method, target, headers: [...sent, ...fields], hasBody };
}

export function callOf(decision: RelayDecision): UpstreamCall {
  if (decision.kind === 'forward') return decision.call;
  throw new Error(`refused with ${decision.response.status}`);
}

export function refusalOf(decision: RelayDecision): Response {
  if (decision.kind === 'respond') return decision.response;
  throw new Error(`relayed to ${decision.call.request.path}`);
}

/** Status and code of a refusal, or where the call goes. */
export async function summary(decision: RelayDecision): Promise<unknown> {
  if (decision.kind === 'forward') return decision.call.request.path;
  const body: unknown = await decision.response.json();
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return [decision.response.status, code];
}

export function head(status: number, headers: readonly HeaderField[] = [], statusText = ''): UpstreamHead {
  return { status, statusText, headers };
}

export function valuesOf({ headers }: Pick<UpstreamHead, 'headers'>, name: string): string[] {
  return headers.filter(([field]) => field === name).map(([, value]) => value);
}
