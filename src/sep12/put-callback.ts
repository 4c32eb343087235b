import { KycError } from '../errors.ts';
import { callbackUrl } from './callback-url.ts';
import { customerRequest } from './get-customer.ts';
import type { CustomerContext, CustomerIntegration } from './integration.ts';
import type { Params } from './parameters.ts';

/**
 * Hands a wallet's callback URL to the integration.
 * @param allowLoopback for development: the URL may be http, of any port, and lead to this machine
 * @throws KycError `not_implemented` when the integration takes none
 * @see SEP-12 § Customer callback PUT
 */
export async function putCallback(
  integration: CustomerIntegration,
  params: Params,
  context: CustomerContext,
  allowLoopback: boolean,
): Promise<Record<string, never>> {
  if (integration.callback === undefined) throw new KycError('not_implemented', { key: 'error.not_implemented' });
  const url = callbackUrl(params.get('url'), allowLoopback);
  await integration.callback({ ...customerRequest(params, context), url }, context);
  return {};
}
