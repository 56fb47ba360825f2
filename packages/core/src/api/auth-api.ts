/** Login, registration and logout at the API, as a confidential client (RFC 6749, section 2.3.1). */
import {
  apiEndpoints,
  type ErrorCode,
  type FieldError,
  headers,
  type LoginRequest,
  type RegisterRequest,
  type TokenAnswer,
} from '@footbridge/contracts';
import { type Logger, silentLogger } from '../logger.ts';
import { judgeLogoutAnswer, judgeTokenAnswer } from './answer.ts';

/** On whose behalf the API is called. It feeds the API's rate limits and its list of sessions. */
export interface EndUser {
  requestId: string;
  /** An IP address that the BFF vouches for; absent when it is not known. */
  address?: string;
  userAgent?: string;
}

/** What an API call came to: an answer, the API's refusal, or an outage, which never ends a session. */
export type ApiResult<T> =
  | { kind: 'ok'; value: T }
  | {
      kind: 'refused';
      status: number;
      code: ErrorCode;
      message: string;
      errors?: FieldError[];
      /** The `Retry-After` header as the API sent it. */
      retryAfter?: string;
    }
  | { kind: 'unavailable'; reason: string; retryAfter?: string };

/** What a session is worth at the API: either token ends it. */
export interface SessionTokens {
  accessToken: string;
  refreshToken: string;
}

/** All that the BFF asks of an API. Somebody else's API is another implementation of this. */
export interface AuthApi {
  login(credentials: LoginRequest, from: EndUser): Promise<ApiResult<TokenAnswer>>;
  register?(account: RegisterRequest, from: EndUser): Promise<ApiResult<TokenAnswer>>;
  logout?(tokens: SessionTokens, from: EndUser): Promise<ApiResult<void>>;
}

/** Where the API is, and who we are to it. */
export interface AuthApiOptions {
  /** Where the API is reached from this server, without a trailing slash. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** Until the whole answer has arrived. Default 10. */
  timeoutSeconds?: number;
  fetch?: typeof fetch;
  /** Told what only the operator can repair, such as a client credential that the API does not know. Default: silent. */
  logger?: Logger;
}

/** Footbridge's own API over HTTP. No method rejects: whatever goes wrong on the way is `unavailable`. */
export function createAuthApi(options: AuthApiOptions): AuthApi {
  const { logger = silentLogger } = options;
  const basic = basicCredential(options.clientId, options.clientSecret);

  async function ask<T>(call: Call, judge: (response: Response) => Promise<ApiResult<T>>): Promise<ApiResult<T>> {
    const sent = await send(call, options);
    const result = sent.kind === 'response' ? await judge(sent.response) : sent;
    if (result.kind === 'unavailable' && result.reason.includes('invalid_client')) {
      logger.error('client_credential_refused', {
        endpoint: call.path,
        remedy: 'set the same API_CLIENT_ID and API_CLIENT_SECRET for the frontend and the API',
      });
    }
    return result;
  }

  return {
    login: (body, from) => ask({ path: apiEndpoints.login.path, authorization: basic, body, from }, judgeTokenAnswer),
    register: (body, from) =>
      ask({ path: apiEndpoints.register.path, authorization: basic, body, from }, judgeTokenAnswer),
    logout: ({ accessToken, refreshToken }, from) =>
      ask(
        { path: apiEndpoints.logout.path, authorization: `Bearer ${accessToken}`, body: { refreshToken }, from },
        judgeLogoutAnswer,
      ),
  };
}

interface Call {
  readonly path: string;
  readonly authorization: string;
  readonly body: object;
  readonly from: EndUser;
}

type Sent = { readonly kind: 'response'; readonly response: Response } | { kind: 'unavailable'; reason: string };

async function send({ path, authorization, body, from }: Call, options: AuthApiOptions): Promise<Sent> {
  const { url, timeoutSeconds = 10, fetch: send = fetch } = options;
  try {
    const response = await send(`${url}${path}`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        authorization,
        [headers.requestId]: from.requestId,
        ...(from.address !== undefined && { 'x-forwarded-for': from.address }),
        ...(from.userAgent !== undefined && { 'user-agent': from.userAgent }),
      },
      body: JSON.stringify(body),
      redirect: 'manual', // a followed redirect would carry the password to whoever answers it
      cache: 'no-store', // Next caches what fetch brings: one person's tokens must not answer another's login
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    return { kind: 'response', response };
  } catch (error) {
    return { kind: 'unavailable', reason: networkReason(error) };
  }
}

/** HTTP Basic as OAuth wants it: both halves form-encoded first, so that a colon or an umlaut survives. */
function basicCredential(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`)}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice('='.length);
}

/** `TimeoutError`, `ECONNREFUSED` and the like: what an operator looks for, without the message's host names. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error instanceof Error ? error.name : 'network');
}
