import { type Kysely, sql } from 'kysely';
import type { Memo, MemoType } from '../../stellar/memo.ts';
import type { ClaimedCode } from '../code-store.ts';
import type { Identity } from '../identity.ts';
import type { Tables } from './tables.ts';

type Row = Pick<Tables['codes'], 'customer_id' | 'field' | 'rev' | 'attempt' | 'asked_at'> &
  Pick<Tables['customers'], 'kek_id' | 'wrapped_key' | 'dossier'>;

/** What was taken under this lease, with what it takes to send it. */
export async function readClaims(db: Kysely<Tables>, lease: string): Promise<readonly ClaimedCode[]> {
  const { rows } = await sql<Row>`
    select codes.customer_id, codes.field, codes.rev, codes.attempt, codes.asked_at,
      customers.kek_id, customers.wrapped_key, customers.dossier
    from codes inner join customers on customers.id = codes.customer_id
    where codes.lease = ${lease}`.execute(db);
  const claims: ClaimedCode[] = [];
  for (const row of rows) {
    claims.push({
      customerId: row.customer_id,
      field: row.field,
      rev: row.rev,
      lease,
      attempt: row.attempt,
      askedAt: new Date(row.asked_at),
      wrappedKey: { kekId: row.kek_id, bytes: row.wrapped_key },
      dossier: row.dossier ?? undefined,
      values: await readValues(db, row.customer_id, row.field),
      identities: await readIdentities(db, row.customer_id),
    });
  }
  return claims;
}

/** The value that is to be confirmed, and the language its owner reads. */
async function readValues(db: Kysely<Tables>, customerId: string, field: string): Promise<ClaimedCode['values']> {
  const { rows } = await sql<{ field: string; sealed: Uint8Array }>`
    select field, sealed from field_values
    where customer_id = ${customerId} and field in (${field}, 'language_code')`.execute(db);
  return rows.map((row) => ({ field: row.field, sealed: row.sealed }));
}

async function readIdentities(db: Kysely<Tables>, customerId: string): Promise<readonly Identity[]> {
  const rows = await db
    .selectFrom('identities')
    .select(['account', 'memo_type', 'memo'])
    .where('customer_id', '=', customerId)
    .execute();
  return rows.map((row) => {
    if (row.memo_type === '') return { account: row.account };
    const memo: Memo = { type: row.memo_type as MemoType, value: row.memo };
    return { account: row.account, memo };
  });
}
