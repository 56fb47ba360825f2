/** The API's endpoints as data: what tests judge answers by and documentation is made from. */
import type { z } from 'zod';
import { loginRequest, registerRequest } from './credentials.ts';
import type { ErrorCode } from './errors.ts';
import { healthAnswer } from './health.ts';
import { jwks } from './jwks.ts';
import { logoutAnswer, logoutRequest } from './logout.ts';
import { meAnswer, profileChange } from './me.ts';
import { messageAnswer } from './message.ts';
import { passwordChange } from './password.ts';
import { refreshRequest } from './refresh.ts';
import { revocationsAnswer } from './revocation.ts';
import { sessionsAnswer } from './sessions.ts';
import { tokenAnswer } from './token-answer.ts';
import { verifyAnswer } from './verify.ts';

/** One endpoint: method, path, what it takes, what it answers, and every refusal beyond the general ones. */
export interface ApiEndpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly credential: 'none' | 'client' | 'bearer' | 'bearer or refresh token';
  readonly body?: z.ZodType;
  readonly status: 200 | 201;
  readonly answer: z.ZodType;
  readonly refusals: readonly ErrorCode[];
}

const bearerRefusals = ['missing_token', 'invalid_token', 'session_revoked', 'session_expired'] as const;

export const apiEndpoints = {
  register: {
    method: 'POST',
    path: '/api/register',
    credential: 'client',
    body: registerRequest,
    status: 201,
    answer: tokenAnswer,
    refusals: ['invalid_client', 'email_taken'],
  },
  login: {
    method: 'POST',
    path: '/api/login',
    credential: 'client',
    body: loginRequest,
    status: 200,
    answer: tokenAnswer,
    refusals: ['invalid_client', 'invalid_credentials'],
  },
  refresh: {
    method: 'POST',
    path: '/api/refresh',
    credential: 'client',
    body: refreshRequest,
    status: 200,
    answer: tokenAnswer,
    refusals: [
      'invalid_client',
      'invalid_refresh_token',
      'session_expired',
      'session_revoked',
      'refresh_token_reused',
      'service_unavailable',
    ],
  },
  logout: {
    method: 'POST',
    path: '/api/logout',
    credential: 'bearer or refresh token',
    body: logoutRequest,
    status: 200,
    answer: logoutAnswer,
    refusals: ['missing_token', 'invalid_token', 'invalid_refresh_token'],
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
    refusals: bearerRefusals,
  },
  verifyByPost: {
    method: 'POST',
    path: '/api/verify',
    credential: 'bearer',
    status: 200,
    answer: verifyAnswer,
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
    refusals: [...bearerRefusals, 'invalid_credentials'],
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
  jwks: { method: 'GET', path: '/.well-known/jwks.json', credential: 'none', status: 200, answer: jwks, refusals: [] },
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
