/** Wires what the endpoints share, from what the composition root hands in. No I/O happens here. */
import { randomUUID } from 'node:crypto';
import { createTokenIssuer } from './access-token/issue.ts';
import type { SigningKeys } from './access-token/signing-keys.ts';
import { createTokenVerifier, type TokenVerifier } from './access-token/verify.ts';
import { type BrowserPolicy, type Browsers, createBrowsers } from './browsers/browsers.ts';
import type { Database } from './database/connect.ts';
import { createTokenAnswers, type TokenAnswers } from './endpoints/token-answer.ts';
import { type BearerGates, createBearerGates } from './http/bearer.ts';
import { type CallerGate, createCallerGate } from './http/caller.ts';
import {
  type ClientCredential,
  type ClientGate,
  createClientGate,
  createClientRecogniser,
} from './http/client-credential.ts';
import type { Logger } from './log.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { createNoteServices, type NoteServices } from './notes/note-services.ts';
import type { Passwords } from './passwords/passwords.ts';
import { ownCounters, sharedCounters } from './rate-limits/counters.ts';
import { createFamiliarity } from './rate-limits/familiar.ts';
import { createRateLimits, type RateLimitPolicy, type RateLimits, unlimited } from './rate-limits/rate-limits.ts';
import { createRecogniser, type RecogniseRefreshToken } from './refresh-token/recognise.ts';
import { createLedger, type Ledger, type RevocationReason } from './revocations/ledger.ts';
import { createRevocationSet, type RevocationSet } from './revocations/revocation-set.ts';
import type { SecretRing } from './secrets/secret-ring.ts';
import { createEndFormer, createEndNamed, type EndNamed } from './sessions/end-named.ts';
import { createRotation, type Rotate } from './sessions/rotation.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';
import { createUsers, type Users } from './users/users.ts';

const clocksApartSeconds = 60; // by which any two machines that judge tokens may differ

/** The decisions that settings make about tokens, sessions and clients. All lifetimes are in seconds. */
export interface AuthPolicy {
  readonly client: ClientCredential;
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly refreshGraceSeconds: number;
  readonly sessionIdleSeconds: number;
  readonly sessionAbsoluteSeconds: number;
}

/** Everything the app needs from outside itself. `now` gives milliseconds since the epoch, by the wall clock by default. */
export interface AppDependencies {
  /** This API's origin as browsers see it. Default: one without TLS. */
  readonly publicOrigin?: string;
  readonly database: Database;
  readonly passwords: Passwords;
  readonly signingKeys: SigningKeys;
  readonly secrets: SecretRing;
  readonly policy: AuthPolicy;
  /** Whether browsers are served. By default none is: the frontend's server is the only client. */
  readonly browserPolicy?: BrowserPolicy;
  /** Own proxies between the confidential client and this server. By default none. */
  readonly trustedHops?: number;
  /** How often anyone may try, and whether all instances count together. By default there is no limit. */
  readonly rateLimits?: { readonly policy: RateLimitPolicy; readonly counted: 'together' | 'here' };
  readonly logger: Logger;
  /** Where figures go. By default nobody reads them. */
  readonly metrics?: Metrics;
  readonly now?: () => number;
  readonly newRequestId?: () => string;
  /** Whether this process wants more requests; without it, it always does. */
  readonly isReady?: () => boolean;
}

/** What endpoints are made from. */
export interface Services extends BearerGates, NoteServices {
  /** Decides what answers say of https. */
  readonly publicOrigin: string;
  readonly browsers: Browsers;
  readonly admitClient: ClientGate;
  readonly admitCaller: CallerGate;
  readonly rateLimits: RateLimits;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly rotate: Rotate;
  readonly recogniseRefreshToken: RecogniseRefreshToken;
  /** Ends what a browser's cookies name; `endFormer` never rejects. */
  readonly endNamed: EndNamed;
  readonly endFormer: EndNamed;
  readonly ledger: Ledger;
  readonly revocationSet: RevocationSet;
  readonly secrets: SecretRing;
  readonly verify: TokenVerifier;
  readonly tokenAnswer: TokenAnswers;
  readonly signingKeys: SigningKeys;
  readonly database: Database;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly newRequestId: () => string;
  readonly isReady: () => boolean;
}

/** Creates the services. */
export function createServices(dependencies: AppDependencies): Services {
  const { database, passwords, signingKeys, secrets, policy, logger } = dependencies;
  const { policy: limits, counted } = dependencies.rateLimits ?? { policy: unlimited, counted: 'here' };
  const { metrics = createMetrics() } = dependencies;
  const { now = Date.now, newRequestId = randomUUID, browserPolicy = { kind: 'none' } } = dependencies;
  const { isReady = () => true, trustedHops = 0 } = dependencies;
  const browsers = createBrowsers(browserPolicy);
  const recogniseClient = createClientRecogniser({ expected: policy.client, trustedHops, logger });
  const lifetimes = { idleSeconds: policy.sessionIdleSeconds, absoluteSeconds: policy.sessionAbsoluteSeconds };
  const retentionSeconds = revocationRetentionSeconds(policy);
  const revocationSet = createRevocationSet({ retentionSeconds, now });
  const countEnded = (reason: RevocationReason, count: number): void => metrics.sessionsEnded.inc({ reason }, count);
  const ledger = createLedger({ database, set: revocationSet, retentionSeconds, onEnded: countEnded });
  const sessions = createSessions({ database, secrets, ledger, lifetimes, now });
  const verify = createTokenVerifier({ keys: signingKeys, policy, now });
  const recogniseRefreshToken = createRecogniser({ sessions, secrets });
  const endNamed = createEndNamed({ verify, recognise: recogniseRefreshToken, sessions });
  const rateLimits = createRateLimits({
    policy: limits,
    openCounter: counted === 'together' ? sharedCounters(database) : ownCounters(),
    isFamiliar: createFamiliarity(database),
    secrets,
    logger,
  });
  const issueToken = createTokenIssuer({
    keys: signingKeys,
    policy: { issuer: policy.issuer, audience: policy.audience, lifetimeSeconds: policy.accessTokenSeconds },
    now,
  });
  return {
    publicOrigin: dependencies.publicOrigin ?? 'http://localhost',
    browsers,
    admitClient: createClientGate(recogniseClient),
    admitCaller: createCallerGate({ recogniseClient, browsers }),
    ...createBearerGates({ browsers, verify, revocations: revocationSet, sessions }),
    ...createNoteServices({ database, now }),
    rateLimits,
    users: createUsers({ database, passwords, ledger, logger, now }),
    sessions,
    rotate: createRotation({
      database,
      secrets,
      ledger,
      idleSeconds: policy.sessionIdleSeconds,
      graceSeconds: policy.refreshGraceSeconds,
      admit: (sessionId) => rateLimits.refresh(sessionId),
    }),
    recogniseRefreshToken,
    endNamed,
    endFormer: createEndFormer(endNamed),
    ledger,
    revocationSet,
    secrets,
    verify,
    tokenAnswer: createTokenAnswers({ issueToken, claimsOf: browsers.claimsOf, secrets, now }),
    signingKeys,
    database,
    logger,
    metrics,
    newRequestId,
    isReady,
  };
}

/** How long the end of a session matters: while a token that names it may still pass a check, on the slowest clock. */
export function revocationRetentionSeconds({ accessTokenSeconds }: AuthPolicy): number {
  return Math.max(1, accessTokenSeconds) + clocksApartSeconds;
}
