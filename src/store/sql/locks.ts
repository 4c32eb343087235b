import { sql, type Transaction } from 'kysely';
import type { Identity } from '../identity.ts';
import type { BlindIndexEntry } from '../standing-store.ts';
import { grammarOf } from './grammar.ts';
import type { Tables } from './tables.ts';

// Several may write at the same time on an engine that lets them, and none sees what another has not committed. So whoever relies on what it reads
// locks first and reads then. In this order, so that no two wait for each other: tombstones, identities and events, customers, payments, targets and buckets.

/**
 * What is about a customer is written by one at a time. Raising its version is such a lock, too; who does that first need not call this.
 */
export function lockCustomer(db: Transaction<Tables>, ...ids: readonly string[]): Promise<void> {
  return grammarOf(db).lockCustomers(db, ids);
}

/** Tombstones by these entries: whoever leaves one and whoever looks for one do so one after the other. */
export function lockTombstones(db: Transaction<Tables>, entries: readonly BlindIndexEntry[]): Promise<void> {
  const names = entries.map(({ index, digest }) => `tombstone ${index} ${Buffer.from(digest).toString('hex')}`);
  return grammarOf(db).lockNames(db, names);
}

/** What an identity makes or sends, which may have no customer yet. */
export function lockIdentity(db: Transaction<Tables>, { account, memo }: Identity): Promise<void> {
  return grammarOf(db).lockNames(db, [`identity ${account} ${memo?.type ?? ''} ${memo?.value ?? ''}`]);
}

/** Making deliveries of events: their order is that of the events, and each is made of once. */
export function lockEvents(db: Transaction<Tables>): Promise<void> {
  return grammarOf(db).lockNames(db, ['events']);
}

/** How a target is doing, with what waits for it. */
export function lockTarget(db: Transaction<Tables>, target: string): Promise<void> {
  return grammarOf(db).lockNames(db, [`target ${target}`]);
}

/** What was sent of the same kind. */
export function lockBuckets(db: Transaction<Tables>, buckets: readonly Uint8Array[]): Promise<void> {
  return grammarOf(db).lockNames(
    db,
    buckets.map((bucket) => `bucket ${Buffer.from(bucket).toString('hex')}`),
  );
}

/** A payment: of two customers who are cleared at the same time one sees the other. */
export async function lockPayment(db: Transaction<Tables>, id: string): Promise<void> {
  await sql`select 1 from payments where id = ${id} ${grammarOf(db).forUpdate}`.execute(db);
}
