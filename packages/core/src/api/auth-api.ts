/** Login, registration and logout at the API, as a confidential client (RFC 6749, section 2.3.1). */
import {
  type ApiEndpoint,
  apiEndpoints,
  type ErrorCode,
  type FieldError,
  type LoginRequest,
  type RegisterRequest,
  type SessionSummary,
  type TokenAnswer,
  type User,
} from '@footbridge/contracts';
import { type Logger, silentLogger } from '../logger.ts';
import { judgeLogoutAnswer, judgeTokenAnswer, judgeVerifyAnswer } from './answer.ts';
import { createOpenFeed, type OpenFeed } from './revocation-feed.ts';
import { type Call, createSend } from './send.ts';

/** On whose behalf the API is called. It feeds the API's list of sessions. */
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
  /** Without it, a session ends with its access token. */
  refresh?(refreshToken: string, from: EndUser): Promise<ApiResult<TokenAnswer>>;
  logout?(tokens: SessionTokens, from: EndUser): Promise<ApiResult<void>>;
  /** The API's own word on an access token: a session that was ended is refused at once. */
  verify?(accessToken: string, from: EndUser): Promise<ApiResult<{ user: User; session: SessionSummary }>>;
  /** Any other call in the name of a logged-in user. Never rejects. */
  call?(accessToken: string, call: UserCall, from: EndUser): Promise<UserCallResult>;
  /** Opens the feed of ended sessions. Rejects when there is none to read. */
  revocations?: OpenFeed;
}

/** One call in the name of a user; `path` is checked already. */
export interface UserCall {
  readonly method: string;
  readonly path: string;
  readonly json?: unknown;
}

/** The API's answer as it came, whatever its status, or an outage. */
export type UserCallResult = { kind: 'answer'; response: Response } | { kind: 'unavailable'; reason: string };

/** Where the API is, and who we are to it. */
export interface AuthApiOptions {
  /** Where the API is reached from this server, without a trailing slash. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** Until the whole answer has arrived. Default 10. */
  timeoutSeconds?: number;
  /** The same for a refresh, which nobody should give up early: the API may have rotated already. Default 15. */
  refreshTimeoutSeconds?: number;
  fetch?: typeof fetch;
  /** Told what only the operator can repair, such as a client credential that the API does not know. Default: silent. */
  logger?: Logger;
}

/** Footbridge's own API over HTTP. No method but `revocations` rejects: what goes wrong on the way is `unavailable`. */
export function createAuthApi(options: AuthApiOptions): AuthApi {
  const { url, timeoutSeconds = 10, refreshTimeoutSeconds = 15, logger = silentLogger } = options;
  const fetchApi: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const basic = basicCredential(options.clientId, options.clientSecret);
  const send = createSend({ url, fetch: fetchApi });
  const { register, login, refresh, verify, logout, revocations } = apiEndpoints;

  async function ask<T>(call: Question, judge: Judge<T>): Promise<ApiResult<T>> {
    const sent = await send({ timeoutSeconds, ...call });
    const result = sent.kind === 'answer' ? await judge(sent.response) : sent;
    if (result.kind === 'unavailable' && result.reason.includes('invalid_client')) {
      logger.error('client_credential_refused', {
        endpoint: call.path,
        remedy: 'set the same API_CLIENT_ID and API_CLIENT_SECRET for the frontend and the API',
      });
    }
    return result;
  }

  return {
    login: (json, from) => ask({ ...target(login), authorization: basic, json, from }, judgeTokenAnswer),
    register: (json, from) => ask({ ...target(register), authorization: basic, json, from }, judgeTokenAnswer),
    refresh(refreshToken, from) {
      const call = { ...target(refresh), authorization: basic, json: { refreshToken }, from };
      return ask({ ...call, timeoutSeconds: refreshTimeoutSeconds }, judgeTokenAnswer);
    },
    logout: ({ accessToken, refreshToken }, from) =>
      ask({ ...target(logout), authorization: bearer(accessToken), json: { refreshToken }, from }, judgeLogoutAnswer),
    verify: (accessToken, from) =>
      ask({ ...target(verify), authorization: bearer(accessToken), from }, judgeVerifyAnswer),
    call: (accessToken, { method, path, json }, from) =>
      send({ method, path, authorization: bearer(accessToken), json, from, timeoutSeconds }),
    revocations: createOpenFeed({ url: url + revocations.path, authorization: basic, fetch: fetchApi }),
  };
}

type Question = Omit<Call, 'timeoutSeconds'> & Partial<Pick<Call, 'timeoutSeconds'>>;
type Judge<T> = (response: Response) => Promise<ApiResult<T>>;

function target({ method, path }: ApiEndpoint): Pick<Call, 'method' | 'path'> {
  return { method, path };
}

function bearer(accessToken: string): string {
  return `Bearer ${accessToken}`;
}

/** HTTP Basic as OAuth wants it: both halves form-encoded first, so that a colon or an umlaut survives. */
function basicCredential(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`)}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice('='.length);
}
