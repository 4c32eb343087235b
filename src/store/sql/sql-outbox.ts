import { type Kysely, sql, type Transaction } from 'kysely';
import { newUuid } from '../../lib/ids.ts';
import type { OperatorEvent } from '../outbox-store.ts';
import type { Move } from '../standing-store.ts';
import type { Tables } from './tables.ts';

/**
 * Writes what the moves of a customer mean to those who are told of them, in the transaction of the moves: visible ones to the
 * wallets that asked for it, visible ones and calls for a person to operators.
 */
export async function enqueueMoves(
  db: Transaction<Tables>,
  customerId: string,
  moves: readonly Move[],
  now: number,
): Promise<void> {
  for (const move of moves) {
    // Choice: ruling 26 speaks of the status for a type; a wallet could not tell from the body that it is about a transaction.
    if (move.isVisible && move.transactionId === '') await enqueueCallbacks(db, { customerId }, move.type, now);
  }
  await enqueueEvents(
    db,
    moves.flatMap((move) => eventsOf(customerId, move)),
    now,
  );
}

/** Writes what operators are to be told, in the transaction in which it happened. */
export async function enqueueEvents(
  db: Transaction<Tables>,
  events: readonly OperatorEvent[],
  now: number,
): Promise<void> {
  for (const event of events) {
    await sql`
      insert into outbox_events (event_id, customer_id, name, payload, at)
      values (${`evt_${newUuid()}`}, ${event.customerId}, ${event.name}, ${payloadOf(event, now)}, ${now})`.execute(db);
  }
}

/** All callbacks of a customer, or one of them. */
export type Callbacks = { readonly customerId: string } | { readonly callbackId: string };

/**
 * One delivery for each callback and type, if its wallet is to be told of it; its lane is the callback's id. It takes the place of one that waits: what is sent
 * is the state at that moment. One that somebody holds may have been rendered already and stays. Answers how many wait now: to a
 * target that is switched off nothing is sent, and the log says so.
 * @see SEP-12 § Customer callback PUT (ruling 26)
 */
export async function enqueueCallbacks(
  db: Kysely<Tables>,
  which: Callbacks,
  type: string,
  now: number,
): Promise<number> {
  const isMeant = 'customerId' in which ? sql`c.customer_id = ${which.customerId}` : sql`c.id = ${which.callbackId}`;
  await sql`
    update deliveries set state = 'superseded', finished_at = ${now}
    where lane in (select c.id from callbacks c where ${isMeant}) and type = ${type} and state = 'pending' and lease is null`.execute(
    db,
  );
  const { rows } = await sql<{ state: string }>`
    insert into deliveries (kind, lane, target, customer_id, type, state, attempts, next_at, outcome, created_at, finished_at)
    select 'callback', c.id, c.target, c.customer_id, ${type},
      case when t.off_since is null then 'pending' else 'failed' end, 0, ${now},
      case when t.off_since is not null then 'switched_off' end, ${now},
      case when t.off_since is not null then cast(${now} as bigint) end
    from callbacks c left join delivery_targets t on t.target = c.target
    where ${isMeant} and not exists (select 1 from callback_ends e where e.callback_id = c.id and e.type = ${type})
    returning state`.execute(db);
  return rows.filter(({ state }) => state === 'pending').length;
}

function eventsOf(customerId: string, move: Move): OperatorEvent[] {
  const { type, status, cause, reason } = move;
  const transactionId = move.transactionId === '' ? undefined : move.transactionId;
  const events: OperatorEvent[] = [];
  if (move.isVisible)
    events.push({ name: 'customer.status_changed', customerId, type, transactionId, status, cause, reason });
  if (move.to === 'in-review') events.push({ name: 'review.needed', customerId, type, transactionId, reason });
  return events;
}

/** As Standard Webhooks recommends it: type, timestamp, data. */
function payloadOf(event: OperatorEvent, now: number): string {
  const { name, ...data } = event;
  const named = Object.entries(data).map(([key, value]) => [
    key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    value,
  ]);
  return JSON.stringify({ type: name, timestamp: new Date(now).toISOString(), data: Object.fromEntries(named) });
}
