/** What is to be said about each endpoint beyond the contract: words, headers, and answers of another kind. */
import { noteLimits, type apiEndpoints } from '@footbridge/contracts';
import { accessToken, note, revocation } from './examples.ts';
import type { AnswerHeader, RequestHeader } from './headers.ts';
import type { Content } from './model.ts';

/** The groups, in the order in which they are read. */
export const tags = {
  'Sign-in': 'Where sessions begin, go on and end.',
  Tokens: 'For those who verify tokens by themselves.',
  Account: 'One’s own record, password and sessions.',
  Notes: 'A sample resource with one of each thing that a relay must carry.',
  Operation: 'For those who run the API, and for those who read about it.',
} as const;

/** An answer beside the one of the contract. */
export interface OtherAnswer {
  readonly description: string;
  readonly headers: readonly AnswerHeader[];
  readonly content?: Content;
}

/** One endpoint in words. */
export interface Words {
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description?: string;
  /** Parameters of the path, described. */
  readonly path?: Readonly<Record<string, string>>;
  readonly takes?: readonly RequestHeader[];
  readonly gives?: readonly AnswerHeader[];
  /** The answer in other representations, or how a stream of it looks. */
  readonly content?: Content;
  readonly others?: Readonly<Record<number, OtherAnswer>>;
  /** What an answer of any status may carry for a browser, where browsers are served. */
  readonly forBrowsers?: readonly AnswerHeader[];
}

const bytes: Content = { '*/*': {} };
const noteId = { id: 'The id of the note.' };
const notModified: OtherAnswer = { description: 'It is still what `If-None-Match` names.', headers: ['ETag'] };
const mebibytes = (size: number): string => `${size / 1024 / 1024} MiB`;

const eventStream = (description: string, value: string): Content => ({
  'text/event-stream': { schema: { type: 'string', description }, examples: { stream: { value } } },
});

