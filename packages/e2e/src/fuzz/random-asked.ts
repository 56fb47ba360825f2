/** Random requests: something that the apps understand, with a few things about it that nobody would mean. */
import type { Field } from '../relay/fields.ts';
import type { Random } from '../relay/random.ts';
import type { Asked } from './asked.ts';
import { type Body, catalogue, type Entry } from './catalogue.ts';
import * as hostile from './hostile.ts';
import type { Person } from './people.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE', 'SEARCH'] as const;
const rawShare = 0.08;
const wellMeantShare = 0.5;

/** Makes one. Half of what each part could have wrong is right, so that the other parts are looked at, too. */
export function randomAsked(random: Random, people: readonly Person[]): Asked {
  if (random.chance(rawShare)) return rawAsked(random);
  const entry = random.pick(catalogue);
  const person = random.pick(people);
  const body = random.chance(wellMeantShare) ? bodyOf(entry.body) : spoiltBody(random, entry.body);
  const method = random.chance(0.9) ? entry.method : random.pick(methods);
  const mayCarry = method !== 'HEAD' && method !== 'TRACE';
  return {
    app: entry.app,
    method,
    target: targetOf(random, entry, person),
    fields: fieldsOf(random, { entry, person, type: body?.type }),
    body: mayCarry ? body?.bytes : undefined,
    isRaw: false,
  };
}

function rawAsked(random: Random): Asked {
  const head = random.pick(hostile.rawHeads);
  const text = random.chance(0.7) ? head : spoiltText(random, head);
  const app = random.pick(['api', 'web'] as const);
  return { app, method: '', target: '', fields: [], body: Buffer.from(text, 'latin1'), isRaw: true };
}

interface Made {
  readonly type: string;
  readonly bytes: Buffer;
}

function bodyOf(body: Body | undefined): Made | undefined {
  switch (body?.kind) {
    case undefined:
      return undefined;
    case 'json':
      return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body.value)) };
    case 'form':
      return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(String(new URLSearchParams(body.value))) };
    case 'parts':
      return parts(Object.entries(body.value));
    case 'bytes':
      return { type: 'application/octet-stream', bytes: Buffer.alloc(1000, 1) };
  }
}

function parts(fields: readonly (readonly [name: string, value: string])[]): Made {
  const boundary = 'a-boundary-of-the-fuzzer';
  const each = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.from(`${each.join('')}--${boundary}--\r\n`),
  };
}

function spoiltBody(random: Random, body: Body | undefined): Made | undefined {
  const made = bodyOf(body) ?? { type: 'application/json', bytes: Buffer.from('{}') };
  if (random.chance(0.2)) return { ...made, bytes: Buffer.from(random.pick(hostile.brokenJson)) };
  if (random.chance(0.2)) return { ...made, bytes: spoiltBytes(random, made.bytes) };
  if (body?.kind === 'form' || body?.kind === 'parts') {
    const pairs = Object.entries(body.value).map(([name, value]): [string, string] =>
      random.chance(0.5)
        ? [name, value]
        : [random.chance(0.2) ? random.pick(hostile.texts) : name, random.pick(hostile.texts)],
    );
    return body.kind === 'parts' ? parts(pairs) : { ...made, bytes: Buffer.from(String(new URLSearchParams(pairs))) };
  }
  if (body?.kind !== 'json') return random.chance(0.5) ? made : undefined;
  return { ...made, bytes: Buffer.from(JSON.stringify(spoiltValue(random, body.value))) };
}

/** Members left out, replaced, added; by names that are special to JavaScript, too. */
function spoiltValue(random: Random, value: Readonly<Record<string, unknown>>): unknown {
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (random.chance(0.15)) return [];
    return [[name, random.chance(0.5) ? member : anyValue(random)]];
  });
  const added = random.some(hostile.texts, 2).map((name): [string, unknown] => [name, anyValue(random)]);
  return Object.fromEntries([...members, ...added]);
}

