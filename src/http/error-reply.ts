import { KycError, type KycErrorCode } from '../errors.ts';
import { describeError, type Logger } from '../lib/log.ts';
import { translate } from '../messages/translate.ts';
import type { Reply } from './reply.ts';

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
      'Something this server depends on (database, Horizon) cannot be reached. `Retry-After` says when to try again.',
  },
};

/** What telling of an error needs to know of the request. */
export interface ErrorContext {
  readonly requestId: string;
  readonly log: Logger;
  /** The language to tell it in (BCP 47). */
  readonly lang: string;
}

/**
 * What a client is told of an error: always `{ "error": "<string>" }`. An error that is not meant for clients is told by the
 * request's id alone; the log gets its kind and place. (ruling 28)
 */
export function errorReply(error: unknown, { requestId, log, lang }: ErrorContext): Reply {
  if (!(error instanceof KycError)) {
    log.error({ requestId, ...describeError(error) }, 'a request failed unexpectedly');
    return internalError(requestId, lang);
  }
  if (error.code === 'integration_fault') {
    log.error(
      { requestId, fault: error.message },
      'the customer integration gave an answer that SEP-12 does not allow',
    );
    return internalError(requestId, lang);
  }
  const told = error.phrase === undefined ? error.message : translate(error.phrase, lang);
  if (error.code === 'unavailable') log.warn({ requestId, ...describeError(error.cause) }, error.message);
  return { status: errorPages[error.code].status, body: { error: told }, headers: headersOf(error) };
}

function internalError(requestId: string, lang: string): Reply {
  return { status: 500, body: { error: translate({ key: 'error.internal', params: { requestId } }, lang) } };
}

/** @see RFC 6750 § 3 and RFC 9110 § 10.2.3 */
function headersOf({ code, retryAfterSeconds }: KycError): Record<string, string> {
  return {
    ...(code === 'unauthenticated' && { 'WWW-Authenticate': 'Bearer' }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(Math.ceil(retryAfterSeconds)) }),
  };
}
