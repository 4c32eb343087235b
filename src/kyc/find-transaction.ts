import { CustomerNotFound, InvalidRequest, KycError } from '../errors.ts';
import type { CustomerContext, GetCustomer } from '../sep12/integration.ts';
import { sameMemo } from '../stellar/memo.ts';
import type { CustomerRecord, Store } from '../store/store.ts';
import type { Concern } from './conclude.ts';
import type { StoredTransaction } from './dossier.ts';
import { findReached, identityOf } from './find-customer.ts';
import type { CustomerType, Program } from './program.ts';
import { typeOf } from './requirements.ts';
import type { TransactionCustomer, TransactionLookup } from './transactions.ts';

/** What finding out whom a request is about, and what is asked of them, needs. */
export interface MatterParts {
  readonly store: Store;
  readonly program: Program;
  readonly transactions?: TransactionLookup;
}

/** What a request is about: the type, the transaction if one is named, and the request with its customer named. */
export interface Matter<R extends GetCustomer> {
  readonly type: CustomerType;
  readonly concern: Concern;
  readonly request: R;
}

/**
 * The type a request means and, where it names a transaction, what that says: whom it concerns and what else it asks. A request that
 * names nobody but a transaction is about that transaction's customer.
 * @throws InvalidRequest for a type that is not known, or a transaction that concerns another customer than the one named
 * @throws KycError `not_found`, the same for a transaction that does not exist as for one the subject does not reach (ruling 10)
 * @see SEP-12 § Customer GET, transaction_id
 */
export async function findMatter<R extends GetCustomer>(
  parts: MatterParts,
  request: R,
  context: CustomerContext,
): Promise<Matter<R>> {
  const type = typeOf(parts.program, request.type);
  const { transactionId } = request;
  if (transactionId === undefined) return { type, concern: { type: type.name }, request };
  const found = await parts.transactions?.find(transactionId, { ...context, type: type.name });
  if (found === undefined) throw transactionNotFound();
  const concerned = await reach(parts.store, found, context);
  const namesSomebody = request.id !== undefined || request.memo !== undefined;
  if (namesSomebody) await checkAgreement(parts.store, request, context, found, concerned);
  return {
    type,
    concern: {
      type: type.name,
      ...(found.isOver !== true && { transactionId, transaction: storable(found) }),
    },
    request: namesSomebody ? request : { ...request, ...found.customer },
  };
}

/** The transaction's customer, undefined while nobody is registered. */
async function reach(
  store: Store,
  { customer }: TransactionCustomer,
  context: CustomerContext,
): Promise<CustomerRecord | undefined> {
  const { account, memo } = context.subject;
  if (customer.account !== account) throw transactionNotFound();
  if (customer.id !== undefined) {
    const record = await findReached(store, { account, id: customer.id }, context);
    if (record === undefined) throw transactionNotFound();
    return record;
  }
  if (memo !== undefined && !sameMemo(memo, identityOf(customer).memo)) throw transactionNotFound();
  return store.findCustomer(identityOf(customer));
}

/** Choice: a transaction beside an id or a memo is accepted when they agree and is 400 when they contradict, as ruling 6 has it for ids. */
async function checkAgreement(
  store: Store,
  request: GetCustomer,
  context: CustomerContext,
  { customer }: TransactionCustomer,
  concerned: CustomerRecord | undefined,
): Promise<void> {
  const named = await findReached(store, request, context);
  if (named === undefined && request.id !== undefined) throw new CustomerNotFound();
  const isSame =
    named === undefined && concerned === undefined
      ? sameMemo(identityOf(request).memo, identityOf(customer).memo)
      : named?.id === concerned?.id;
  if (isSame) return;
  const field = 'transaction_id';
  const rule = { key: 'rule.other_transaction' } as const;
  throw new InvalidRequest({ key: 'error.invalid_field', params: { field, rule } }, { field });
}

function storable({ amount, asset, exchangedFor, fields }: TransactionCustomer): StoredTransaction {
  return {
    ...(amount !== undefined && { amount }),
    ...(asset !== undefined && { asset }),
    ...(exchangedFor !== undefined && { exchangedFor }),
    ...(fields !== undefined && { fields }),
  };
}

function transactionNotFound(): KycError {
  return new KycError('not_found', { key: 'error.transaction_not_found' }, { field: 'transaction_id' });
}
