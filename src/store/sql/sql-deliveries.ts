import { type Kysely, sql, type Transaction } from 'kysely';
import { newToken } from '../../lib/ids.ts';
import type { ClaimedDelivery, OutboxStore, ReadyTarget, Settlement, Subscription, Wanted } from '../outbox-store.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockCustomer, lockEvents } from './locks.ts';
import { settle } from './settle-delivery.ts';
import type { Tables } from './tables.ts';

/** How many events are made deliveries of in one transaction, and how many ended deliveries are forgotten in one. */
const batchSize = 500;

/** The {@link OutboxStore} over SQL. */
export class SqlDeliveries implements OutboxStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;

  constructor(db: Kysely<Tables>, writes: GroupCommit) {
    this.#db = db;
    this.#writes = writes;
  }

  async fanOut(subscriptions: readonly Subscription[], now: Date): Promise<number> {
    // Looked at before the lock for writing is taken: mostly there are none.
    const { rows } = await sql`select 1 from outbox_events limit 1`.execute(this.#db);
    return rows.length === 0 ? 0 : this.#writes.write((db) => fanOut(db, subscriptions, now.getTime()));
  }

  async listReady(now: Date): Promise<readonly ReadyTarget[]> {
    const at = now.getTime();
    // Steps from target to target along the index: it costs as much as there are targets, however much waits at each.
    const { rows } = await sql<{ target: string; failures: number; due_at: number }>`
      with recursive steps (target) as (
        select min(target) from deliveries where state = 'pending'
        union all
        select (select min(d.target) from deliveries d where d.state = 'pending' and d.target > steps.target)
        from steps where steps.target is not null)
      select target, failures, due_at from (
        select steps.target as target, coalesce(t.failures, 0) as failures, coalesce(t.open_until, 0) as open_until,
          (select min(d.next_at) from deliveries d where d.state = 'pending' and d.target = steps.target) as due_at
        from steps left join delivery_targets t on t.target = steps.target
        where steps.target is not null) as ready
      where due_at <= ${at} and open_until <= ${at} order by due_at`.execute(this.#db);
    return rows.map(({ target, failures, due_at }) => ({ target, failures, dueAt: new Date(due_at) }));
  }

  async claim(wanted: readonly Wanted[], now: Date, leaseUntil: Date): Promise<readonly ClaimedDelivery[]> {
    const lease = newToken(64);
    const found = await findOldest(this.#db, wanted, now.getTime());
    if (found.length === 0) return [];
    const held = await this.#writes.write((db) => hold(db, found, { lease, now, leaseUntil }));
    return found.filter(({ id }) => held.has(id)).map((row) => toClaimed(row, lease, leaseUntil));
  }

  async settle(settlement: Settlement, now: Date): Promise<{ readonly isSwitchedOff: boolean }> {
    return this.#writes.write((db) => settle(db, settlement, now.getTime()));
  }

  async retarget({ id, lease, message }: ClaimedDelivery, target: string, now: Date): Promise<void> {
    await this.#writes.write(async (db) => {
      if (message.kind !== 'callback') return;
      await lockCustomer(db, message.customerId);
      await sql`
        update callbacks set target = ${target} where id = ${message.callbackId} and target = ''`.execute(db);
      await sql`
        update deliveries set target = ${target}, next_at = ${now.getTime()}, lease = null
        where id = ${id} and lease = ${lease}`.execute(db);
    });
  }

  async forget(endedBefore: Date): Promise<number> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        delete from deliveries where id in (
          select id from deliveries where finished_at is not null and finished_at < ${endedBefore.getTime()}
          limit ${batchSize})`.execute(db);
      return Number(numAffectedRows ?? 0n);
    });
  }

  onCommit(listener: () => void): () => void {
    return this.#writes.onCommit(listener);
  }
}

interface ClaimedRow {
  id: number;
  target: string;
  lane: string;
  customer_id: string | null;
  type: string;
  event_id: string | null;
  payload: string | null;
  attempts: number;
  created_at: number;
  sealed_url: Uint8Array | null;
  set_at: number | null;
  known_as: string | null;
  kek_id: string | null;
  wrapped_key: Uint8Array | null;
  payment_id: string | null;
  payment_url: Uint8Array | null;
  payment_kek: string | null;
  payment_key: Uint8Array | null;
}

interface Lease {
  readonly lease: string;
  readonly now: Date;
  readonly leaseUntil: Date;
}

/**
 * What is due, of each lane the oldest alone: one that is held, or that waits to be tried again, holds up those behind it. What is the
 * oldest stays so until it has ended, as later ones have higher ids, one lane being written by one at a time; so this needs no lock.
 */
async function findOldest(db: Kysely<Tables>, wanted: readonly Wanted[], now: number): Promise<ClaimedRow[]> {
  const found: ClaimedRow[] = [];
  for (const { target, limit } of wanted) {
    const { rows } = await sql<ClaimedRow>`
      select d.id, d.target, d.lane, d.customer_id, d.type, d.event_id, d.payload, d.attempts, d.created_at,
        b.sealed_url, b.set_at, b.known_as, c.kek_id, c.wrapped_key, d.payment_id,
        p.sealed_callback as payment_url, p.kek_id as payment_kek, p.wrapped_key as payment_key
      from deliveries d
      left join payments p on p.id = d.payment_id
      left join callbacks b on b.id = d.lane and b.customer_id = d.customer_id
      left join customers c on c.id = d.customer_id
      where d.state = 'pending' and d.target = ${target} and d.next_at <= ${now}
        and not exists (select 1 from deliveries e where e.state = 'pending' and e.lane = d.lane and e.id < d.id)
      order by d.next_at limit ${limit}`.execute(db);
    found.push(...rows);
  }
  return found;
}

/** Holds those that nobody else has taken since they were found. */
async function hold(db: Transaction<Tables>, found: readonly ClaimedRow[], held: Lease): Promise<ReadonlySet<number>> {
  const { isOneOf, skipLocked } = grammarOf(db);
  const { rows } = await sql<{ id: number }>`
    with free as materialized (
      select id from deliveries
      where id ${isOneOf(found.map(({ id }) => id))} and state = 'pending' and next_at <= ${held.now.getTime()} ${skipLocked})
    update deliveries set lease = ${held.lease}, next_at = ${held.leaseUntil.getTime()}
    where id in (select id from free)
    returning id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

async function fanOut(db: Transaction<Tables>, subscriptions: readonly Subscription[], now: number): Promise<number> {
  await lockEvents(db);
  const events = await db.selectFrom('outbox_events').selectAll().orderBy('id').limit(batchSize).execute();
  for (const event of events) {
    for (const { id } of subscriptions.filter(({ events }) => [...events].some((name) => name === event.name))) {
      const target = eventTarget(id);
      await sql`
        insert into deliveries (kind, lane, target, type, event_id, payload, state, attempts, next_at, outcome, created_at, finished_at)
        select 'event', ${`${target} ${event.customer_id}`}, ${target}, ${event.name}, ${event.event_id}, ${event.payload},
          case when t.off_since is null then 'pending' else 'failed' end, 0, ${now},
          case when t.off_since is not null then 'switched_off' end, ${event.at},
          case when t.off_since is not null then cast(${now} as bigint) end
        from (select 1 as one) as once left join delivery_targets t on t.target = ${target}`.execute(db);
    }
  }
  // Not up to the last one: an event with a lower id may be committed only now.
  await sql`delete from outbox_events where id ${grammarOf(db).isOneOf(events.map(({ id }) => id))}`.execute(db);
  return events.length;
}

/** No host name has a slash in it. */
function eventTarget(subscriptionId: string): string {
  return `events/${subscriptionId}`;
}

function toClaimed(row: ClaimedRow, lease: string, leaseUntil: Date): ClaimedDelivery {
  const { id, target, type, attempts } = row;
  return {
    id,
    target,
    type,
    attempts,
    lease,
    leaseUntil,
    createdAt: new Date(row.created_at),
    message: messageOf(row),
  };
}

function messageOf(row: ClaimedRow): ClaimedDelivery['message'] {
  const { customer_id: customerId, kek_id: kekId, wrapped_key: bytes } = row;
  const { sealed_url: sealedUrl, set_at: setAt, known_as: knownAs } = row;
  if (row.payment_id !== null) return paymentMessage(row.payment_id, row);
  if (customerId === null || kekId === null || bytes === null)
    return { kind: 'event', eventId: row.event_id ?? '', payload: row.payload ?? '' };
  const isThere = sealedUrl !== null && setAt !== null && knownAs !== null;
  const callback = isThere ? { sealedUrl, setAt: new Date(setAt), knownAs } : undefined;
  return { kind: 'callback', customerId, callbackId: row.lane, wrappedKey: { kekId, bytes }, callback };
}

function paymentMessage(paymentId: string, row: ClaimedRow): ClaimedDelivery['message'] {
  const { payment_url: sealedUrl, payment_kek: kekId, payment_key: bytes } = row;
  const isThere = sealedUrl !== null && kekId !== null && bytes !== null;
  return {
    kind: 'payment',
    paymentId,
    callback: isThere ? { sealedUrl, wrappedKey: { kekId, bytes } } : undefined,
  };
}