function anyValue(random: Random): unknown {
  return random.chance(0.5) ? random.pick(hostile.texts) : random.pick(hostile.values);
}

function spoiltBytes(random: Random, bytes: Buffer): Buffer {
  const at = random.whole(bytes.byteLength + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const between = Buffer.from([random.whole(256), random.whole(256)]);
  return random.pick([before, after, Buffer.concat([before, between, after]), Buffer.concat([bytes, bytes])]);
}

function spoiltText(random: Random, text: string): string {
  const at = random.whole(text.length + 1);
  const between = random.pick([String.fromCodePoint(random.whole(256)), '\r\n', '', '\u0000']);
  return text.slice(0, at) + between + text.slice(at + random.whole(3));
}

function targetOf(random: Random, { path }: Entry, person: Person): string {
  const id = random.chance(0.7) ? random.pick(person.ids) : encodeURIComponent(wellFormed(random.pick(hostile.texts)));
  const named = path.replace(':id', () => id).replace(':asset', 'swagger-ui.css');
  const spoilt = random.chance(0.25) ? spoiltPath(random, named) : named;
  const pairs = random.chance(0.3) ? random.some(hostile.queryPieces, 4) : [];
  const separator = spoilt.includes('?') ? '&' : '?';
  return pairs.length === 0 ? sendable(spoilt) : sendable(`${spoilt}${separator}${pairs.join('&')}`);
}

function spoiltPath(random: Random, path: string): string {
  const at = 1 + random.whole(path.length);
  const piece = random.pick(hostile.pathPieces);
  return path.slice(0, at) + piece + path.slice(random.chance(0.5) ? at : at + 1);
}

/** Node's client wants no character outside Latin-1 and no space; the raw messages have those. */
function sendable(target: string): string {
  return target.replaceAll(/[^!-\u00ff]|\u007f/g, (character) => encodeURIComponent(wellFormed(character)));
}

interface Asking {
  readonly entry: Entry;
  readonly person: Person;
  readonly type: string | undefined;
}

function fieldsOf(random: Random, { entry, person, type }: Asking): Field[] {
  const typed: Field[] = type === undefined ? [] : [['content-type', type]];
  const own: Field[] = entry.app === 'web' && random.chance(0.8) ? [['sec-fetch-site', 'same-origin']] : [];
  const spoiling = random.chance(0.5) ? random.some(hostile.fields, 5) : [];
  return once([...spoiling, ...typed, ...own, ...credentialOf(random, person, entry.app)]);
}

/** The person's own cookie and token, somebody else's, mixed, cut short, or nothing of the kind. */
function credentialOf(random: Random, person: Person, app: Entry['app']): Field[] {
  const isOwn = random.chance(0.65);
  const cookie = isOwn ? person.cookie : spoiltCredential(random, person.cookie, hostile.cookies);
  const bearer = isOwn ? person.bearer : spoiltCredential(random, person.bearer, hostile.authorizations);
  const basic = random.chance(0.3) ? person.clientCredential : bearer;
  if (app === 'web') return random.chance(0.9) ? [['cookie', cookie]] : [['authorization', bearer]];
  return random.chance(0.85) ? [['authorization', basic]] : [['cookie', cookie]];
}

function spoiltCredential(random: Random, good: string, bad: readonly string[]): string {
  if (random.chance(0.5)) return random.pick(bad);
  const at = random.whole(good.length);
  const letter = random.pick(['A', '.', '-', '=', ' ', '"', ';']);
  return random.pick([
    good.slice(0, at),
    good.slice(at),
    good.slice(0, at) + letter + good.slice(at + 1),
    `${good}; ${good}`,
  ]);
}

/** Each name once: what Node makes of two is Node's own, and the raw messages have it. */
function once(fields: readonly Field[]): Field[] {
  const seen = new Set<string>();
  return fields.toReversed().filter(([name]) => !seen.has(name) && seen.add(name));
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}
