/** The API's endpoints as data: what tests judge answers by and documentation is made from. */
import type { z } from 'zod';
import { signedInAnswer } from './browser.ts';
import { loginRequest, registerRequest } from './credentials.ts';
import type { ErrorCode } from './errors.ts';
import { healthAnswer } from './health.ts';
import { jwks } from './jwks.ts';
import { logoutAnswer, logoutRequest } from './logout.ts';
import { meAnswer, profileChange } from './me.ts';
import { messageAnswer } from './message.ts';
import {
  attachmentAnswer,
  attachmentQuery,
  noteAnswer,
  noteChange,
  noteDraft,
  notesAnswer,
  notesQuery,
} from './notes.ts';
import { openApiDocument } from './open-api.ts';
import { passwordChange } from './password.ts';
import { refreshRequest } from './refresh.ts';
import { revocationsAnswer } from './revocation.ts';
import { sessionsAnswer } from './sessions.ts';
import { tokenAnswer } from './token-answer.ts';
import { verifyAnswer, verifyRefusal } from './verify.ts';

/** A body that is no JSON and never in memory as a whole; `stream` is its media type, a range (all of them) included. */
export interface StreamOf {
  readonly stream: string;
}

/** One endpoint: method, path, what it takes, what it answers, and every refusal beyond the general ones. */
export interface ApiEndpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** In shared-domain mode a browser's cookie is as good as a bearer. In proxy mode no browser is served. */
  readonly credential: 'none' | 'client' | 'client or browser' | 'bearer' | 'bearer or refresh token';
  readonly query?: z.ZodType;
  readonly body?: z.ZodType | StreamOf;
  /** Whether the body may be missing, because something else can name what it would. */
  readonly isBodyOptional?: true;
  readonly status: 200 | 201;
  readonly answer: z.ZodType | StreamOf;
  /** What a browser gets instead: the tokens are in its cookies. */
  readonly browserAnswer?: z.ZodType;
  /** What its 401s say, where that is more than every refusal says. */
  readonly unauthenticated?: z.ZodType;
  readonly refusals: readonly ErrorCode[];
}

const anyType = { stream: '*/*' } as const;
const bearerRefusals = [
  'missing_token',
  'invalid_token',
  'session_revoked',
  'session_expired',
  'cross_site_request',
] as const;

