import { KycError, type KycErrorCode } from '../errors.ts';
import { describeError, type Logger } from '../lib/log.ts';
import type { Reply } from './reply.ts';

/** The one place where an error code becomes an HTTP status; a new code does not compile without one. */
export const statusOf: Readonly<Record<KycErrorCode, number>> = {
  invalid_request: 400,
  invalid_field: 400,
  too_large: 413,
  unauthenticated: 401,
  forbidden: 403,
  customer_not_found: 404,
  not_found: 404,
  not_implemented: 501,
  integration_fault: 500,
  unavailable: 503,
};

/**
 * What a client is told of an error: always `{ "error": "<string>" }`. An error that is not meant for clients is told by the
 * request's id alone; the log gets its kind and place. (ruling 28)
 */
export function errorReply(error: unknown, requestId: string, log: Logger): Reply {
  if (!(error instanceof KycError)) {
    log.error({ requestId, ...describeError(error) }, 'a request failed unexpectedly');
    return internalError(requestId);
  }
  if (error.code === 'integration_fault') {
    log.error(
      { requestId, fault: error.message },
      'the customer integration gave an answer that SEP-12 does not allow',
    );
    return internalError(requestId);
  }
  if (error.code === 'unavailable') log.warn({ requestId, ...describeError(error.cause) }, error.message);
  return { status: statusOf[error.code], body: { error: error.message }, headers: headersOf(error) };
}

function internalError(requestId: string): Reply {
  return { status: 500, body: { error: `internal error; the log knows more of request ${requestId}` } };
}

/** @see RFC 6750 § 3 and RFC 9110 § 10.2.3 */
function headersOf({ code, retryAfterSeconds }: KycError): Record<string, string> {
  return {
    ...(code === 'unauthenticated' && { 'WWW-Authenticate': 'Bearer' }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(Math.ceil(retryAfterSeconds)) }),
  };
}
