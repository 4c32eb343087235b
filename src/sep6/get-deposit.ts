import type { CustomerContext } from '../sep12/integration.ts';
import { termsOf } from './get-info.ts';
import type { Sep6Parts } from './parts.ts';
import type { Query, TransferEndpoint } from './read-transfer.ts';
import { startTransfer, type TransferReply } from './start-transfer.ts';

/**
 * Takes a deposit, and says how its money is to be sent as soon as its customer is clear.
 * @throws KycError naming what is wrong
 * @see SEP-6 § Deposit, § Deposit Exchange
 */
export async function getDeposit(
  parts: Sep6Parts,
  context: CustomerContext,
  query: Query,
  endpoint: Extract<TransferEndpoint, 'deposit' | 'deposit-exchange'> = 'deposit',
): Promise<TransferReply> {
  const started = await startTransfer(parts, context, query, endpoint);
  if (!('payment' in started)) return started;
  const { payment, offered, request } = started;
  const { how, eta, message } = offered;
  const instructions =
    payment.status === 'pending_user_transfer_start' ? payment.details.extra?.['instructions'] : undefined;
  const body = {
    id: payment.id,
    ...(how !== undefined && { how }),
    ...(instructions !== undefined && { instructions }),
    ...(eta !== undefined && { eta }),
    ...termsOf(request.way),
    ...(message !== undefined && { extra_info: { message } }),
  };
  return { status: 200, body };
}
