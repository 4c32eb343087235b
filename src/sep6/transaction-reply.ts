import { translate } from '../messages/translate.ts';
import type { PaymentStatus } from '../payments/moves.ts';
import { isDeposit } from '../payments/moves-money.ts';
import { isExchanged, type Payment, type PaymentDetails, type Refunds } from '../payments/payment.ts';
import { requiredOf } from '../payments/required-of.ts';

/** What is told beside the transfer itself. */
export interface ReplyAbout {
  readonly moreInfoUrl?: string | undefined;
  /** Default: the one it was asked for in. */
  readonly lang?: string | undefined;
  /** Names of what its customer is to send. */
  readonly wanted?: readonly string[];
}

/**
 * A transfer as its owner is told of it: the one renderer, for GET and for callbacks.
 * @see SEP-6 § Transaction History, transaction object
 */
export function transactionReply(payment: Payment, { moreInfoUrl, lang, wanted = [] }: ReplyAbout): object {
  const { id, kind, status, details, startedAt, updatedAt, completedAt } = payment;
  return defined({
    ...{ id, kind, status },
    status_eta: details.statusEta,
    more_info_url: moreInfoUrl,
    ...amountsOf(details),
    quote_id: details.quoteId,
    ...extraOf(payment),
    ...withdrawalOf(payment),
    started_at: startedAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    completed_at: completedAt?.toISOString(),
    stellar_transaction_id: payment.stellarTransactionId,
    external_transaction_id: details.externalTransactionId,
    message: messageOf(details, lang),
    ...refundsOf(details.refunds, status === 'refunded'),
    ...requiredOf(payment),
    ...wantedOf(payment, wanted),
  });
}

/**
 * What is to be sent by SEP-12. Choice: as a list of names, of which GET /customer tells the rest. The SEP names the member in its prose alone; wallets' SDKs
 * know it with a message beside it.
 * @see SEP-6 § Info, Response attributes for withdrawal assets, funding_methods
 */
function wantedOf({ status, details }: Payment, wanted: readonly string[]): object {
  if (status !== 'pending_customer_info_update') return {};
  return {
    required_customer_info_message: details.requiredInfoMessage,
    required_customer_info_updates: wanted.length > 0 ? wanted : undefined,
  };
}

/** Statuses in which money may be sent, or was. Before, and where it is not to be sent any more, nobody is told where to. */
const told: readonly PaymentStatus[] = [
  ...([
    'pending_user_transfer_start',
    'pending_user_transfer_complete',
    'pending_external',
    'pending_stellar',
  ] as const),
  ...(['pending_trust', 'completed', 'refunded'] as const),
];

/** Fields of SEP-6's own that are told as the anchor said them. */
const extraNames = [
  ...['from', 'to', 'external_extra', 'external_extra_text', 'deposit_memo', 'deposit_memo_type'],
  ...['claimable_balance_id', 'instructions'],
];

/** Statuses in which it is the user's turn. */
const usersTurn: readonly PaymentStatus[] = [
  ...(['incomplete', 'pending_user_transfer_start', 'pending_user', 'pending_trust'] as const),
  ...(['pending_customer_info_update', 'pending_transaction_info_update'] as const),
];

/** @see SEP-6 § Transaction History, instructions, user_action_required_by */
function extraOf({ status, fundedAt, details: { extra = {}, quoteExpiresAt } }: Payment): object {
  const isTold = told.includes(status);
  const by = extra['user_action_required_by'] ?? (fundedAt === undefined ? quoteExpiresAt : undefined);
  const names = extraNames.filter((name) => name !== 'instructions' || isTold);
  return {
    ...Object.fromEntries(names.map((name) => [name, extra[name]])),
    user_action_required_by: usersTurn.includes(status) ? by : undefined,
  };
}

function withdrawalOf({ kind, status, fundedAt, stellarAccount, stellarMemo }: Payment): object {
  if (isDeposit(kind) || (fundedAt === undefined && !told.includes(status))) return {};
  return {
    withdraw_anchor_account: stellarAccount,
    withdraw_memo: stellarMemo?.value,
    withdraw_memo_type: stellarMemo?.type,
  };
}

function messageOf({ statusMessage, fault, lang: asked = 'en' }: PaymentDetails, lang = asked): string | undefined {
  return statusMessage ?? (fault === undefined ? undefined : translate({ key: `payment.${fault}` }, lang));
}

/** Choice: without an exchange what comes in and what goes out have equal worth, and only one of them is on Stellar; assets are told where they differ. */
function amountsOf(details: PaymentDetails): object {
  const { amountIn, amountInAsset, amountOut, amountOutAsset, feeDetails } = details;
  const isTold = isExchanged(details);
  return {
    amount_in: amountIn,
    amount_in_asset: isTold ? amountInAsset : undefined,
    amount_out: amountOut,
    amount_out_asset: isTold ? amountOutAsset : undefined,
    amount_fee: feeDetails?.total,
    amount_fee_asset: feeDetails?.asset,
    fee_details: feeDetails && defined({ ...feeDetails }),
  };
}

function refundsOf(refunds: Refunds | undefined, isFull: boolean): object {
  if (refunds === undefined) return {};
  const payments = refunds.payments.map(({ id, idType = 'stellar', amount, fee }) => ({
    id,
    id_type: idType,
    amount,
    fee,
  }));
  const { amountRefunded, amountFee } = refunds;
  return { refunded: isFull, refunds: { amount_refunded: amountRefunded, amount_fee: amountFee, payments } };
}

/** Without what is not known. */
function defined(reply: object): object {
  return Object.fromEntries(Object.entries(reply).filter(([, value]) => value !== undefined));
}
