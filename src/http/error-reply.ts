import { errorPages } from '../error-pages.ts';
import { KycError } from '../errors.ts';
import { describeError, type Logger } from '../lib/log.ts';
import { translate } from '../messages/translate.ts';
import type { Reply } from './reply.ts';

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
