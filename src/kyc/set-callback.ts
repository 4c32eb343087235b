import { CustomerNotFound } from '../errors.ts';
import type { CustomerContext, CustomerKey } from '../sep12/integration.ts';
import { callbackField } from '../store/callback-store.ts';
import type { Store } from '../store/store.ts';
import type { KeyRing } from '../vault/key-ring.ts';
import { openVault } from '../vault/vault.ts';
import { findReached } from './find-customer.ts';

/**
 * Keeps where status changes of a customer are posted, in place of any earlier URL, sealed: it may well hold a name or a secret.
 * @throws CustomerNotFound when nobody is registered
 * @see SEP-12 § Customer callback PUT
 */
export async function setCallback(
  { store, keyRing }: { readonly store: Store; readonly keyRing: KeyRing },
  request: CustomerKey & { readonly id?: string; readonly url: string },
  context: CustomerContext,
): Promise<void> {
  const customer = await findReached(store, request, context);
  if (customer === undefined) throw new CustomerNotFound();
  const vault = await openVault(keyRing, customer.id, customer.wrappedKey);
  const isKept = await store.callbacks.setCallback(
    customer.id,
    vault.seal(callbackField, request.url),
    new URL(request.url).host,
    { account: request.account, knownAs: customer.knownAs },
  );
  if (!isKept) throw new CustomerNotFound();
}
