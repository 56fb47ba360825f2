/** Judges what the API answered to a script of this page. No schema library in the browser. */
import type { ErrorBody, ErrorCode, FieldError } from '@footbridge/contracts';

/** Why a call was not done. `over`: nobody is logged in any more. */
export type CallFailure =
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly errors: readonly FieldError[] }
  | { readonly kind: 'over' }
  | { readonly kind: 'unavailable' };

/** What a call comes to. */
export type Answer<Data> = { readonly kind: 'ok'; readonly data: Data } | CallFailure;

const unavailable: CallFailure = { kind: 'unavailable' };

/** Reads `data` of a success with `read`, which gives `undefined` for what is not the API's: an outage on the way. */
export function judgeAnswer<Data>(
  status: number,
  body: unknown,
  read: (data: unknown) => Data | undefined,
): Answer<Data> {
  if (status < 200 || status >= 300) return failureOf(status, body);
  const data = isObject(body) ? read(body['data']) : undefined;
  return data === undefined ? unavailable : { kind: 'ok', data };
}

/** A JSON object of unknown members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function failureOf(status: number, body: unknown): CallFailure {
  if (status >= 500 || !isErrorBody(body)) return unavailable;
  if (status === 401) return { kind: 'over' };
  return { kind: 'refused', code: body.code, errors: body.errors ?? [] };
}

// The API is our own, so its shape is a promise; what is not its is a proxy's page on the way.
function isErrorBody(body: unknown): body is ErrorBody {
  return isObject(body) && typeof body['code'] === 'string' && typeof body['message'] === 'string';
}
