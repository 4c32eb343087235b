import type { CheckContext, CheckInput, CheckResult, WebhookCall } from '../check.ts';

/** What a provider says when it is done. */
export type ProviderVerdict = Exclude<CheckResult, { readonly outcome: 'pending' }>;

/**
 * A company that identifies people: it takes an applicant, works for minutes to days, calls back, and is then asked what it found.
 * Each method throws when the provider does not answer as it is documented to; it is called again later.
 */
export interface Provider {
  /**
   * Hands an applicant over and has the work begun. `key` is the same for the same customer, data and settings: a start that is repeated,
   * because nobody knows how far the first one came, finds the same applicant by it and goes on from there.
   * Answers the provider's name for the applicant, or a verdict where it refuses to begin (a file it cannot read).
   */
  start(applicant: CheckInput, key: string, context: CheckContext): Promise<string | ProviderVerdict>;
  /** What was found, undefined while the provider is still at it. */
  fetchResult(reference: string, context: CheckContext): Promise<ProviderVerdict | undefined>;
  /**
   * Whom a call to our webhook is about, by the provider's name for the applicant; undefined when it brings nothing new.
   * @throws InvalidRequest when it is not signed as it must be
   */
  readWebhook(call: WebhookCall): Promise<string | undefined>;
}
