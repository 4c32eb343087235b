import { writeAmount } from '../payments/amount.ts';
import type { PaymentDetails } from '../payments/payment.ts';
import { amountsAfterFee } from '../payments/request-values.ts';
import type { TransferRequest } from './read-transfer.ts';
import type { Quote } from './transfer-integration.ts';

/** What is kept of a transfer that is asked for. */
export function detailsOf(request: TransferRequest, quote: Quote | undefined): PaymentDetails {
  const { fundingMethod, refundMemo, lang, wishes, account, memo, amount, way } = request;
  const { minAmount, maxAmount } = way;
  const hasLimits = minAmount !== undefined || maxAmount !== undefined;
  return {
    ...amountsOf(request),
    ...(quote && quotedOf(quote)),
    ...(amount === undefined && quote === undefined && hasLimits && { limits: limitsOf(way) }),
    ...(fundingMethod !== undefined && { fundingMethod }),
    ...(refundMemo !== undefined && { refundMemo }),
    ...(lang !== undefined && { lang }),
    extra: {
      ...wishes,
      ...(account !== undefined && { [isInto(request) ? 'to' : 'from']: account }),
      ...(memo !== undefined && { deposit_memo: memo.value, deposit_memo_type: memo.type }),
    },
  };
}

function isInto({ endpoint }: TransferRequest): boolean {
  return endpoint === 'deposit' || endpoint === 'deposit-exchange';
}

/** Without an exchange both amounts are in the asset on Stellar, which the off-chain one equals. */
function amountsOf(request: TransferRequest): PaymentDetails {
  const { asset, otherAsset, amount, way } = request;
  const amountIn = amount === undefined ? {} : { amountIn: writeAmount(amount) };
  if (otherAsset !== undefined)
    return isInto(request)
      ? { ...amountIn, amountInAsset: otherAsset, amountOutAsset: asset.id }
      : { ...amountIn, amountInAsset: asset.id, amountOutAsset: otherAsset };
  const hasFee = way.feeFixed !== undefined || way.feePercent !== undefined;
  return amount !== undefined && hasFee
    ? amountsAfterFee(amount, way, asset.id)
    : { ...amountIn, amountInAsset: asset.id };
}

function quotedOf({ id, sellAmount, buyAmount, fee, expiresAt }: Quote): PaymentDetails {
  const amounts = { amountIn: sellAmount, amountOut: buyAmount, feeDetails: fee };
  return { ...amounts, quoteId: id, quoteExpiresAt: expiresAt.toISOString() };
}

function limitsOf({ minAmount, maxAmount }: TransferRequest['way']): NonNullable<PaymentDetails['limits']> {
  return { ...(minAmount !== undefined && { minAmount }), ...(maxAmount !== undefined && { maxAmount }) };
}
