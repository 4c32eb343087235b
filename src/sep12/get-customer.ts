import { InvalidRequest } from '../errors.ts';
import { customerKey } from './customer-key.ts';
import { type CustomerReply, customerReply } from './customer-reply.ts';
import type { CustomerContext, CustomerIntegration, GetCustomer } from './integration.ts';
import type { Params } from './parameters.ts';

/**
 * Answers what is known of a customer, and what is still asked of it.
 * @see SEP-12 § Customer GET
 */
export async function getCustomer(
  integration: CustomerIntegration,
  params: Params,
  context: CustomerContext,
): Promise<CustomerReply> {
  return customerReply(await integration.get(customerRequest(params, context), context));
}

/**
 * The parameters that GET and PUT have in common.
 * @throws KycError for parameters that name somebody else, contradict each other, or miss their companion
 */
export function customerRequest(params: Params, { subject }: CustomerContext): GetCustomer {
  const id = params.get('id');
  const type = params.get('type');
  const transactionId = params.get('transaction_id');
  if (transactionId !== undefined && type === undefined) {
    throw new InvalidRequest({ key: 'error.type_with_transaction' }, { field: 'type' });
  }
  return {
    ...customerKey(params, subject),
    ...(id !== undefined && { id }),
    ...(type !== undefined && { type }),
    ...(transactionId !== undefined && { transactionId }),
    lang: params.get('lang') ?? 'en',
  };
}
