import { sql, type Transaction } from 'kysely';
import type { Merge } from '../account-store.ts';
import { enqueueCallbacks } from './sql-outbox.ts';
import type { Tables } from './tables.ts';

/** Whether these are not the callbacks of the customer that goes: setting one raises no version. */
export async function areOutdated(db: Transaction<Tables>, { from, callbacks }: Merge): Promise<boolean> {
  const { rows } = await sql<{ id: string; set_at: number }>`
    select id, set_at from callbacks where customer_id = ${from.id}`.execute(db);
  const isKnown = (row: { id: string; set_at: number }): boolean =>
    callbacks.some(({ id, setAt }) => id === row.id && setAt.getTime() === row.set_at);
  return rows.length !== callbacks.length || !rows.every(isKnown);
}

/**
 * Moved as they are but for the seal, beside those of the customer that stays: none of those is known by the same id. What waits is told of that customer. What their wallets
 * were told last ends nothing, as that was of the other one.
 */
export async function moveCallbacks(db: Transaction<Tables>, { from, into, callbacks }: Merge): Promise<void> {
  for (const { id, sealedUrl } of callbacks) {
    await sql`
      update callbacks set customer_id = ${into.id}, sealed_url = ${sealedUrl}
      where id = ${id} and customer_id = ${from.id}`.execute(db);
    await sql`delete from callback_ends where callback_id = ${id}`.execute(db);
    await sql`update deliveries set customer_id = ${into.id} where lane = ${id} and state = 'pending'`.execute(db);
  }
}

/**
 * The wallets whose callbacks were moved knew where the one customer stood: they are told of each type for which the other stands elsewhere. So they are of what
 * is under way just now, as whoever holds it may find nobody there to be told of.
 */
export async function tellMoved(db: Transaction<Tables>, { from, into, callbacks }: Merge, now: number): Promise<void> {
  for (const { id: callbackId } of callbacks) {
    const { rows } = await sql<{ type: string }>`
      select f.type from standings f inner join standings i on i.type = f.type and i.transaction_id = f.transaction_id
      where f.customer_id = ${from.id} and i.customer_id = ${into.id} and f.transaction_id = '' and f.state <> i.state
      union select type from deliveries where lane = ${callbackId} and state = 'pending' and lease is not null
      order by type`.execute(db);
    for (const { type } of rows) await enqueueCallbacks(db, { callbackId }, type, now);
  }
}
