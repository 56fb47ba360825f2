/** Every refusal that an endpoint can utter: those of its own, and those that its shape brings with it. */
import { type ApiEndpoint, apiEndpoints } from './endpoints.ts';
import { type ErrorCode, errorTable } from './errors.ts';

/** Whether browsers are served, as in shared-domain mode, or the confidential client alone. */
export interface Clientele {
  readonly servesBrowsers: boolean;
}

/** The refusals of one endpoint, by status. */
export function refusalsOf(endpoint: ApiEndpoint, clientele: Clientele): ErrorCode[] {
  const unheardOf = unheardOfBy(endpoint, clientele);
  const own = endpoint.refusals.filter((code) => !unheardOf.has(code));
  const codes = [...new Set([...own, ...refusalsOfShape(endpoint)])];
  return codes.toSorted((one, two) => errorTable[one].status - errorTable[two].status);
}

/** What is answered where no endpoint is. */
const strays: readonly ErrorCode[] = ['not_found', 'method_not_allowed'];

/** Every code that the API itself can utter; the others are the frontend's. */
export function apiErrorCodes(clientele: Clientele): ErrorCode[] {
  const endpoints: readonly ApiEndpoint[] = Object.values(apiEndpoints);
  return [...new Set([...strays, ...endpoints.flatMap((endpoint) => refusalsOf(endpoint, clientele))])];
}

/** Where browsers are served, whoever shows no credential is one; elsewhere no request is judged as a browser's. */
function unheardOfBy({ credential }: ApiEndpoint, { servesBrowsers }: Clientele): ReadonlySet<ErrorCode> {
  if (!servesBrowsers) return new Set(['cross_site_request']);
  if (credential === 'client or browser') return new Set(['invalid_client']);
  return new Set(credential === 'bearer or refresh token' ? ['missing_token'] : []);
}

/** A path or a query can be malformed, a body in four ways; whatever asks the store can find it away. */
function refusalsOfShape({ path, query, body, credential }: ApiEndpoint): ErrorCode[] {
  const hasParameters = path.includes(':');
  const asksTheStore = credential !== 'none';
  return [
    ...(hasParameters ? (['invalid_request'] as const) : []),
    ...(query ? (['validation_failed'] as const) : []),
    ...(body ? refusalsOfBody(body) : []),
    'internal_error',
    ...(asksTheStore ? (['service_unavailable'] as const) : []),
  ];
}

function refusalsOfBody(body: NonNullable<ApiEndpoint['body']>): ErrorCode[] {
  const ofAny: ErrorCode[] = ['payload_too_large', 'unsupported_media_type'];
  return 'stream' in body ? ofAny : ['malformed_json', 'validation_failed', ...ofAny];
}
