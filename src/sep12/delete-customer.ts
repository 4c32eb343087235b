import { customerKeyToDelete, type Params } from './customer-key.ts';
import type { CustomerContext, CustomerIntegration } from './integration.ts';

/**
 * Deletes all that is held on a customer of the subject.
 * @throws CustomerNotFound when there is none, or when the account or memo is not the subject's
 * @see SEP-12 § Customer DELETE
 */
export async function deleteCustomer(
  integration: CustomerIntegration,
  account: string,
  params: Params,
  context: CustomerContext,
): Promise<Record<string, never>> {
  await integration.delete(customerKeyToDelete(account, params, context.subject), context);
  return {};
}
