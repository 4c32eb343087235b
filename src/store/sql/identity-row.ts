import type { Memo, MemoType } from '../../stellar/memo.ts';
import type { Identity } from '../identity.ts';
import type { Tables } from './tables.ts';

/** An identity as it was written. */
export function toIdentity(row: { account: string; memo_type: string; memo: string }): Identity {
  if (row.memo_type === '') return { account: row.account };
  const memo: Memo = { type: row.memo_type as MemoType, value: row.memo };
  return { account: row.account, memo };
}

/** An identity of a customer as it is written. */
export function toIdentityRow({ account, memo }: Identity, customerId: string): Tables['identities'] {
  return { account, memo_type: memo?.type ?? '', memo: memo?.value ?? '', customer_id: customerId };
}
