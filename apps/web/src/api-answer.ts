/** Judges what the API answered to a call of ours; the calling is in `ask-api.ts`. */
import { type ErrorCode, errorBody, type FieldError } from '@footbridge/contracts';

/** What a call to the API comes to. `over`: it does not take the session for alive, whatever we could verify. */
export type ApiAnswer =
  | { readonly kind: 'ok'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly errors: readonly FieldError[] }
  | { readonly kind: 'over' }
  | { readonly kind: 'unavailable' };

/** Turns a status and a body into an answer. A body that is not the API's own is an outage on the way to it. */
export function judge(status: number, body: unknown): ApiAnswer {
  if (status >= 200 && status < 300) return body === undefined ? { kind: 'unavailable' } : { kind: 'ok', body };
  const refusal = errorBody.safeParse(body);
  if (status >= 500 || !refusal.success) return { kind: 'unavailable' };
  const { code, errors = [] } = refusal.data;
  const isAboutPassword = code === 'invalid_credentials';
  return status === 401 && !isAboutPassword ? { kind: 'over' } : { kind: 'refused', code, errors };
}
