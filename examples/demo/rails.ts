import type { RailsIntegration } from 'anchor-kyc';

/** A bank that pays at once, and the same payment only once. */
const paid = new Map<string, string>();

const rails: RailsIntegration = {
  async executeOutgoingTransaction({ details }, { idempotencyKey, customer }) {
    const account = (await customer('receiver'))?.values.get('bank_account_number');
    if (account === undefined) throw new Error('a payment without an account to pay to');
    const externalTransactionId = paid.get(idempotencyKey) ?? `bank-${paid.size + 1}`;
    paid.set(idempotencyKey, externalTransactionId);
    return { status: 'completed', externalTransactionId, amountOut: details.amountOut };
  },
};
export default rails;
