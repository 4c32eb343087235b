import { sql, type Transaction } from 'kysely';
import type { AuditActor, AuditLine } from '../audit-store.ts';
import type { Deletion, NewRetention } from '../erasure-store.ts';
import type { WriteOutcome } from '../store.ts';
import { lockCustomer } from './locks.ts';
import { queueShreds } from './shred-queue.ts';
import { appendAudit } from './sql-audit.ts';
import { removeUploadsOfCustomer } from './sql-files.ts';
import { enqueueEvents } from './sql-outbox.ts';
import { applyErasure } from './sql-payment-moves.ts';
import { isProposalGone } from './sql-reviews.ts';
import { removeSearchEntries } from './sql-search.ts';
import type { Tables } from './tables.ts';
import { addTombstone, lockTombstonesOf } from './tombstone-rows.ts';

/** Deletes a customer inside a transaction, or takes them out of everybody's sight. */
export async function deleteCustomer(
  db: Transaction<Tables>,
  id: string,
  { version, proposal, proposedBy, retain, tombstone, isLost = false, by = { kind: 'wallet' } }: Deletion,
  now: number,
): Promise<WriteOutcome> {
  if (tombstone !== undefined) await lockTombstonesOf(db, id, tombstone);
  await lockCustomer(db, id);
  const { rows } = await sql<{ version: number }>`
    select version from customers where id = ${id} and retained_at is null`.execute(db);
  const [found] = rows;
  if (found === undefined || (version !== undefined && found.version !== version)) return { outcome: 'conflict' };
  const isGone = proposal !== undefined && (await isProposalGone(db, { id, version: found.version, proposal }));
  if (isGone) return { outcome: 'conflict' };
  if (tombstone !== undefined) await addTombstone(db, id, tombstone);
  const orphanedFiles = retain === undefined ? await destroy(db, id, now) : await hide(db, id, retain, now);
  await applyErasure(db, id, now);
  await appendAudit(db, linesOf(id, { retain, tombstone, proposedBy, isLost, by }), now);
  await enqueueEvents(db, [{ name: 'customer.erased', customerId: id }], now);
  return { outcome: 'stored', orphanedFiles };
}

/** What the audit trail is told of somebody of whom nothing can be read. */
export const lostKey = { lost: 'data key' } as const;

function linesOf(
  customerId: string,
  {
    retain,
    tombstone,
    proposedBy,
    isLost,
    by,
  }: { readonly [K in 'retain' | 'tombstone' | 'proposedBy']: Deletion[K] | undefined } & {
    readonly isLost: boolean;
    readonly by: AuditActor;
  },
): AuditLine[] {
  const about = {
    ...(retain && { ground: retain.ground, deleteAfter: retain.deleteAfter.toISOString() }),
    ...(proposedBy !== undefined && { proposedBy }),
    ...(isLost && lostKey),
  };
  const isTold = Object.keys(about).length > 0;
  const line = { actor: by, customerId } as const;
  return [
    ...(tombstone === undefined
      ? []
      : [{ ...line, action: 'tombstone.left', about: { tombstone: tombstone.id, reason: tombstone.reason } } as const]),
    { ...line, action: retain === undefined ? 'customer.erased' : 'customer.retained', ...(isTold && { about }) },
  ];
}

/** All of it. Answers the files that nothing refers to any more. */
export async function destroy(db: Transaction<Tables>, id: string, now: number): Promise<readonly string[]> {
  const files = await db.selectFrom('files').select('id').where('customer_id', '=', id).execute();
  const uploads = await removeUploadsOfCustomer(db, id, now);
  await sql`delete from customers where id = ${id}`.execute(db);
  await queueShreds(db, [id], now);
  return [...files.map((file) => file.id), ...uploads];
}

/** What only a customer who is there needs. Values, files, history, findings, notes and acts are what is kept. */
const ofThePresent = ['callbacks', 'codes', 'standings', 'check_runs', 'review_claims'] as const;

async function hide(
  db: Transaction<Tables>,
  id: string,
  { deleteAfter, ground, sealedIdentities, keepIndexes }: NewRetention,
  now: number,
): Promise<readonly string[]> {
  const uploads = await removeUploadsOfCustomer(db, id, now);
  for (const table of [...ofThePresent, 'escalations', 'proposals', 'identities'] as const)
    await sql`delete from ${sql.table(table)} where customer_id = ${id}`.execute(db);
  if (keepIndexes) await removeSearchEntries(db, id);
  else await sql`delete from blind_indexes where customer_id = ${id}`.execute(db);
  await sql`delete from deliveries where customer_id = ${id} and state = 'pending'`.execute(db);
  await sql`update customers set version = version + 1, retained_at = ${now} where id = ${id}`.execute(db);
  await sql`
    insert into retentions (customer_id, delete_after, ground, sealed_identities)
    values (${id}, ${deleteAfter.getTime()}, ${ground}, ${sealedIdentities ?? Buffer.alloc(0)})`.execute(db);
  return uploads;
}
