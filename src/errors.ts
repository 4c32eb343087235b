/** Every way in which a request can be refused. A code never changes once released and knows nothing of HTTP. */
export type KycErrorCode =
  | 'invalid_request'
  | 'invalid_field'
  | 'too_large'
  | 'unauthenticated'
  | 'forbidden'
  | 'customer_not_found'
  | 'not_found'
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

  constructor(code: KycErrorCode, message: string, options: KycErrorOptions = {}) {
    super(message, options);
    this.name = 'KycError';
    this.code = code;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** What a {@link CustomerIntegration} throws for a request it cannot accept; answered 400 with the message. */
export class InvalidRequest extends KycError {
  constructor(message: string, options: KycErrorOptions = {}) {
    super('invalid_request', message, options);
    this.name = 'InvalidRequest';
  }
}

/** What a {@link CustomerIntegration} throws when it has no such customer; answered 404 with the message. */
export class CustomerNotFound extends KycError {
  constructor(message = 'customer not found', options: KycErrorOptions = {}) {
    super('customer_not_found', message, options);
    this.name = 'CustomerNotFound';
  }
}

/**
 * Worded so that a client can find the field in it: `'birth_date' is invalid: expected YYYY-MM-DD`.
 * `rule` says what is expected and never repeats the value.
 */
export function invalidField(field: string, rule: string): KycError {
  return new KycError('invalid_field', `'${field}' is invalid: ${rule}`, { field });
}
