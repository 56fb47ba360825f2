/** What the BFF tells whoever measures it: numbers, and words from fixed lists; never a path, a person or a token. */
import type { OriginJudgement } from './csrf.ts';
import type { FailureKind } from './relay/transport.ts';

/** What the guard decided. `unverified`: a write that renews by itself, or is refused where data is read. */
export type GuardVerdict =
  | 'public'
  | 'passed'
  | 'unverified'
  | 'sent_to_refresh'
  | 'sent_to_login'
  | 'unauthenticated'
  | 'unavailable';

/** What a rotation at the API came to. All who shared it are one. */
export type RefreshWord =
  | 'succeeded'
  | 'session_expired'
  | 'session_revoked'
  | 'refresh_token_reused'
  | 'invalid_refresh_token'
  /** The session lives on: an outage, or an answer that is none. */
  | 'unavailable';

/** One thing that happened. */
export type Observation =
  | {
      readonly kind: 'sign_in';
      readonly by: 'login' | 'registration';
      /** `invalid`: never sent to the API. */
      readonly outcome: 'succeeded' | 'refused' | 'invalid' | 'unavailable';
    }
  | { readonly kind: 'refresh'; readonly outcome: RefreshWord }
  | { readonly kind: 'cross_site'; readonly reason: Extract<OriginJudgement, { kind: 'foreign' }>['reason'] }
  | {
      readonly kind: 'guard';
      readonly verdict: GuardVerdict;
      /** For a log line, not for a label. */
      readonly requestId: string;
    }
  /** A relayed call has the head of its answer. `seconds` count from the decision to relay it, a retry included. */
  | { readonly kind: 'relay_answered'; readonly status: number; readonly seconds: number }
  | { readonly kind: 'relay_failed'; readonly failure: FailureKind }
  /** An event stream or WebSocket through the relay. Every opening has its closing. */
  | { readonly kind: 'stream_opened' | 'stream_closed'; readonly of: 'events' | 'websocket' }
  /** News of an ended session arrived. `lagSeconds` hold the difference of the two clocks. */
  | { readonly kind: 'revocation'; readonly lagSeconds: number }
  | { readonly kind: 'signing_keys'; readonly outcome: 'fetched' | 'failed' };

/** Told of everything at once, on the path of the request: it must be quick, and must not throw. */
export type Observe = (observation: Observation) => void;

/** The default: nobody measures. */
export const unobserved: Observe = () => undefined;
