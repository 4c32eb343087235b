import { customerKeyToDelete } from './customer-key.ts';
import type { CustomerContext, CustomerIntegration } from './integration.ts';
import { type Params, parametersOf } from './parameters.ts';

/**
 * Deletes all that is held on a customer of the subject.
 * @throws CustomerNotFound when there is none, or when the account or memo is not the subject's
 * @see SEP-12 § Customer DELETE
 */
export async function deleteCustomer(
  integration: CustomerIntegration,
  account: string,
  values: ReadonlyMap<string, string>,
  query: Params,
  context: CustomerContext,
): Promise<Record<string, never>> {
  await integration.delete(customerKeyToDelete(account, parametersOf(values, query), context.subject), context);
  return {};
}
