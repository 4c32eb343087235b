import type { CustomerContext } from '../sep12/integration.ts';
import { termsOf } from './get-info.ts';
import type { Sep6Parts } from './parts.ts';
import type { Query, TransferEndpoint } from './read-transfer.ts';
import { startTransfer, type TransferReply } from './start-transfer.ts';

/**
 * Takes a withdrawal, and says where it is to be sent as soon as its customer is clear.
 * @throws KycError naming what is wrong
 * @see SEP-6 § Withdraw, § Withdraw Exchange
 */
export async function getWithdraw(
  parts: Sep6Parts,
  context: CustomerContext,
  query: Query,
  endpoint: Extract<TransferEndpoint, 'withdraw' | 'withdraw-exchange'> = 'withdraw',
): Promise<TransferReply> {
  const started = await startTransfer(parts, context, query, endpoint);
  if (!('payment' in started)) return started;
  const { payment, offered, request } = started;
  const { eta, message } = offered;
  const { stellarAccount, stellarMemo } = payment;
  const isReady = payment.status === 'pending_user_transfer_start' && stellarAccount !== undefined;
  const body = {
    id: payment.id,
    ...(isReady && { account_id: stellarAccount, memo_type: stellarMemo?.type, memo: stellarMemo?.value }),
    ...(eta !== undefined && { eta }),
    ...termsOf(request.way),
    ...(message !== undefined && { extra_info: { message } }),
  };
  return { status: 200, body };
}
