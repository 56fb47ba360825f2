/** The framework-free BFF, in the order of a request's life. */
export { type ClientAddressOptions, clientAddress } from './client-address.ts';
export type { Endpoint, RequestContext } from './endpoint.ts';
export { type Bff, createBff } from './bff.ts';
export type { AccessTokenRules, BffOptions } from './options.ts';
export { describeException, type Logger } from './logger.ts';
export type { GuardVerdict, Observation, Observe, RefreshWord } from './observer.ts';
export {
  type ApiResult,
  type AuthApi,
  type AuthApiOptions,
  createAuthApi,
  type EndUser,
  type SessionTokens,
  type UserCall,
  type UserCallResult,
} from './api/auth-api.ts';
export type { FeedEvent, OpenFeed } from './api/revocation-feed.ts';
export type { FetchApi, FetchApiInit, FetchApiResult } from './api/user-call.ts';
export { serializeSetCookie, type SetCookie } from './cookies/header.ts';
export {
  type CookieAttributes,
  type CookieMode,
  type CookiePolicy,
  type CookiePolicyOptions,
  cookiePolicies,
  type SharedCookiePolicyOptions,
} from './cookies/policy.ts';
export {
  createTokenCookies,
  type PresentedTokens,
  type TokenCookies,
  type TokenPair,
} from './cookies/token-cookies.ts';
export { judgeOrigin, type JudgedRequest, type OriginJudgement, type OriginRules } from './csrf.ts';
export type { Authentication, VerifiedSession } from './session/authentication.ts';
export type { AuthenticateAndRefresh, RefreshedAuthentication, RefreshFrom } from './refresh/inline.ts';
export { mayRepeat, type RelayFailure, relayFailure } from './relay/failure.ts';
export type { HeaderField } from './relay/fields.ts';
export type { RelayOptions } from './relay/options.ts';
export type { RelayRoute } from './relay/routes.ts';
export type {
  FailureKind,
  Relay,
  RelayDecision,
  RelayRequest,
  UpstreamCall,
  UpstreamHead,
  UpstreamRequest,
} from './relay/transport.ts';
export type { Revocations, RevocationsState } from './revocations/revocations.ts';
export { type AccessTokenOutcome, type VerificationRules, verifyAccessToken } from './access-token/verify.ts';
export { type KeyLookup, localKeys, secretKey, type SigningKeys } from './access-token/keys.ts';
export type { GuardDecision } from './guard/guard.ts';
export { localPath } from './return-to.ts';
export { inertPolicy, securityHeaders } from './security-headers.ts';
