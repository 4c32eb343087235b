import type { Phrase } from './messages/phrase.ts';
import { translate } from './messages/translate.ts';

/** Every way in which a request can be refused. A code never changes once released and knows nothing of HTTP. */
export type KycErrorCode =
  | 'invalid_request'
  | 'invalid_field'
  | 'too_large'
  | 'unauthenticated'
  | 'forbidden'
  | 'customer_not_found'
  | 'not_found'
  | 'stale'
  | 'not_possible'
  | 'not_implemented'
  | 'integration_fault'
  | 'unavailable';

/** What an error may carry beyond its code and message. */
export interface KycErrorOptions extends ErrorOptions {
  /** The request field at fault, in its wire spelling (`birth_date`). */
  readonly field?: string;
  /** Whole seconds after which the same request is worth repeating. */
  readonly retryAfterSeconds?: number;
}

/**
 * A refusal whose message the client is shown. The message names the field and the rule, never the value:
 * it is written to logs and sent over the wire.
 */
export class KycError extends Error {
  readonly code: KycErrorCode;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** What `message` says, when it can be said in other languages than English too. */
  readonly phrase: Phrase | undefined;

  /** `told` is a phrase that the client gets in its own language, or a text that is passed on as it is. */
  constructor(code: KycErrorCode, told: Phrase | string, options: KycErrorOptions = {}) {
    super(typeof told === 'string' ? told : translate(told, 'en'), options);
    this.name = 'KycError';
    this.code = code;
    this.phrase = typeof told === 'string' ? undefined : told;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** What a {@link CustomerIntegration} throws for a request it cannot accept; answered 400 with the message. */
export class InvalidRequest extends KycError {
  constructor(told: Phrase | string, options: KycErrorOptions = {}) {
    super('invalid_request', told, options);
    this.name = 'InvalidRequest';
  }
}

/** What a {@link CustomerIntegration} throws when it has no such customer; answered 404 with the message. */
export class CustomerNotFound extends KycError {
  constructor(told: Phrase | string = { key: 'error.customer_not_found' }, options: KycErrorOptions = {}) {
    super('customer_not_found', told, options);
    this.name = 'CustomerNotFound';
  }
}

/**
 * Worded so that a client can find the field in it: `'birth_date' is invalid: expected YYYY-MM-DD`.
 * `rule` says what is expected and never repeats the value; one that is a text is told in English whatever the language.
 */
export function invalidField(field: string, rule: Phrase | string, options: KycErrorOptions = {}): KycError {
  const told: Phrase | string =
    typeof rule === 'string'
      ? `'${field}' is invalid: ${rule}`
      : { key: 'error.invalid_field', params: { field, rule } };
  return new KycError('invalid_field', told, { ...options, field });
}
