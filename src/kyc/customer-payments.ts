import { isEnded, worst } from '../payments/moves.ts';
import type { Payment } from '../payments/payment.ts';
import type { CustomerContext, CustomerPayment, GetCustomer } from '../sep12/integration.ts';
import { findReached } from './find-customer.ts';
import { findMatter, type MatterParts } from './find-transaction.ts';

const toldAtMost = 10;

/** The payments that a customer is told of: those that are not over, and the one that was asked about, whatever has become of it. */
export async function customerPayments(
  parts: MatterParts,
  asked: GetCustomer,
  context: CustomerContext,
): Promise<readonly CustomerPayment[]> {
  const { request } = await findMatter(parts, asked, context);
  const record = await findReached(parts.store, request, context);
  if (record === undefined) return [];
  const { payments } = parts.store;
  const open = await payments.listOpen(record.id, toldAtMost);
  const { transactionId } = asked;
  const named = transactionId === undefined ? undefined : await payments.find(transactionId);
  const isOwn = named?.parties.some(({ customerId }) => customerId === record.id) ?? false;
  const others = open.filter(({ id }) => id !== transactionId);
  return [...(named !== undefined && isOwn ? [named] : []), ...others].map((payment) => tell(payment, record.id));
}

function tell(payment: Payment, customerId: string): CustomerPayment {
  const { amountIn, amountInAsset } = payment.details;
  return {
    id: payment.id,
    state: stateOf(payment, customerId),
    ...(amountIn !== undefined && { amount: amountIn }),
    ...(amountInAsset !== undefined && { asset: codeOf(amountInAsset) }),
  };
}

/** Choice: whether somebody else is asked for something, or is looked at, is not told. */
function stateOf({ status, parties }: Payment, customerId: string): CustomerPayment['state'] {
  if (status === 'completed') return 'completed';
  const own = worst(parties.filter((party) => party.customerId === customerId).map(({ clearance }) => clearance));
  if (isEnded(status) || own === 'rejected' || own === 'gone') return 'ended';
  if (own === 'asks') return 'waits-for-you';
  return worst(parties.map(({ clearance }) => clearance)) === 'clear' ? 'going-on' : 'on-hold';
}

/** `stellar:USDC:G…` → `USDC`, `iso4217:USD` → `USD`. */
function codeOf(asset: string): string {
  const [, code = asset] = asset.split(':');
  return code === 'native' ? 'XLM' : code;
}
