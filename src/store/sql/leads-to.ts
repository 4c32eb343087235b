import { type Kysely, type RawBuilder, sql } from 'kysely';
import { grammarOf } from './grammar.ts';
import type { Tables } from './tables.ts';

/** A subject, and the customer that its wallet names by an id: columns or values. */
export interface Way {
  readonly customerId: RawBuilder<unknown>;
  readonly knownAs: RawBuilder<unknown>;
  readonly account: RawBuilder<unknown>;
  /** Empty for a plain account, which leads to whom any of its users is; null for who set a callback before memos were kept. */
  readonly memoType: RawBuilder<unknown>;
  readonly memo: RawBuilder<unknown>;
}

/** Whether the subject leads to the customer by that id, as `findCustomerOfAccount` has it. */
export function leadsTo(
  db: Kysely<Tables>,
  { customerId, knownAs, account, memoType, memo }: Way,
): RawBuilder<boolean> {
  // Along the customer's identities: a sending anchor has ever so many customers under its account.
  return sql<boolean>`exists (
    select 1 from identities as i ${grammarOf(db).along('identities_of_customer')}
    where i.customer_id = ${customerId} and i.account = ${account} and (i.known_as = ${knownAs} or i.customer_id = ${knownAs})
      and (coalesce(${memoType}, '') = '' or (i.memo_type = ${memoType} and i.memo = ${memo})))`;
}
