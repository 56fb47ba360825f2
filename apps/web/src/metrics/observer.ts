/** Turns what core observes into metrics, and what the guard decided into a line for those who look closely. */
import type { GuardVerdict, Observation, Observe, RefreshWord } from '@footbridge/core';
import type { Logger } from '../log.ts';
import type { Metrics } from './metrics.ts';

/** Where both go. */
export interface ObserverOptions {
  readonly metrics: Metrics;
  readonly logger: Pick<Logger, 'debug'>;
}

const refreshOutcomes: Readonly<Record<RefreshWord, string>> = {
  succeeded: 'succeeded',
  session_expired: 'expired',
  session_revoked: 'revoked',
  refresh_token_reused: 'reused',
  invalid_refresh_token: 'invalid',
  unavailable: 'unavailable',
};

const unremarkable: ReadonlySet<GuardVerdict> = new Set<GuardVerdict>(['public', 'passed', 'unverified']);

/** Makes the observer. */
export function createObserver({ metrics, logger }: ObserverOptions): Observe {
  return (observed: Observation) => {
    switch (observed.kind) {
      case 'sign_in':
        return metrics[observed.by === 'login' ? 'logins' : 'registrations'].inc({ outcome: observed.outcome });
      case 'refresh':
        return metrics.refreshes.inc({ outcome: refreshOutcomes[observed.outcome] });
      case 'cross_site':
        return metrics.crossSiteRefusals.inc({ reason: observed.reason });
      case 'guard': {
        const { verdict, requestId } = observed;
        if (!unremarkable.has(verdict)) logger.debug('guard_verdict', { requestId, verdict });
        return metrics.guardVerdicts.inc({ verdict });
      }
      case 'relay_answered':
        return metrics.relayed.observe({ status: `${Math.floor(observed.status / 100)}xx` }, observed.seconds);
      case 'relay_failed':
        return metrics.relayFailures.inc({ kind: observed.failure });
      case 'stream_opened':
        return metrics.streams.inc({ kind: observed.of });
      case 'stream_closed':
        return metrics.streams.dec({ kind: observed.of });
      case 'revocation':
        return metrics.revocationLag.observe(observed.lagSeconds);
      case 'signing_keys':
        return metrics.keyFetches.inc({ outcome: observed.outcome });
    }
  };
}
