import type { Logger } from '../lib/log.ts';
import { readAmount, writeAmount } from '../payments/amount.ts';
import type { Payment } from '../payments/payment.ts';
import type { Payments } from '../payments/payments.ts';
import type { Memo } from '../stellar/memo.ts';
import { isUint64 } from '../stellar/memo.ts';
import type { PaymentStore } from '../store/payment-store.ts';
import { HorizonFault, type HorizonPayments } from './horizon-payments.ts';
import type { Credit, Operation, TransactionFacts } from './read-credit.ts';

/** What tells money from Stellar apart. */
export interface ReceivingParts {
  readonly store: { readonly payments: PaymentStore };
  readonly payments: Payments;
  readonly horizon: HorizonPayments;
  readonly account: string;
  readonly log: Logger;
}

/**
 * Tells a payment of the money that an operation brought. Money that belongs to none is logged: the anchor must see to it.
 * @throws HorizonFault, KycError `unavailable` when it has to come again
 */
export async function receiveCredit(parts: ReceivingParts, operation: Operation, signal: AbortSignal): Promise<void> {
  const { credit, isSuccessful, transactionId, at } = operation;
  if (credit === undefined || !isSuccessful) return;
  const facts = operation.transaction ?? (await parts.horizon.transaction(transactionId, signal));
  const payment = await findPayment(parts, facts, credit);
  if (payment === undefined) {
    const { amount, asset } = credit;
    parts.log.warn({ stellarTransactionId: transactionId, amount, asset }, 'money came that belongs to no payment');
    return;
  }
  const money = facts.operationCount > 1 ? await wholeMoney(parts, operation, credit, facts, signal) : credit;
  const { amount, asset } = money;
  const received = { stellarTransactionId: transactionId, amount, asset, ...(at !== undefined && { at }) };
  const outcome = await parts.payments.paymentReceived(payment.id, received);
  if (outcome === 'received')
    parts.log.info({ payment: payment.id, stellarTransactionId: transactionId }, 'money came');
}

/** Choice: a memo counts; where the transaction says none at all, the id in a muxed address is taken for a memo of the type id. */
function memoOf({ memo, hasOtherMemo }: TransactionFacts, { muxedId }: Credit): Memo | undefined {
  if (memo !== undefined || hasOtherMemo || muxedId === undefined || !isUint64(muxedId)) return memo;
  return { type: 'id', value: muxedId };
}

async function findPayment(
  { store, account }: ReceivingParts,
  facts: TransactionFacts,
  credit: Credit,
): Promise<Payment | undefined> {
  const memo = memoOf(facts, credit);
  return memo && store.payments.findByMemo(account, memo);
}

/**
 * A transaction may pay in several operations, and counts once: as their sum. In several assets it is none that was asked for.
 */
async function wholeMoney(
  { horizon }: ReceivingParts,
  { transactionId }: Operation,
  credit: Credit,
  facts: TransactionFacts,
  signal: AbortSignal,
): Promise<Pick<Credit, 'amount' | 'asset'>> {
  const name = memoOf(facts, credit)?.value;
  const all = (await horizon.ofTransaction(transactionId, signal)).flatMap(({ credit: one }) => one ?? []);
  const own = all.filter((one) => memoOf(facts, one)?.value === name);
  const other = own.find(({ asset }) => asset !== credit.asset);
  const sum = own.reduce((total, { amount }) => total + (readAmount(amount) ?? 0n), 0n);
  if (own.length === 0) throw new HorizonFault('a transaction whose payments are not told of');
  return { amount: writeAmount(sum), asset: other === undefined ? credit.asset : 'several' };
}
