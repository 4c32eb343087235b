import { describeError } from '../lib/log.ts';
import type { PaymentChange } from '../store/payment-store.ts';
import { SealBroken } from '../vault/key-ring.ts';
import { readAmount, writeAmount } from './amount.ts';
import { askAbout } from './ask-about.ts';
import { isEnded, isLawfulMove, type PaymentStatus, stagesOf } from './moves.ts';
import { isDeposit } from './moves-money.ts';
import type { PaymentParts } from './parts.ts';
import { type Payment, type PaymentDetails, type Receipt, type ReceiptOutcome, withoutWords } from './payment.ts';
import type { ComposedChange } from './words.ts';

/** Money that has arrived for a payment, by one of two ids: told of the same one again, nothing changes. */
export interface ReceivedMoney {
  /** The Stellar transaction that brought it. */
  readonly stellarTransactionId?: string;
  /** Of a deposit: what brought it, as the outside world names it. */
  readonly externalTransactionId?: string;
  /** Decimal digits, more than nothing; left out, it is taken to be as much as was asked for. */
  readonly amount?: string;
  /** In the Asset Identification Format; left out, it is taken to be the one that was asked for. */
  readonly asset?: string;
  /** Default: now. */
  readonly at?: Date;
}

/**
 * What money is taken for, by what is known of the payment and of what came for it before. A transaction that was only announced has brought nothing yet.
 * @throws TypeError where nothing names the money, or what cannot have brought it, and for an amount that is none
 */
export function judgeReceipt(payment: Payment, receipts: readonly Receipt[], money: ReceivedMoney): ReceiptOutcome {
  const { fundedAt, status } = payment;
  requireName(payment, money);
  if (money.amount !== undefined && !readAmount(money.amount))
    throw new TypeError('amount: expected decimal digits with at most seven places, more than 0');
  const { via, reference } = nameOf(money);
  if (receipts.some((one) => one.via === via && one.reference === reference)) return 'known';
  if (fundedAt !== undefined) return isKnown(payment, money) ? 'known' : 'twice';
  if (isEnded(status)) return 'late';
  return isSameAsset(payment, money) && isEnough(payment, money.amount) ? 'received' : 'wrong';
}

function isSameAsset({ details }: Payment, { asset }: ReceivedMoney): boolean {
  return asset === undefined || asset === details.amountInAsset;
}

/** By which name the money is known. */
function nameOf({
  stellarTransactionId,
  externalTransactionId = '',
}: ReceivedMoney): Pick<Receipt, 'via' | 'reference'> {
  return stellarTransactionId === undefined
    ? { via: 'external', reference: externalTransactionId }
    : { via: 'stellar', reference: stellarTransactionId };
}

function requireName({ kind }: Payment, { stellarTransactionId, externalTransactionId }: ReceivedMoney): void {
  const isNamed = (stellarTransactionId === undefined) !== (externalTransactionId === undefined);
  if (!isNamed) throw new TypeError('expected a stellarTransactionId or an externalTransactionId');
  if (externalTransactionId !== undefined && !isDeposit(kind))
    throw new TypeError('externalTransactionId: the money of this payment comes on Stellar');
}

/** Of money that came before it was written down by itself. */
function isKnown({ stellarTransactionId, details }: Payment, money: ReceivedMoney): boolean {
  const { externalTransactionId } = money;
  return externalTransactionId === undefined
    ? stellarTransactionId === money.stellarTransactionId
    : details.externalTransactionId === externalTransactionId;
}

/**
 * Choice: less or more than was asked for is not paid out; it is for the anchor to say what becomes of it. By SEP-6 a tenth more or less is fine, and
 * where no amount was named any that is within the limits.
 * @see SEP-6 § Basic Wallet Implementation
 */
function isEnough(payment: Payment, amount: string | undefined): boolean {
  if (amount === undefined) return true;
  const { protocol, details } = payment;
  const came = readAmount(amount);
  const asked = readAmount(details.amountIn ?? '');
  if (came === undefined || protocol !== 'sep-6') return came === asked;
  if (asked === undefined) return limitPassed(payment, came) === undefined;
  const difference = came > asked ? came - asked : asked - came;
  return difference * 10n <= asked;
}

function limitPassed({ details: { limits = {} } }: Payment, came: bigint): 'too_small' | 'too_large' | undefined {
  const [min, max] = [limits.minAmount, limits.maxAmount].map((limit) => readAmount(limit ?? ''));
  if (min !== undefined && came < min) return 'too_small';
  return max !== undefined && came > max ? 'too_large' : undefined;
}

