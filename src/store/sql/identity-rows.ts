import type { Memo, MemoType } from '../../stellar/memo.ts';
import type { Identity } from '../identity.ts';
import type { Tables } from './tables.ts';

/** The identity of a row. */
export function toIdentity(row: Pick<Tables['identities'], 'account' | 'memo_type' | 'memo'>): Identity {
  if (row.memo_type === '') return { account: row.account };
  const memo: Memo = { type: row.memo_type as MemoType, value: row.memo };
  return { account: row.account, memo };
}

/** The row of an identity whose wallet knows its customer by the customer's own id. */
export function toIdentityRow({ account, memo }: Identity, customerId: string): Tables['identities'] {
  return { account, memo_type: memo?.type ?? '', memo: memo?.value ?? '', customer_id: customerId, known_as: null };
}