export const apiEndpoints = {
  register: {
    method: 'POST',
    path: '/api/register',
    credential: 'client or browser',
    body: registerRequest,
    status: 201,
    answer: tokenAnswer,
    browserAnswer: signedInAnswer,
    refusals: ['invalid_client', 'cross_site_request', 'email_taken', 'rate_limited', 'service_unavailable'],
  },
  login: {
    method: 'POST',
    path: '/api/login',
    credential: 'client or browser',
    body: loginRequest,
    status: 200,
    answer: tokenAnswer,
    browserAnswer: signedInAnswer,
    refusals: ['invalid_client', 'cross_site_request', 'invalid_credentials', 'rate_limited', 'service_unavailable'],
  },
  refresh: {
    method: 'POST',
    path: '/api/refresh',
    credential: 'client or browser',
    body: refreshRequest,
    isBodyOptional: true,
    status: 200,
    answer: tokenAnswer,
    browserAnswer: signedInAnswer,
    refusals: [
      'invalid_client',
      'cross_site_request',
      'invalid_refresh_token',
      'session_expired',
      'session_revoked',
      'refresh_token_reused',
      'rate_limited',
      'service_unavailable',
    ],
  },
  logout: {
    method: 'POST',
    path: '/api/logout',
    credential: 'bearer or refresh token',
    body: logoutRequest,
    isBodyOptional: true,
    status: 200,
    answer: logoutAnswer,
    refusals: ['missing_token', 'invalid_token', 'invalid_refresh_token', 'cross_site_request'],
  },
  logoutAll: {
    method: 'POST',
    path: '/api/logout-all',
    credential: 'bearer',
    status: 200,
    answer: messageAnswer,
    refusals: bearerRefusals,
  },
  verify: {
    method: 'GET',
    path: '/api/verify',
    credential: 'bearer',
    status: 200,
    answer: verifyAnswer,
    unauthenticated: verifyRefusal,
    refusals: bearerRefusals,
  },
  verifyByPost: {
    method: 'POST',
    path: '/api/verify',
    credential: 'bearer',
    status: 200,
    answer: verifyAnswer,
    unauthenticated: verifyRefusal,
    refusals: bearerRefusals,
  },
  me: {
    method: 'GET',
    path: '/api/me',
    credential: 'bearer',
    status: 200,
    answer: meAnswer,
    refusals: bearerRefusals,
  },
  changeProfile: {
    method: 'PATCH',
    path: '/api/me',
    credential: 'bearer',
    body: profileChange,
    status: 200,
    answer: meAnswer,
    refusals: bearerRefusals,
  },
  changePassword: {
    method: 'POST',
    path: '/api/me/password',
    credential: 'bearer',
    body: passwordChange,
    status: 200,
    answer: messageAnswer,
    refusals: [...bearerRefusals, 'invalid_credentials', 'rate_limited', 'service_unavailable'],
  },
  sessions: {
    method: 'GET',
    path: '/api/sessions',
    credential: 'bearer',
    status: 200,
    answer: sessionsAnswer,
    refusals: bearerRefusals,
  },
  endSession: {
    method: 'DELETE',
    path: '/api/sessions/:id',
    credential: 'bearer',
    status: 200,
    answer: messageAnswer,
    refusals: [...bearerRefusals, 'not_found'],
  },
  revocations: {
    method: 'GET',
    path: '/api/revocations',
    credential: 'client',
    status: 200,
    answer: revocationsAnswer,
    refusals: ['invalid_client'],
  },
  notes: {
    method: 'GET',
    path: '/api/notes',
    credential: 'bearer',
    query: notesQuery,
    status: 200,
    answer: notesAnswer,
    refusals: bearerRefusals,
  },
  createNote: {
    method: 'POST',
    path: '/api/notes',
    credential: 'bearer',
    body: noteDraft,
    status: 201,
    answer: noteAnswer,
    refusals: [...bearerRefusals, 'quota_exceeded'],
  },
  // These two come before `:id`, which would match them.
  exportNotes: {
    method: 'GET',
    path: '/api/notes/export',
    credential: 'bearer',
    status: 200,
    answer: { stream: 'application/x-ndjson' },
    refusals: bearerRefusals,
  },
  noteEvents: {
    method: 'GET',
    path: '/api/notes/events',
    credential: 'bearer',
    status: 200,
    answer: { stream: 'text/event-stream' },
    refusals: [...bearerRefusals, 'service_unavailable'],
  },
  note: {
    method: 'GET',
    path: '/api/notes/:id',
    credential: 'bearer',
    status: 200,
    answer: noteAnswer,
    refusals: [...bearerRefusals, 'not_found'],
  },
  changeNote: {
    method: 'PATCH',
    path: '/api/notes/:id',
    credential: 'bearer',
    body: noteChange,
    status: 200,
    answer: noteAnswer,
    refusals: [...bearerRefusals, 'not_found', 'precondition_failed'],
  },
  deleteNote: {
    method: 'DELETE',
    path: '/api/notes/:id',
    credential: 'bearer',
    status: 200,
    answer: messageAnswer,
    refusals: [...bearerRefusals, 'not_found', 'precondition_failed'],
  },
  attachment: {
    method: 'GET',
    path: '/api/notes/:id/attachment',
    credential: 'bearer',
    status: 200,
    answer: anyType,
    refusals: [...bearerRefusals, 'not_found', 'range_not_satisfiable'],
  },
  attach: {
    method: 'POST',
    path: '/api/notes/:id/attachment',
    credential: 'bearer',
    query: attachmentQuery,
    body: anyType,
    status: 200,
    answer: attachmentAnswer,
    refusals: [...bearerRefusals, 'not_found', 'digest_mismatch', 'quota_exceeded'],
  },
  detach: {
    method: 'DELETE',
    path: '/api/notes/:id/attachment',
    credential: 'bearer',
    status: 200,
    answer: messageAnswer,
    refusals: [...bearerRefusals, 'not_found'],
  },
  jwks: { method: 'GET', path: '/.well-known/jwks.json', credential: 'none', status: 200, answer: jwks, refusals: [] },
  openApi: {
    method: 'GET',
    path: '/openapi.json',
    credential: 'none',
    status: 200,
    answer: openApiDocument,
    refusals: [],
  },
  docs: {
    method: 'GET',
    path: '/docs',
    credential: 'none',
    status: 200,
    answer: { stream: 'text/html' },
    refusals: [],
  },
  docsAsset: {
    method: 'GET',
    path: '/docs/:asset',
    credential: 'none',
    status: 200,
    answer: anyType,
    refusals: ['not_found'],
  },
  liveness: { method: 'GET', path: '/healthz', credential: 'none', status: 200, answer: healthAnswer, refusals: [] },
  readiness: {
    method: 'GET',
    path: '/readyz',
    credential: 'none',
    status: 200,
    answer: healthAnswer,
    refusals: ['service_unavailable'],
  },
} as const satisfies Record<string, ApiEndpoint>;
