import type { Payment } from './payment.ts';

/**
 * What is to be corrected, as both protocols tell of it, while something is. A message of another status is none about that.
 * @see SEP-31 § GET Transaction, SEP-6 § Transaction History: required_info_message, required_info_updates
 */
export function requiredOf({ status, details }: Payment): object {
  const { requiredInfoMessage: message, requiredInfoUpdates: updates } = details;
  const isOfTransaction = status === 'pending_transaction_info_update';
  if (!isOfTransaction && status !== 'pending_customer_info_update') return {};
  return {
    required_info_message: message,
    ...(isOfTransaction && updates !== undefined && { required_info_updates: { transaction: updates } }),
  };
}
