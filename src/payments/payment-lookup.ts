import type { TransactionCustomer, TransactionLookup } from '../kyc/transactions.ts';
import type { PaymentStore } from '../store/payment-store.ts';
import { isEnded } from './moves.ts';
import { concernOf } from './parts.ts';

/**
 * What a `transaction_id` is about, for payments of our own; any other is asked of `others`. A payment that is over asks for nothing of its own any more.
 * @see SEP-12 § Customer GET, transaction_id (ruling 10)
 */
export function paymentLookup(
  { payments }: { readonly payments: PaymentStore },
  others?: TransactionLookup,
): TransactionLookup {
  return {
    find: async (id, context): Promise<TransactionCustomer | undefined> => {
      const payment = await payments.find(id);
      if (payment === undefined) return others?.find(id, context);
      const party = payment.parties.find(({ type }) => type === context.type);
      if (party === undefined) return undefined;
      const { transaction } = concernOf(payment, party);
      const customer = { account: payment.owner.account, id: party.knownAs };
      return { customer, ...transaction, isOver: isEnded(payment.status) };
    },
  };
}
