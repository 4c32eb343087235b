import { InvalidRequest, KycError } from '../errors.ts';
import { readFieldName } from '../sep9/field-name.ts';
import { type CustomerReply, customerReply } from './customer-reply.ts';
import { customerRequest } from './get-customer.ts';
import type { CustomerContext, CustomerIntegration } from './integration.ts';
import type { Params } from './parameters.ts';

/**
 * Hands confirmation codes to the integration and answers the customer's state.
 * @throws KycError `not_implemented` when the integration takes none; `invalid_request` without an `id` or without a code
 * @see SEP-12 § Customer PUT Verification
 */
export async function putVerification(
  integration: CustomerIntegration,
  params: Params,
  context: CustomerContext,
): Promise<CustomerReply> {
  if (integration.putVerification === undefined)
    throw new KycError('not_implemented', { key: 'error.not_implemented' });
  const id = params.get('id');
  if (id === undefined) throw new InvalidRequest({ key: 'error.required', params: { field: 'id' } }, { field: 'id' });
  const request = { ...customerRequest(params, context), id, verifications: codesOf(params) };
  return customerReply(await integration.putVerification(request, context));
}

/** The codes by the name of the field they confirm. */
function codesOf(params: Params): ReadonlyMap<string, string> {
  const codes = [...params].filter(([name]) => readFieldName(name).purpose === 'verification');
  if (codes.length > 0) return new Map(codes.map(([name, code]) => [name.slice(0, -'_verification'.length), code]));
  throw new InvalidRequest({ key: 'error.code_required' });
}
