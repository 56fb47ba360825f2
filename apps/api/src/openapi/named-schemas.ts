/** The contract's schemas by the names that the document has for them, with a sentence and an example each. */
import * as contract from '@footbridge/contracts';
import type { z } from 'zod';
import * as examples from './examples.ts';
import type { JsonSchema } from './model.ts';

/** A member's description, or more of its schema than Zod can tell. */
type Field = string | JsonSchema;

/** One schema under its name. */
export interface Named {
  readonly schema: z.ZodObject;
  readonly description: string;
  readonly example?: unknown;
  /** What there is to say of its members. */
  readonly fields?: Readonly<Record<string, Field>>;
}

const id = { format: 'uuid' };
const success = { success: true } as const;

const times = {
  createdAt: 'When it was made.',
  lastActiveAt: 'When it was last refreshed.',
  expiresAt: 'When it ends unless it is refreshed; every refresh moves this.',
  absoluteExpiresAt: 'When it ends in any case.',
};

/** What answers are made of. */
export const answers: Readonly<Record<string, Named>> = {
  User: {
    schema: contract.user,
    description: 'A user, as every answer shows them.',
    example: examples.user,
    fields: {
      id,
      email: { format: 'email', description: 'In canonical form: trimmed, NFKC, lower case.' },
      name: 'What they want to be called, if they said.',
      role: '`user`, unless somebody made them more.',
    },
  },
  Session: {
    schema: contract.sessionSummary,
    description: 'A session: what began with a login and ends with a logout, or with its time.',
    example: examples.session,
    fields: { id, ...times },
  },
  SessionEntry: {
    schema: contract.sessionEntry,
    description: 'A session in the list of its owner.',
    example: examples.sessionEntry,
    fields: {
      userAgent: 'What the browser called itself at login.',
      address: 'Where the login came from, as far as it is known.',
      current: 'Whether it is the session that asks.',
    },
  },
  Attachment: {
    schema: contract.attachment,
    description: 'What is attached to a note.',
    example: examples.attachment,
    fields: {
      size: 'In bytes.',
      contentType: 'As the upload named it.',
      sha256: 'The digest of the bytes, in hexadecimal; in quotes it is the entity tag.',
      name: 'What a download is to be called.',
    },
  },
  Note: {
    schema: contract.note,
    description: 'A note; also one line of the export.',
    example: examples.note,
    fields: { id, revision: 'Counts changes, those of the attachment included; in quotes it is the entity tag.' },
  },
  Revocation: {
    schema: contract.revocation,
    description: 'A session that ended before the access tokens that name it did.',
    example: examples.revocation,
    fields: { sid: { ...id, description: 'The `sid` claim of its tokens.' } },
  },
  TokenAnswer: {
    schema: contract.tokenAnswer,
    description: 'Both tokens, for the confidential client alone.',
    example: {
      ...success,
      message: 'logged in',
      token: examples.accessToken,
      tokenType: 'Bearer',
      expiresIn: 900,
      refreshToken: examples.refreshToken,
      refreshExpiresIn: 604_800,
      data: { user: examples.user, session: examples.session },
    } satisfies contract.TokenAnswer,
    fields: {
      token: 'The access token: a JWT (RFC 9068).',
      expiresIn: 'Seconds for which the access token is good, from the moment of the answer.',
      refreshToken: 'Good for one successor; whoever presents it within the grace period gets the same one.',
      refreshExpiresIn: 'Seconds for which the refresh token is good.',
    },
  },
  SignedInAnswer: {
    schema: contract.signedInAnswer,
    description: 'What a browser gets: the tokens are in its cookies, and no script sees them.',
    example: { ...success, message: 'logged in', data: { user: examples.user } },
  },
  MessageAnswer: {
    schema: contract.messageAnswer,
    description: 'It happened; there is nothing more to tell.',
    example: { ...success, message: 'logged out' },
  },
  VerifyAnswer: {
    schema: contract.verifyAnswer,
    description: 'The token is good, and its session goes on.',
    example: {
      ...success,
      authenticated: true,
      message: 'valid token',
      data: { user: examples.user, session: examples.session },
    },
  },
  UserAnswer: {
    schema: contract.meAnswer,
    description: 'The user as stored now, which may be newer than the token.',
    example: { ...success, message: 'this is you', data: { user: examples.user } },
  },
  SessionsAnswer: {
    schema: contract.sessionsAnswer,
    description: 'Sessions that go on, newest activity first.',
    example: { ...success, message: 'these are your sessions', data: { sessions: [examples.sessionEntry] } },
  },
  RevocationsAnswer: {
    schema: contract.revocationsAnswer,
    description: 'Every session revoked within one access-token lifetime.',
    example: {
      ...success,
      message: 'these sessions have ended',
      data: { revocations: [examples.revocation], cursor: `1795257000000.${examples.session.id}` },
    },
  },
  NoteAnswer: {
    schema: contract.noteAnswer,
    description: 'One note.',
    example: { ...success, message: 'this is your note', data: { note: examples.note } },
  },
  NotesAnswer: {
    schema: contract.notesAnswer,
    description: 'One page of notes, newest first; `nextCursor` is `null` on the last one.',
    example: { ...success, message: 'these are your notes', data: { notes: [examples.note], nextCursor: null } },
  },
  AttachmentAnswer: {
    schema: contract.attachmentAnswer,
    description: 'What is attached now.',
    example: { ...success, message: 'file attached', data: { attachment: examples.attachment } },
  },
  HealthAnswer: {
    schema: contract.healthAnswer,
    description: 'All is well.',
    example: { ...success, message: 'ready' },
  },
  JwkSet: {
    schema: contract.jwks,
    description: 'Public signing keys (RFC 7517); empty where tokens are signed with a shared secret.',
  },
  OpenApiDocument: { schema: contract.openApiDocument, description: 'This document.' },
  Refusal: {
    schema: contract.errorBody,
    description: 'The body of every 4xx and 5xx. Programs go by `code`; `message` is for people.',
    example: examples.refusal('validation_failed'),
    fields: {
      requestId: 'The `X-Request-Id` of the answer, which both apps log.',
      errors: "With `validation_failed`: each field's problem; `path` is dotted, empty for the whole.",
    },
  },
  VerifyRefusal: {
    schema: contract.verifyRefusal,
    description: 'A refusal that also says that nobody is authenticated.',
    example: { ...examples.refusal('invalid_token'), authenticated: false },
  },
};

