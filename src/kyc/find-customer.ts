import { InvalidRequest } from '../errors.ts';
import type { CustomerContext, CustomerKey } from '../sep12/integration.ts';
import { type Memo, sameMemo } from '../stellar/memo.ts';
import type { Identity } from '../store/identity.ts';
import type { CustomerRecord, Store } from '../store/store.ts';

/** The identity a key names. */
export function identityOf(key: CustomerKey): Identity {
  const memo = memoOf(key);
  return { account: key.account, ...(memo && { memo }) };
}

/**
 * The customer that a request names by id or by account and memo, as far as its subject reaches: a subject with a memo reaches
 * exactly that memo's customer, a plain account every customer registered under it.
 * @throws InvalidRequest when `id` and the named memo are two different customers of the subject (ruling 6)
 * @see SEP-12 § ID vs. Account & Memo
 */
export async function findReached(
  store: Store,
  key: CustomerKey & { readonly id?: string },
  { subject }: CustomerContext,
): Promise<CustomerRecord | undefined> {
  if (key.id === undefined) return store.findCustomer(identityOf(key));
  const found = await store.findCustomerOfAccount(key.id, subject.account);
  if (found === undefined) return undefined;
  const goesBy = (memo: Memo): boolean => found.identities.some((identity) => sameMemo(identity.memo, memo));
  if (subject.memo !== undefined && !goesBy(subject.memo)) return undefined;
  const named = memoOf(key);
  if (named !== undefined && !goesBy(named)) {
    const rule = { key: 'rule.other_customer' } as const;
    throw new InvalidRequest({ key: 'error.invalid_field', params: { field: 'id', rule } }, { field: 'id' });
  }
  const { customer } = found;
  return customer.id === key.id ? customer : { ...customer, knownAs: key.id };
}

/** The id by which whoever found the customer knows it: the one they were told first, whatever it was merged into. */
export function knownId({ id, knownAs }: CustomerRecord): string {
  return knownAs ?? id;
}

function memoOf({ memo, memoType }: CustomerKey): Memo | undefined {
  return memo === undefined ? undefined : { type: memoType ?? 'id', value: memo };
}
