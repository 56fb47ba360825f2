import { describe, expect, it } from 'vitest';
import { apiEndpoints, apiErrorCodes, refusalsOf } from '../src/index.ts';

const ofClients = { servesBrowsers: false };
const ofBrowsers = { servesBrowsers: true };

describe('the refusals of an endpoint', () => {
  it('are its own and those of its shape, by status', () => {
    expect(refusalsOf(apiEndpoints.notes, ofClients)).toEqual([
      'validation_failed',
      'missing_token',
      'invalid_token',
      'session_revoked',
      'session_expired',
      'internal_error',
      'service_unavailable',
    ]);
    expect(refusalsOf(apiEndpoints.jwks, ofClients)).toEqual(['internal_error']);
  });

  it('judge no request as a browser’s where none is served', () => {
    expect(apiErrorCodes(ofClients)).not.toContain('cross_site_request');
    expect(refusalsOf(apiEndpoints.me, ofBrowsers)).toContain('cross_site_request');
  });

  it('take whoever is no client for a browser where one is served', () => {
    expect(refusalsOf(apiEndpoints.login, ofClients)).toContain('invalid_client');
    expect(refusalsOf(apiEndpoints.login, ofBrowsers)).not.toContain('invalid_client');
    expect(refusalsOf(apiEndpoints.revocations, ofBrowsers)).toContain('invalid_client');
    expect(refusalsOf(apiEndpoints.logout, ofClients)).toContain('missing_token');
    expect(refusalsOf(apiEndpoints.logout, ofBrowsers)).not.toContain('missing_token');
  });

  it('never are those that only the frontend utters', () => {
    for (const code of ['unauthenticated', 'bad_gateway', 'api_unavailable', 'gateway_timeout'] as const) {
      expect(apiErrorCodes(ofBrowsers)).not.toContain(code);
    }
  });
});
