import type { KycErrorCode } from './errors.ts';

/** An error code as HTTP shows it. */
export interface ErrorPage {
  readonly status: number;
  /** What the code means, for docs/errors.md. */
  readonly meaning: string;
}

/** The one place where an error code becomes an HTTP status; a new code does not compile without one. */
export const errorPages: Readonly<Record<KycErrorCode, ErrorPage>> = {
  invalid_request: {
    status: 400,
    meaning: 'The request cannot be read or contradicts itself. Sending it again will not help.',
  },
  invalid_field: {
    status: 400,
    meaning:
      "A field has a value it cannot have. The message names the field and the rule: `'birth_date' is invalid: expected YYYY-MM-DD`.",
  },
  too_large: {
    status: 413,
    meaning: 'A file, a value or the whole body is larger than the server takes. The message names the limit.',
  },
  unauthenticated: { status: 401, meaning: 'No token, one that is not ours, or one that has expired. Sign in again.' },
  forbidden: {
    status: 403,
    meaning:
      'The token is good, but not for this account or memo; or this wallet may not sign in here; or the role of this operator does not allow it.',
  },
  customer_not_found: {
    status: 404,
    meaning: 'There is no such customer, or it is not reached by this token. The two cannot be told apart.',
  },
  not_found: { status: 404, meaning: 'There is no such transaction, or it is not reached by this token.' },
  stale: {
    status: 412,
    meaning: 'The customer has changed since the version that an operator looked at. Look again, then decide.',
  },
  not_possible: {
    status: 409,
    meaning: 'What an operator asked for cannot be done as things are. The message says why.',
  },
  not_implemented: { status: 501, meaning: 'This anchor does not offer this endpoint.' },
  integration_fault: {
    status: 500,
    meaning:
      "The anchor's own integration gave an answer that SEP-12 does not allow. The log says what was wrong; the client sees the request's id.",
  },
  unavailable: {
    status: 503,
    meaning:
      'Something this server depends on (database, file store, Horizon) cannot be reached. `Retry-After` says when to try again.',
  },
};
