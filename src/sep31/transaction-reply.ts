import { translate } from '../messages/translate.ts';
import { stagesOf } from '../payments/moves.ts';
import type { FeeDetails, Payment, PaymentDetails, Refunds } from '../payments/payment.ts';
import { requiredOf } from '../payments/required-of.ts';

/**
 * A payment as its sending anchor is told of it: the one renderer, for GET and for callbacks.
 * @see SEP-31 § GET Transaction
 */
export function transactionReply(payment: Payment): { readonly transaction: object } {
  const { id, status, details, startedAt, updatedAt, completedAt, stellarTransactionId } = payment;
  return {
    transaction: defined({
      id,
      status,
      status_eta: details.statusEta,
      status_message: messageOf(details),
      ...amountsOf(details),
      quote_id: details.quoteId,
      ...destinationOf(payment),
      started_at: startedAt.toISOString(),
      updated_at: updatedAt.toISOString(),
      completed_at: completedAt?.toISOString(),
      stellar_transaction_id: stellarTransactionId,
      external_transaction_id: details.externalTransactionId,
      ...refundsOf(details.refunds, status === 'refunded'),
      ...requiredOf(payment),
    }),
  };
}

/**
 * Where the money is to be sent, once it may be.
 * @see SEP-31 § POST Transactions, Success
 */
export function destinationOf({ protocol, status, fundedAt, stellarAccount, stellarMemo }: Payment): object {
  if (fundedAt === undefined && status !== stagesOf[protocol].ready && status !== 'pending_stellar') return {};
  return defined({
    stellar_account_id: stellarAccount,
    stellar_memo_type: stellarMemo?.type,
    stellar_memo: stellarMemo?.value,
  });
}

function messageOf({ statusMessage, fault, lang = 'en' }: PaymentDetails): string | undefined {
  return statusMessage ?? (fault === undefined ? undefined : translate({ key: `payment.${fault}` }, lang));
}

function amountsOf({ amountIn, amountInAsset, amountOut, amountOutAsset, feeDetails }: PaymentDetails): object {
  return {
    amount_in: amountIn,
    amount_in_asset: amountInAsset,
    amount_out: amountOut,
    amount_out_asset: amountOutAsset,
    amount_fee: feeDetails?.total,
    amount_fee_asset: feeDetails?.asset,
    fee_details: feeDetails && feeOf(feeDetails),
  };
}

function feeOf({ total, asset, details }: FeeDetails): object {
  return defined({ total, asset, details });
}

function refundsOf(refunds: Refunds | undefined, isFull: boolean): object {
  if (refunds === undefined) return {};
  const payments = refunds.payments.map(({ id, amount, fee }) => ({ id, amount, fee }));
  const { amountRefunded, amountFee } = refunds;
  return {
    refunded: isFull,
    refunds: { amount_refunded: amountRefunded, amount_fee: amountFee, payments },
  };
}

/** Without what is not known. */
function defined(reply: object): object {
  return Object.fromEntries(Object.entries(reply).filter(([, value]) => value !== undefined));
}
