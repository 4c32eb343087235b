import { sql, type Transaction } from 'kysely';
import type { NewTombstone, SoughtTombstones } from '../erasure-store.ts';
import type { BlindIndexEntry } from '../standing-store.ts';
import { grammarOf } from './grammar.ts';
import { lockTombstones } from './locks.ts';
import { isSearched } from './sql-search.ts';
import type { Tables } from './tables.ts';

/**
 * Whether there is a tombstone that was not found when a change was computed. From then on until the transaction ends nobody leaves another one by these
 * entries: whoever is about to is waited for, and whoever comes later finds what this one has written.
 */
export async function isTombstoneNew(
  db: Transaction<Tables>,
  sought: SoughtTombstones | undefined,
  now: number,
): Promise<boolean> {
  if (sought === undefined || sought.entries.length === 0) return false;
  const { entries, found } = sought;
  await lockTombstones(db, entries);
  const matches = entries.map(({ index, digest }) => sql`(index_name = ${index} and digest = ${digest})`);
  const { rows } = await sql`
    select 1 from tombstones
    where (${sql.join(matches, sql` or `)}) and expires_at > ${now} and not (id ${grammarOf(db).isOneOf(found)})
    limit 1`.execute(db);
  return rows.length > 0;
}

/** Waits for those who look for what a customer who goes will leave. To be done before the customer is locked, whose version then tells whether the entries are still these. */
export async function lockTombstonesOf(
  db: Transaction<Tables>,
  customerId: string,
  { entries }: NewTombstone,
): Promise<void> {
  const { rows } = await sql<{ index: string; digest: Uint8Array }>`
    select index_name as "index", digest from blind_indexes
    where customer_id = ${customerId} and not (${isSearched})`.execute(db);
  await lockTombstones(db, [...entries, ...rows]);
}

/** By the entries it names, and by those that the customer has. */
export async function addTombstone(
  db: Transaction<Tables>,
  customerId: string,
  { id, entries, reason, effect, at, expiresAt }: NewTombstone,
): Promise<void> {
  const times = sql`cast(${at.getTime()} as bigint), cast(${expiresAt.getTime()} as bigint)`;
  const said = sql`cast(${id} as text), cast(${reason} as text), cast(${effect} as text), ${times}`;
  for (const { index, digest } of entries) {
    await sql`
      insert into tombstones (index_name, digest, id, reason, effect, at, expires_at)
      values (${index}, ${digest}, ${said}) on conflict do nothing`.execute(db);
  }
  await sql`
    insert into tombstones (index_name, digest, id, reason, effect, at, expires_at)
    select index_name, digest, ${said} from blind_indexes where customer_id = ${customerId} and not (${isSearched})
    on conflict do nothing`.execute(db);
}

/** Whether somebody who went left a tombstone by this entry. Whoever is about to is waited for. */
export async function isMarked(db: Transaction<Tables>, entry: BlindIndexEntry, now: number): Promise<boolean> {
  return isTombstoneNew(db, { entries: [entry], found: [] }, now);
}