export const operations = {
  register: {
    tag: 'Sign-in',
    summary: 'Register, and be logged in',
    description: 'A new user and their first session.',
    takes: ['ForwardedFor'],
    forBrowsers: ['Set-Cookie'],
  },
  login: {
    tag: 'Sign-in',
    summary: 'Log in',
    description:
      'A wrong password and an unknown address are answered alike, in equal time. Attempts are limited per account and per address.',
    takes: ['ForwardedFor'],
    forBrowsers: ['Set-Cookie'],
  },
  refresh: {
    tag: 'Sign-in',
    summary: 'Rotate the refresh token',
    description:
      'Everybody who presents the same token within the grace period gets the same successor. An older one was copied: then its session ends, and no other.',
    takes: ['ForwardedFor'],
    forBrowsers: ['Set-Cookie'],
  },
  logout: {
    tag: 'Sign-in',
    summary: 'End this session',
    description: 'By a bearer, a refresh token or cookies; expired ones will do. It is no mistake to be too late.',
    forBrowsers: ['Set-Cookie', 'Clear-Site-Data'],
  },
  logoutAll: { tag: 'Sign-in', summary: 'End every session of the user', forBrowsers: ['Set-Cookie'] },
  verify: {
    tag: 'Tokens',
    summary: 'Ask about a token',
    description: 'Reads the row of the session: one that has ended fails at once.',
  },
  verifyByPost: { tag: 'Tokens', summary: 'Ask about a token, by POST' },
  me: { tag: 'Account', summary: 'Read one’s own record' },
  changeProfile: { tag: 'Account', summary: 'Change one’s own record' },
  changePassword: {
    tag: 'Account',
    summary: 'Change the password',
    description: 'Ends every other session of the user.',
  },
  sessions: { tag: 'Account', summary: 'List one’s own sessions' },
  endSession: {
    tag: 'Account',
    summary: 'End one of one’s own sessions',
    path: { id: 'The id of the session. Anybody else’s is nobody’s.' },
    forBrowsers: ['Set-Cookie'],
  },
  revocations: {
    tag: 'Tokens',
    summary: 'Follow which sessions end',
    description:
      'What local verification cannot know. By default a snapshot; with `Accept: text/event-stream` a feed that first catches up with what `Last-Event-ID` has missed and then tells within a second. A comment comes every second: a feed that is silent is down.',
    takes: ['LastEventId'],
    content: eventStream(
      'Events named `revoked`; `data` is a Revocation as JSON, `id` what `Last-Event-ID` takes.',
      `: open\n\nevent: revoked\nid: 1795257000000.${revocation.sid}\ndata: ${JSON.stringify(revocation)}\n\n: alive\n\n`,
    ),
  },
  notes: { tag: 'Notes', summary: 'List notes, newest first' },
  createNote: {
    tag: 'Notes',
    summary: 'Write a note',
    description: `At most ${noteLimits.notes} per user.`,
    gives: ['Location', 'ETag'],
  },
  exportNotes: {
    tag: 'Notes',
    summary: 'Download all notes',
    gives: ['Content-Disposition'],
    content: {
      'application/x-ndjson': {
        schema: { type: 'string', description: 'One Note as JSON per line, newest first.' },
        examples: { lines: { value: `${JSON.stringify(note)}\n` } },
      },
    },
  },
  noteEvents: {
    tag: 'Notes',
    summary: 'Follow changes of notes',
    description:
      'For as long as the session goes on, a quarter of an hour at most. Goes on after `Last-Event-ID` as far as changes are remembered; else it begins with `reset`: read the notes again.',
    takes: ['LastEventId'],
    content: eventStream(
      '`created`, `updated` and `attachment` with `{"note": Note}`, `deleted` with `{"id": …}`, `reset` with `{}`; a comment every second.',
      `: open\n\nid: 41\n\nevent: deleted\nid: 42\ndata: {"id":"${note.id}"}\n\n: alive\n\n`,
    ),
  },
  note: { tag: 'Notes', summary: 'Read a note', path: noteId, gives: ['ETag'] },
  changeNote: { tag: 'Notes', summary: 'Change a note', path: noteId, takes: ['IfMatch'], gives: ['ETag'] },
  deleteNote: { tag: 'Notes', summary: 'Delete a note and its attachment', path: noteId, takes: ['IfMatch'] },
  attachment: {
    tag: 'Notes',
    summary: 'Download the attachment',
    path: noteId,
    takes: ['Range', 'IfRange', 'IfNoneMatch'],
    gives: ['ETag', 'Accept-Ranges', 'Content-Disposition'],
    content: bytes,
    others: {
      206: {
        description: 'The range that was asked for.',
        headers: ['ETag', 'Accept-Ranges', 'Content-Disposition', 'Content-Range'],
        content: bytes,
      },
      304: notModified,
    },
  },
  attach: {
    tag: 'Notes',
    summary: 'Attach a file',
    description: `The body as it is, of any type but never encoded. Replaces what was attached. At most ${mebibytes(noteLimits.attachmentBytes)}, and ${mebibytes(noteLimits.attachedBytes)} per user.`,
    path: noteId,
    takes: ['ContentDigest'],
  },
  detach: { tag: 'Notes', summary: 'Delete the attachment', path: noteId },
  jwks: {
    tag: 'Tokens',
    summary: 'Read the public signing keys',
    description: `Access tokens (\`${accessToken.slice(0, 8)}…\`) name theirs by \`kid\`.`,
  },
  openApi: {
    tag: 'Operation',
    summary: 'Read this document',
    takes: ['IfNoneMatch'],
    gives: ['ETag'],
    others: { 304: notModified },
  },
  docs: {
    tag: 'Operation',
    summary: 'Read this document as a page',
    content: { 'text/html': { schema: { type: 'string' } } },
  },
  docsAsset: {
    tag: 'Operation',
    summary: 'Load a part of that page',
    path: { asset: 'The name of a file that the page asks for.' },
    takes: ['IfNoneMatch'],
    gives: ['ETag'],
    content: bytes,
    others: { 304: notModified },
  },
  liveness: { tag: 'Operation', summary: 'Ask whether the process runs' },
  readiness: { tag: 'Operation', summary: 'Ask whether the process can do its work' },
} as const satisfies Record<keyof typeof apiEndpoints, Words>;
