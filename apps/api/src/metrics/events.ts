/** Which events of the log count, and as what: one table, so that a line and a number never disagree. */
import { apiEndpoints } from '@footbridge/contracts';
import type { Instruments } from './metrics.ts';

/** An event as the log is told of it. */
export interface Event {
  readonly name: string;
  readonly details: Readonly<Record<string, unknown>>;
}

type Count = (metrics: Instruments, details: Event['details']) => void;

const knownMethods: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const knownLimits: ReadonlySet<unknown> = new Set(['account', 'address', 'session', 'user']);
const knownEvidence: ReadonlySet<unknown> = new Set(['sec_fetch_site', 'origin', 'unmarked', 'preflight']);

const refusedRefreshes: Readonly<Record<string, string>> = {
  session_expired: 'expired',
  session_revoked: 'revoked',
  refresh_token_reused: 'reused',
  invalid_refresh_token: 'invalid',
};

const counts: Readonly<Record<string, Count>> = {
  request: countRequest,
  login_succeeded: ({ logins }) => logins.inc({ outcome: 'succeeded' }),
  login_failed: ({ logins }) => logins.inc({ outcome: 'refused' }),
  user_registered: ({ registrations }) => registrations.inc(),
  password_changed: ({ passwordChanges }) => passwordChanges.inc({ outcome: 'succeeded' }),
  password_change_refused: ({ passwordChanges }) => passwordChanges.inc({ outcome: 'refused' }),
  refresh_token_rotated: ({ refreshes }) => refreshes.inc({ outcome: 'rotated' }),
  refresh_token_repeated: ({ refreshes }) => refreshes.inc({ outcome: 'repeated' }),
  refresh_refused: ({ refreshes }, { code }) => refreshes.inc({ outcome: refusedRefreshes[String(code)] ?? 'invalid' }),
  refresh_token_reused: ({ reuses }) => reuses.inc(),
  rate_limited: ({ rateLimited }, { limit }) => rateLimited.inc({ limit: oneOf(knownLimits, limit) }),
  cross_site_request: ({ crossSiteRefusals }, { reason }) =>
    crossSiteRefusals.inc({ reason: oneOf(knownEvidence, reason) }),
  client_credential_refused: ({ clientRefusals }) => clientRefusals.inc(),
  service_unavailable: countUnavailable,
  database_connection_lost: ({ databaseFailures }) => databaseFailures.inc({ kind: 'connection' }),
  revocations_unheard: ({ databaseFailures }) => databaseFailures.inc({ kind: 'revocations_unheard' }),
  note_changes_unheard: ({ databaseFailures }) => databaseFailures.inc({ kind: 'note_changes_unheard' }),
  clean_up_failed: ({ databaseFailures }) => databaseFailures.inc({ kind: 'clean_up' }),
};

/** Counts one event; one that the table does not name is for the log alone. */
export function countEvent(metrics: Instruments, { name, details }: Event): void {
  if (Object.hasOwn(counts, name)) counts[name]?.(metrics, details);
}

function countRequest({ requests, refreshes }: Instruments, { method, route, status, ms, isStream }: Event['details']) {
  if (route === apiEndpoints.refresh.path && Number(status) >= 500) refreshes.inc({ outcome: 'unavailable' });
  if (isStream === true) return; // it lasts for as long as somebody listens, which says nothing of speed
  const labels = { method: oneOf(knownMethods, method), route: String(route), status: statusClass(status) };
  requests.observe(labels, Number(ms) / 1000);
}

/** A queue that is full has no cause; what has one is the database's. */
function countUnavailable({ databaseFailures }: Instruments, { err }: Event['details']): void {
  if (err instanceof Error && err.cause !== undefined) databaseFailures.inc({ kind: 'request' });
}

/** `2xx` and the like; `aborted` where the client did not wait for the end. */
function statusClass(status: unknown): string {
  return typeof status === 'number' ? `${Math.floor(status / 100)}xx` : 'aborted';
}

/** What a client makes up must not make a time series. */
function oneOf(known: ReadonlySet<unknown>, value: unknown): string {
  return known.has(value) ? String(value) : 'other';
}
