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
import { createNoteServices, type NoteServices } from './notes/note-services.ts';
import type { Passwords } from './passwords/passwords.ts';
import { createRecogniser, type RecogniseRefreshToken } from './refresh-token/recognise.ts';
import { createLedger, type Ledger } from './revocations/ledger.ts';
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
  readonly database: Database;
  readonly passwords: Passwords;
  readonly signingKeys: SigningKeys;
  readonly secrets: SecretRing;
  readonly policy: AuthPolicy;
  /** Whether browsers are served. By default none is: the frontend's server is the only client. */
  readonly browserPolicy?: BrowserPolicy;
  readonly logger: Logger;
  readonly now?: () => number;
  readonly newRequestId?: () => string;
}

/** What endpoints are made from. */
export interface Services extends BearerGates, NoteServices {
  readonly browsers: Browsers;
  readonly admitClient: ClientGate;
  readonly admitCaller: CallerGate;
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
  readonly newRequestId: () => string;
}

/** Creates the services. */
export function createServices(dependencies: AppDependencies): Services {
  const { database, passwords, signingKeys, secrets, policy, logger } = dependencies;
  const { now = Date.now, newRequestId = randomUUID, browserPolicy = { kind: 'none' } } = dependencies;
  const browsers = createBrowsers(browserPolicy);
  const recogniseClient = createClientRecogniser(policy.client);
  const lifetimes = { idleSeconds: policy.sessionIdleSeconds, absoluteSeconds: policy.sessionAbsoluteSeconds };
  const retentionSeconds = revocationRetentionSeconds(policy);
  const revocationSet = createRevocationSet({ retentionSeconds, now });
  const ledger = createLedger({ database, set: revocationSet, retentionSeconds });
  const sessions = createSessions({ database, secrets, ledger, lifetimes, now });
  const verify = createTokenVerifier({ keys: signingKeys, policy, now });
  const recogniseRefreshToken = createRecogniser({ sessions, secrets });
  const endNamed = createEndNamed({ verify, recognise: recogniseRefreshToken, sessions });
  const issueToken = createTokenIssuer({
    keys: signingKeys,
    policy: { issuer: policy.issuer, audience: policy.audience, lifetimeSeconds: policy.accessTokenSeconds },
    now,
  });
  return {
    browsers,
    admitClient: createClientGate(recogniseClient),
    admitCaller: createCallerGate({ recogniseClient, browsers, logger }),
    ...createBearerGates({ browsers, verify, revocations: revocationSet, sessions }),
    ...createNoteServices({ database, now }),
    users: createUsers({ database, passwords, ledger, now }),
    sessions,
    rotate: createRotation({
      database,
      secrets,
      ledger,
      idleSeconds: policy.sessionIdleSeconds,
      graceSeconds: policy.refreshGraceSeconds,
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
    newRequestId,
  };
}

/** How long the end of a session matters: while a token that names it may still pass a check, on the slowest clock. */
export function revocationRetentionSeconds({ accessTokenSeconds }: AuthPolicy): number {
  return Math.max(1, accessTokenSeconds) + clocksApartSeconds;
}
