import { InvalidRequest, KycError } from '../errors.ts';
import type { Params } from './customer-key.ts';
import { customerRequest } from './get-customer.ts';
import type { CustomerContext, CustomerIntegration } from './integration.ts';

/**
 * Hands a wallet's callback URL to the integration.
 * @throws KycError `not_implemented` when the integration takes none
 * @see SEP-12 § Customer callback PUT
 */
export async function putCallback(
  integration: CustomerIntegration,
  params: Params,
  context: CustomerContext,
): Promise<Record<string, never>> {
  if (integration.callback === undefined) throw new KycError('not_implemented', 'not implemented');
  const url = params.get('url');
  if (url === undefined) throw new InvalidRequest("callback 'url' required", { field: 'url' });
  await integration.callback({ ...customerRequest(params, context), url }, context);
  return {};
}
