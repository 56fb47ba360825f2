/** Values as they might be: every one is valid by its own schema, and every request is one that the API takes. */
import {
  type Attachment,
  type ErrorBody,
  type ErrorCode,
  errorTable,
  type LoginRequest,
  type Note,
  type NoteChange,
  type PasswordChange,
  type ProfileChange,
  type RegisterRequest,
  type Revocation,
  type SessionEntry,
  type SessionSummary,
  type User,
} from '@footbridge/contracts';

export const user: User = {
  id: '019a9f3e-7c11-7d3a-9a51-6f0d8c1b2e01',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  role: 'user',
};

export const session: SessionSummary = {
  id: '019a9f3e-7c4f-7b52-8b1e-2d9c4a7e5f02',
  createdAt: '2026-11-21T09:30:00.000Z',
  lastActiveAt: '2026-11-21T10:15:00.000Z',
  expiresAt: '2026-11-28T10:15:00.000Z',
  absoluteExpiresAt: '2026-12-21T09:30:00.000Z',
};

export const sessionEntry: SessionEntry = {
  ...session,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  address: '203.0.113.7',
  current: true,
};

export const attachment: Attachment = {
  size: 4096,
  contentType: 'application/pdf',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  name: 'analytical-engine.pdf',
  uploadedAt: '2026-11-21T10:20:00.000Z',
};

export const note: Note = {
  id: '019a9f42-1a2b-7c3d-8e4f-5a6b7c8d9e03',
  title: 'Notes on the engine',
  body: 'It weaves algebraical patterns.',
  revision: 2,
  createdAt: '2026-11-21T10:18:00.000Z',
  updatedAt: '2026-11-21T10:20:00.000Z',
  attachment,
};

export const revocation: Revocation = { sid: session.id, revokedAt: '2026-11-21T10:30:00.000Z' };

/** Not a token: one would look like it. */
export const accessToken = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJleGFtcGxlIjp0cnVlfQ.c2lnbmF0dXJl';
export const refreshToken = `v1.${session.id}.0.bm90LWEtcmVhbC1tYWM`;

export const requests = {
  register: {
    email: user.email,
    password: 'correct horse battery staple',
    name: 'Ada Lovelace',
  } satisfies RegisterRequest,
  login: { email: user.email, password: 'correct horse battery staple' } satisfies LoginRequest,
  refresh: { refreshToken },
  profile: { name: 'Countess of Lovelace' } satisfies ProfileChange,
  password: {
    currentPassword: 'correct horse battery staple',
    newPassword: 'a better one than before',
  } satisfies PasswordChange,
  draft: { title: note.title, body: note.body },
  change: { title: 'Notes on the analytical engine' } satisfies NoteChange,
};

/** The body of a refusal. */
export function refusal(code: ErrorCode): ErrorBody {
  const { message } = errorTable[code];
  const errors = code === 'validation_failed' ? [{ path: 'email', message: 'must be an e-mail address' }] : undefined;
  return {
    success: false,
    code,
    message,
    requestId: '5b0c2f0e-3f0b-4a57-9a6e-1f5c6d7e8f90',
    ...(errors && { errors }),
  };
}
