import { composeChange } from '../kyc/change-facts.ts';
import { openCustomer } from '../kyc/open-customer.ts';
import type { PaymentChange } from '../store/payment-store.ts';
import type { CustomerUpdate } from '../store/store.ts';
import { readAmount, writeAmount } from './amount.ts';
import { isEnded, stagesOf } from './moves.ts';
import { concernOf, type PaymentParts } from './parts.ts';
import type { Payment, PaymentDetails } from './payment.ts';
import type { ComposedChange } from './words.ts';

/** Money that has arrived for a payment. */
export interface ReceivedMoney {
  /** The Stellar transaction that brought it: the same one again changes nothing. */
  readonly stellarTransactionId: string;
  /** Decimal digits; left out, it is taken to be as much as was asked for. */
  readonly amount?: string;
  /** In the Asset Identification Format; left out, it is taken to be the one that was asked for. */
  readonly asset?: string;
  /** Default: now. */
  readonly at?: Date;
}

/**
 * `received`: the payment goes on. `known`: it was received before. `wrong`: it was not what was asked for, and the payment is an error. `late`: the
 * payment was over; that the money came is noted, and somebody must send it back. `twice`: other money came before.
 */
export type ReceiptOutcome = 'received' | 'known' | 'wrong' | 'late' | 'twice';

/** What money is taken for, by what is known of the payment. */
export function judgeReceipt(payment: Payment, money: ReceivedMoney): ReceiptOutcome {
  const { stellarTransactionId, fundedAt, status, details } = payment;
  if (stellarTransactionId === money.stellarTransactionId) return 'known';
  if (stellarTransactionId !== undefined || fundedAt !== undefined) return 'twice';
  if (isEnded(status)) return 'late';
  const isSameAsset = money.asset === undefined || money.asset === details.amountInAsset;
  return isSameAsset && isEnough(payment, money.amount) ? 'received' : 'wrong';
}

/**
 * Choice: less or more than was asked for is not paid out; it is for the anchor to say what becomes of it. By SEP-6 a tenth more or less is fine, and
 * any amount where none was named.
 * @see SEP-6 § Basic Wallet Implementation
 */
function isEnough({ protocol, details }: Payment, amount: string | undefined): boolean {
  if (amount === undefined) return true;
  const came = readAmount(amount);
  const asked = readAmount(details.amountIn ?? '');
  if (came === undefined || protocol !== 'sep-6') return came === asked;
  if (asked === undefined) return true;
  const difference = came > asked ? came - asked : asked - came;
  return difference * 10n <= asked;
}

/** What follows from money that came: the payment goes on, and where another amount came, its customers are asked about that one. */
export async function composeReceipt(
  parts: PaymentParts,
  payment: Payment,
  money: ReceivedMoney,
  outcome: ReceiptOutcome,
): Promise<ComposedChange> {
  const change = receipt(payment, money, outcome, parts.clock.now());
  const units = money.amount === undefined ? undefined : readAmount(money.amount);
  if (outcome !== 'received' || units === undefined || units === readAmount(payment.details.amountIn ?? ''))
    return { change, updates: [] };
  // What is left of another amount is for the anchor to say.
  const { amountOut: _out, feeDetails: _fee, ...kept } = payment.details;
  const details = { ...kept, amountIn: writeAmount(units) };
  const updates = await askAbout(parts, payment, details);
  return updates === undefined ? { change: undefined, updates: [] } : { change: { ...change, details }, updates };
}

/** Undefined when a customer was changed meanwhile. */
async function askAbout(
  parts: PaymentParts,
  { id, parties }: Payment,
  details: PaymentDetails,
): Promise<readonly CustomerUpdate[] | undefined> {
  const updates: CustomerUpdate[] = [];
  for (const [customerId, of] of Map.groupBy(parties, (party) => party.customerId)) {
    const record = await parts.store.findCustomerById(customerId);
    // One who was erased has ended the payment.
    if (record === undefined) continue;
    const customer = await openCustomer(parts, record);
    if (customer === undefined) return undefined;
    const opened = of.map((party) => concernOf({ id, details }, party));
    const { update } = composeChange(parts, customer, { cause: () => ({ kind: 'payment' }), opened });
    if (update !== undefined) updates.push(update);
  }
  return updates;
}

function receipt(payment: Payment, money: ReceivedMoney, outcome: ReceiptOutcome, now: Date): PaymentChange {
  const { protocol, status, details } = payment;
  const { ready, working } = stagesOf[protocol];
  const { stellarTransactionId, at: fundedAt = now } = money;
  const came = { stellarTransactionId, fundedAt };
  if (outcome === 'wrong') {
    const reason = 'wrong-amount';
    return { cause: { kind: 'funds', reason }, to: 'error', details: { ...details, fault: reason }, ...came };
  }
  const isAwaited = status === ready || status === 'pending_stellar';
  return { cause: { kind: 'funds' }, to: isAwaited ? working : undefined, ...came };
}
