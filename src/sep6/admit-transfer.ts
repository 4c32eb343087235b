import { KycError } from '../errors.ts';
import { describeError } from '../lib/log.ts';
import type { PaymentDetails, PaymentOwner } from '../payments/payment.ts';
import type { Sep6Parts } from './parts.ts';
import type { TransferRequest } from './read-transfer.ts';
import { kindOf } from './transfer-kind.ts';

/**
 * Asks the anchor whether it takes a transfer at all. Choice: before its customer is looked at, as what it is refused for is not theirs to mend.
 * @throws KycError as the anchor refused it; `unavailable` when nobody can say
 * @see SEP-6 § Stellar account does not exist
 */
export async function admitTransfer(
  { settings: { transfers }, deciding: { log } }: Pick<Sep6Parts, 'settings' | 'deciding'>,
  owner: PaymentOwner,
  { endpoint, account, wishes, lang = 'en' }: TransferRequest,
  details: PaymentDetails,
): Promise<void> {
  const claimableBalanceSupported = wishes['claimable_balance_supported'] === 'true';
  const kind = kindOf[endpoint];
  try {
    await transfers.admitTransfer?.({ kind, owner, account, claimableBalanceSupported, details, lang });
  } catch (error) {
    if (error instanceof KycError && (error.code === 'invalid_request' || error.code === 'invalid_field')) throw error;
    log.error(describeError(error), 'whether a transfer is taken could not be told');
    throw new KycError('unavailable', 'transfers cannot be taken now: try again later', { retryAfterSeconds: 5 });
  }
}