const email = {
  format: 'email',
  description: 'In any form; trimmed, NFKC and lower case is what counts. At most 254 characters.',
};
const newPassword = {
  format: 'password',
  minLength: 8,
  maxLength: 72,
  description: '8 characters at least, 72 bytes of UTF-8 at most.',
};
const password = { format: 'password' };
const name = { minLength: 1, description: '1 to 100 characters, without control characters.' };
const title = {
  minLength: 1,
  description: `1 to ${contract.noteLimits.titleCharacters} characters, without control characters.`,
};
const refreshToken = 'The newest one that was answered.';

/** What requests are made of. */
export const requests: Readonly<Record<string, Named>> = {
  RegisterRequest: {
    schema: contract.registerRequest,
    description: 'Who wants to be a user.',
    example: examples.requests.register,
    fields: { email, password: newPassword, name },
  },
  LoginRequest: {
    schema: contract.loginRequest,
    description: 'Who wants to log in.',
    example: examples.requests.login,
    fields: { email, password },
  },
  RefreshRequest: {
    schema: contract.refreshRequest,
    description: 'What is to be rotated.',
    example: examples.requests.refresh,
    fields: { refreshToken },
  },
  LogoutRequest: {
    schema: contract.logoutRequest,
    description: 'Whose session is to end; a bearer token is as good.',
    example: examples.requests.refresh,
    fields: { refreshToken },
  },
  ProfileChange: {
    schema: contract.profileChange,
    description: 'What is to be different.',
    example: examples.requests.profile,
    fields: { name: 'The new name, 1 to 100 characters; `null` removes it.' },
  },
  PasswordChange: {
    schema: contract.passwordChange,
    description: 'The old password and the new.',
    example: examples.requests.password,
    fields: { currentPassword: password, newPassword },
  },
  NoteDraft: {
    schema: contract.noteDraft,
    description: 'A note to be.',
    example: examples.requests.draft,
    fields: { title },
  },
  NoteChange: {
    schema: contract.noteChange,
    description: 'What is to be different; what is left out stays as it is. One of the two must be there.',
    example: examples.requests.change,
    fields: { title },
  },
};

/** What query strings become. */
export const queries: Readonly<Record<string, Named>> = {
  NotesQuery: {
    schema: contract.notesQuery,
    description: 'Which page.',
    fields: { cursor: 'The `nextCursor` of the page before.', limit: 'How many at most.' },
  },
  AttachmentQuery: {
    schema: contract.attachmentQuery,
    description: 'How it is kept.',
    fields: { name: 'What a download is to be called: 1 to 255 characters, no slashes, no control characters.' },
  },
};
