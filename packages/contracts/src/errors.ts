/** Every refusal that either app can utter: one table, one body. */
import { z } from 'zod';

/** Status and default message by code. Messages of 5xx are constant: they tell nothing about the inside. */
export const errorTable = {
  malformed_json: { status: 400, message: 'the request body is not valid JSON' },
  validation_failed: { status: 400, message: 'some fields are not valid' },
  invalid_request: { status: 400, message: 'the request is not valid' },
  digest_mismatch: { status: 400, message: 'the body is not what its Content-Digest says' },
  missing_token: { status: 401, message: 'a bearer token is required' },
  invalid_token: { status: 401, message: 'the token is not valid' },
  unauthenticated: { status: 401, message: 'log in first' },
  invalid_credentials: { status: 401, message: 'e-mail or password is wrong' },
  invalid_client: { status: 401, message: 'client authentication failed' },
  invalid_refresh_token: { status: 401, message: 'the refresh token is not valid' },
  refresh_token_reused: { status: 401, message: 'the refresh token was used before; the session has ended' },
  session_expired: { status: 401, message: 'the session has expired' },
  session_revoked: { status: 401, message: 'the session has ended' },
  cross_site_request: { status: 403, message: 'the request did not come from this site' },
  not_found: { status: 404, message: 'there is nothing here' },
  method_not_allowed: { status: 405, message: 'the method is not allowed here' },
  email_taken: { status: 409, message: 'the e-mail address is already registered' },
  quota_exceeded: { status: 409, message: 'there is no room for more; delete something first' },
  precondition_failed: { status: 412, message: 'it has changed since it was read' },
  payload_too_large: { status: 413, message: 'the request body is too large' },
  unsupported_media_type: { status: 415, message: 'the content type is not supported here' },
  range_not_satisfiable: { status: 416, message: 'the range lies outside the content' },
  rate_limited: { status: 429, message: 'too many attempts; try again later' },
  internal_error: { status: 500, message: 'something went wrong' },
  bad_gateway: { status: 502, message: 'the API cannot be reached; try again in a moment' },
  api_unavailable: { status: 503, message: 'the sign-in service cannot be reached; try again in a moment' },
  service_unavailable: { status: 503, message: 'the service is busy; try again in a moment' },
  gateway_timeout: { status: 504, message: 'the API did not answer in time; try again in a moment' },
} as const satisfies Record<string, { status: number; message: string }>;

/** The stable literal by which a program tells refusals apart. */
export type ErrorCode = keyof typeof errorTable;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys() of a const table is its union
export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

const fieldError = z.object({ path: z.string(), message: z.string() });

/** One field's problem: `path` is dotted (`email`, `address.city`), empty for the body as a whole. */
export type FieldError = z.infer<typeof fieldError>;

export const errorBody = z.object({
  success: z.literal(false),
  code: z.enum(errorCodes),
  message: z.string(),
  requestId: z.string(),
  errors: z.array(fieldError).optional(),
});

/** The body of every 4xx and 5xx. */
export type ErrorBody = z.infer<typeof errorBody>;

/** Turns a Zod failure into the `errors` of an error body. Never repeats the value that was refused. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
}
