import { CustomerNotFound, KycError } from '../errors.ts';
import { newUuid } from '../lib/ids.ts';
import type { CustomerContext, CustomerKey } from '../sep12/integration.ts';
import type { Subject } from '../stellar/subject.ts';
import { type CallbackOutcome, type CallbackSetter, callbackName } from '../store/callback-store.ts';
import type { CustomerRecord, Store } from '../store/store.ts';
import type { KeyRing } from '../vault/key-ring.ts';
import { openVault } from '../vault/vault.ts';
import { findReached, knownId } from './find-customer.ts';

/** What keeping a callback takes. */
interface CallbackParts {
  readonly store: Store;
  readonly keyRing: KeyRing;
}

/** How often it is begun anew when the customer, or another request of the same wallet, was in between. */
const maxAttempts = 5;

/**
 * Keeps where status changes of a customer are posted, in place of the URL that the same subject set before, sealed: it may well hold a name or a
 * secret. Other wallets of the customer keep theirs.
 * @throws CustomerNotFound when nobody is registered
 * @see SEP-12 § Customer callback PUT
 */
export async function setCallback(
  parts: CallbackParts,
  request: CustomerKey & { readonly id?: string; readonly url: string },
  context: CustomerContext,
): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const customer = await findReached(parts.store, request, context);
    if (customer === undefined) throw new CustomerNotFound();
    if ((await keep(parts, customer, setterOf(context.subject, customer), request.url)) === 'stored') return;
  }
  throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
}

async function keep(
  { store, keyRing }: CallbackParts,
  customer: CustomerRecord,
  by: CallbackSetter,
  url: string,
): Promise<CallbackOutcome> {
  const { id: customerId } = customer;
  const vault = await openVault(keyRing, customerId, customer.wrappedKey);
  const id = (await store.callbacks.findCallback(customerId, by))?.id ?? newUuid();
  const sealedUrl = vault.seal(callbackName(customerId, id), url);
  return store.callbacks.setCallback({ id, customerId, by, sealedUrl, target: new URL(url).host });
}

/** Choice: "this account" is the subject, so that no wallet silences another one's, nor a user the plain account's. */
function setterOf({ account, memo }: Subject, customer: CustomerRecord): CallbackSetter {
  return { account, ...(memo && { memo }), knownAs: knownId(customer) };
}
