/** Header names that are Footbridge's own, and what a sane request id is. */
export const headers = {
  /** Marks a script's request as one that a cross-site form cannot make. */
  csrf: 'x-footbridge',
  /** Joins the log lines of both apps. */
  requestId: 'x-request-id',
} as const;

const saneRequestId = /^[A-Za-z0-9._-]{1,128}$/;

/** Whether a request id from outside is safe to adopt: 1 to 128 characters that need no quoting anywhere. */
export function isRequestId(value: string | null | undefined): value is string {
  return typeof value === 'string' && saneRequestId.test(value);
}
