import { sql, type Transaction } from 'kysely';
import type { AuditActor } from '../audit-store.ts';
import { appendAudit } from './sql-audit.ts';
import type { Tables } from './tables.ts';

/** Forgets tombstones that people have passed over for a customer who matched them. */
export async function liftTombstones(
  db: Transaction<Tables>,
  customerId: string,
  ids: readonly string[],
  actor: AuditActor,
  now: number,
): Promise<void> {
  for (const id of ids) {
    await sql`delete from tombstones where id = ${id}`.execute(db);
    await appendAudit(db, [{ action: 'tombstone.lifted', actor, customerId, about: { tombstone: id } }], now);
  }
}
