/** What any step throws to end a request with one entry of the contracts' error table. */
import { type ErrorCode, errorTable, type FieldError } from '@footbridge/contracts';

/** Of what there was too much: attempts on one account, from one address, for one session, by one user. */
export type LimitName = 'account' | 'address' | 'session' | 'user';

/** What a refusal may carry beyond its code. */
export interface RefusalDetails {
  readonly errors?: readonly FieldError[];
  /** Whole seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
  /** Set on `/api/verify`, whose refusals also say that nobody is authenticated. */
  readonly authenticated?: false;
  /** For the log alone: what spoke against a request that came from another site. */
  readonly reason?: string;
  /** For the log alone: the limit that tripped. */
  readonly limit?: LimitName;
  readonly cause?: unknown;
}

/** A request that ends with an error body. Its message is the table's: never a value from the request. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly details: RefusalDetails;

  constructor(code: ErrorCode, details: RefusalDetails = {}) {
    super(errorTable[code].message, { cause: details.cause });
    this.name = 'Refusal';
    this.code = code;
    this.details = details;
  }

  /** The HTTP status that the table gives this code. */
  get status(): number {
    return errorTable[this.code].status;
  }
}
