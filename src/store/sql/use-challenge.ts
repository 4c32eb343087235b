import { sql, type Transaction } from 'kysely';
import { grammarOf } from './grammar.ts';
import type { Tables } from './tables.ts';

/** Marks a challenge as exchanged; false when it was already. Forgets those that expired before `now`. */
export async function useChallenge(
  db: Transaction<Tables>,
  hash: string,
  expiresAt: Date,
  now: Date,
): Promise<boolean> {
  await sql`
    delete from used_challenges where hash in (
      select hash from used_challenges where expires_at < ${now.getTime()} ${grammarOf(db).skipLocked})`.execute(db);
  const result = await db
    .insertInto('used_challenges')
    .values({ hash, expires_at: expiresAt.getTime() })
    .onConflict((conflicting) => conflicting.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}
