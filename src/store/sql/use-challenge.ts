import { sql, type Transaction } from 'kysely';
import { grammarOf } from './grammar.ts';
import type { Tables } from './tables.ts';

/**
 * How long an expired challenge is remembered: it is good until the end of its last second, and by the clock of whichever process is asked. One that was
 * forgotten and is still good could be exchanged twice.
 */
const marginMs = 60_000;

/** Marks a challenge as exchanged; false when it was already. Forgets those that expired well before `now`. */
export async function useChallenge(
  db: Transaction<Tables>,
  hash: string,
  expiresAt: Date,
  now: Date,
): Promise<boolean> {
  await sql`
    delete from used_challenges where hash in (
      select hash from used_challenges where expires_at < ${now.getTime() - marginMs} ${grammarOf(db).skipLocked})`.execute(
    db,
  );
  const result = await db
    .insertInto('used_challenges')
    .values({ hash, expires_at: expiresAt.getTime() })
    .onConflict((conflicting) => conflicting.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}