/**
 * What follows from money that came: the payment goes on, and where another amount came, its customers are asked about that one. Money beside that is only
 * written down.
 * @param who the operator who tells of it
 */
export async function composeReceipt(
  parts: PaymentParts,
  payment: Payment,
  money: ReceivedMoney,
  { outcome, who }: { readonly outcome: Receipt['outcome']; readonly who: string | undefined },
): Promise<ComposedChange> {
  const now = parts.clock.now();
  const receipt = receiptOf(payment, money, outcome, now);
  if (outcome === 'twice') return { change: { cause: { kind: 'funds', who }, receipt }, updates: [] };
  const change = { ...fund(payment, money, { outcome, who, now }), receipt };
  if (outcome !== 'received' || isAsAsked(payment, money, now)) return { change, updates: [] };
  const units = money.amount === undefined ? undefined : readAmount(money.amount);
  // What is left of another amount, or at another time, is for the anchor to say.
  const { amountOut: _out, feeDetails: _fee, ...kept } = change.details ?? payment.details;
  const details = { ...kept, ...(units !== undefined && { amountIn: writeAmount(units) }) };
  const updates = await asked(parts, payment, details);
  return updates === undefined ? { change: undefined, updates: [] } : { change: { ...change, details }, updates };
}

/**
 * A customer whose data cannot be read is asked for nothing, and nobody is paid for them, as they are looked at before. That the money is there must be known all
 * the same, and what comes behind it be seen.
 */
async function asked(parts: PaymentParts, payment: Payment, details: PaymentDetails): ReturnType<typeof askAbout> {
  try {
    return await askAbout(parts, payment, details);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    parts.log.error({ payment: payment.id, ...describeError(error) }, 'a customer whose money came cannot be read');
    return [];
  }
}

/** Money that comes at its end is not earlier. @see SEP-6 § Withdraw Exchange, quote_id */
function isQuoteOver({ details: { quoteExpiresAt } }: Payment, at: Date): boolean {
  return quoteExpiresAt !== undefined && at.getTime() >= Date.parse(quoteExpiresAt);
}

/** Whether what came is worth exactly what was asked for. */
function isAsAsked(payment: Payment, money: ReceivedMoney, now: Date): boolean {
  const { amount, at = now } = money;
  const isAmount = amount === undefined || readAmount(amount) === readAmount(payment.details.amountIn ?? '');
  return isAmount && isSameAsset(payment, money) && !isQuoteOver(payment, at);
}

/** What is written down of money that came. What was left out is what was asked for. */
function receiptOf({ details }: Payment, money: ReceivedMoney, outcome: Receipt['outcome'], now: Date): Receipt {
  const { amount = details.amountIn, asset = details.amountInAsset, at = now } = money;
  return { ...nameOf(money), amount, asset, outcome, at };
}

interface Fund {
  readonly outcome: Receipt['outcome'];
  readonly who: string | undefined;
  readonly now: Date;
}

function fund(payment: Payment, money: ReceivedMoney, { outcome, who, now }: Fund): PaymentChange {
  const { protocol, status } = payment;
  const { ready, working } = stagesOf[protocol];
  const { stellarTransactionId, externalTransactionId, at: fundedAt = now } = money;
  const details = { ...payment.details, ...(externalTransactionId !== undefined && { externalTransactionId }) };
  const came = { stellarTransactionId, fundedAt };
  const other = isAsAsked(payment, money, now) ? {} : ({ isOtherMoney: true } as const);
  if (outcome === 'wrong') {
    const reason = 'wrong-amount';
    const cause = { kind: 'funds', who, reason } as const;
    const told = { ...withoutWords(details), ...other, fault: reason } as const;
    return { cause, to: endOf(payment, money), ...came, details: told };
  }
  const cause = { kind: 'funds', who } as const;
  if (outcome === 'late') return { cause, ...came, details: { ...details, ...other } };
  const isAwaited = status === ready || status === (isDeposit(payment.kind) ? 'pending_external' : 'pending_stellar');
  return isAwaited ? { cause, to: working, ...came, details: withoutWords(details) } : { cause, ...came, details };
}

/** Where no amount was named, SEP-6 has words for one that is beyond the limits. */
function endOf(payment: Payment, money: ReceivedMoney): PaymentStatus {
  const { protocol, status, details } = payment;
  const came = readAmount(money.amount ?? '');
  const end =
    isSameAsset(payment, money) && details.amountIn === undefined && came !== undefined && limitPassed(payment, came);
  return end && isLawfulMove(protocol, status, end) ? end : 'error';
}
