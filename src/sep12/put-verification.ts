import { InvalidRequest, KycError } from '../errors.ts';
import { readFieldName } from '../sep9/field-name.ts';
import type { Params } from './customer-key.ts';
import { type CustomerReply, customerReply } from './customer-reply.ts';
import type { CustomerContext, CustomerIntegration } from './integration.ts';

/**
 * Hands confirmation codes to the integration and answers the customer's state.
 * @throws KycError `not_implemented` when the integration takes none
 * @see SEP-12 § Customer PUT Verification
 */
export async function putVerification(
  integration: CustomerIntegration,
  params: Params,
  context: CustomerContext,
): Promise<CustomerReply> {
  if (integration.putVerification === undefined) throw new KycError('not_implemented', 'not implemented');
  const id = params.get('id');
  if (id === undefined) throw new InvalidRequest("'id' is required", { field: 'id' });
  const codes = [...params].filter(([name]) => readFieldName(name).purpose === 'verification');
  const verifications = new Map(codes.map(([name, code]) => [name.slice(0, -'_verification'.length), code]));
  return customerReply(await integration.putVerification({ id, verifications }, context));
}
