import { type Kysely, type Selectable, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import type {
  AttemptOutcome,
  AttemptRecord,
  Backlog,
  DeliveryLog,
  DeliveryQuery,
  DeliveryRecord,
  EndReason,
  TargetRecord,
} from '../outbox-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockCustomer, lockEvents, lockTarget } from './locks.ts';
import { enqueueCallbacks } from './sql-outbox.ts';
import { enqueuePaymentCallback } from './sql-payment-moves.ts';
import type { Tables } from './tables.ts';

/** The {@link DeliveryLog} over SQL. */
export class SqlDeliveryLog implements DeliveryLog {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;

  constructor(db: Kysely<Tables>, writes: GroupCommit) {
    this.#db = db;
    this.#writes = writes;
  }

  async list(query: DeliveryQuery, limit: number): Promise<readonly DeliveryRecord[]> {
    const rows = await select(this.#db, query).selectAll().orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toRecord);
  }

  async find(id: number): Promise<{ delivery: DeliveryRecord; attempts: readonly AttemptRecord[] } | undefined> {
    const row = await this.#db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) return undefined;
    const attempts = await this.#db
      .selectFrom('delivery_attempts')
      .selectAll()
      .where('delivery_id', '=', id)
      .orderBy('id')
      .execute();
    return { delivery: toRecord(row), attempts: attempts.map(toAttempt) };
  }

  async redeliver(which: DeliveryQuery | { readonly id: number }, now: Date): Promise<number> {
    return this.#writes.write(async (db) => {
      const at = now.getTime();
      const meant = 'id' in which ? db.selectFrom('deliveries').where('id', '=', which.id) : select(db, which);
      await lockEvents(db);
      const rows = await meant.where('state', '<>', 'pending').selectAll().orderBy('id').execute();
      await lockCustomer(db, ...rows.flatMap((row) => row.customer_id ?? []));
      const callbacks = (await redeliverCallbacks(db, rows, at)) + (await redeliverPayments(db, rows, at));
      return callbacks + (await redeliverEvents(db, rows, at));
    });
  }

  async listTargets(): Promise<readonly TargetRecord[]> {
    const rows = await this.#db
      .selectFrom('delivery_targets')
      .selectAll()
      .select((eb) =>
        eb
          .selectFrom('deliveries')
          .select(({ fn }) => fn.countAll<number>().as('pending'))
          .where('state', '=', sql.lit('pending'))
          .whereRef('deliveries.target', '=', 'delivery_targets.target')
          .as('pending'),
      )
      .orderBy('failing_since')
      .execute();
    return rows.map((row) => ({
      target: row.target,
      failures: row.failures,
      failingSince: new Date(row.failing_since),
      openUntil: new Date(row.open_until),
      offSince: toDate(row.off_since),
      offReason: (row.off_reason ?? undefined) as TargetRecord['offReason'],
      pending: Number(row.pending ?? 0),
    }));
  }

  async switchOn(target: string, now: Date): Promise<boolean> {
    return this.#writes.write(async (db) => {
      await lockTarget(db, target);
      const { numDeletedRows } = await db
        .deleteFrom('delivery_targets')
        .where('target', '=', target)
        .executeTakeFirstOrThrow();
      await sql`
        update deliveries set next_at = ${now.getTime()}
        where target = ${target} and state = 'pending' and lease is null`.execute(db);
      return numDeletedRows > 0n;
    });
  }

  async backlog(): Promise<Backlog> {
    const { rows } = await sql<{ pending: number; oldest: number | null; failing: number; off: number }>`
      select (select count(*) from deliveries where state = 'pending') as pending,
        (select min(created_at) from deliveries where state = 'pending') as oldest,
        (select count(*) from delivery_targets where off_since is null) as failing,
        (select count(*) from delivery_targets where off_since is not null) as off`.execute(this.#db);
    const [{ pending, oldest, failing, off } = { pending: 0, oldest: null, failing: 0, off: 0 }] = rows;
    return {
      pending: Number(pending),
      oldestAt: toDate(oldest),
      failingTargets: Number(failing),
      offTargets: Number(off),
    };
  }
}

type Row = Selectable<Tables['deliveries']>;

function select(
  db: Kysely<Tables>,
  { state, kind, customerId, target, from, to, beforeId }: DeliveryQuery,
): SelectQueryBuilder<Tables, 'deliveries', object> {
  // A partial index is taken for a literal alone; a state is one of the few there are.
  return db
    .selectFrom('deliveries')
    .$if(state !== undefined, (query) => query.where('state', '=', sql.lit(state ?? 'pending')))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'event'))
    .$if(customerId !== undefined, (query) => query.where('customer_id', '=', customerId ?? ''))
    .$if(target !== undefined, (query) => query.where('target', '=', target ?? ''))
    .$if(from !== undefined, (query) => query.where('created_at', '>=', from?.getTime() ?? 0))
    .$if(to !== undefined, (query) => query.where('created_at', '<', to?.getTime() ?? 0))
    .$if(beforeId !== undefined, (query) => query.where('id', '<', beforeId ?? 0));
}

/** What is posted is the state at that moment: once for each callback and type. */
async function redeliverCallbacks(db: Transaction<Tables>, rows: readonly Row[], now: number): Promise<number> {
  const meant = rows.filter((row) => row.kind === 'callback');
  const lanes = new Map(meant.map((row) => [JSON.stringify([row.lane, row.type]), row]));
  let made = 0;
  for (const { lane: callbackId, type } of lanes.values())
    made += await enqueueCallbacks(db, { callbackId }, type, now);
  return made;
}

/** The same for payments, once for each. */
async function redeliverPayments(db: Transaction<Tables>, rows: readonly Row[], now: number): Promise<number> {
  let made = 0;
  for (const id of new Set(rows.flatMap((row) => row.payment_id ?? [])))
    if (await enqueuePaymentCallback(db, id, now)) made++;
  return made;
}

/** The same events under their own ids, in the order they had, behind what waits. */
async function redeliverEvents(db: Transaction<Tables>, rows: readonly Row[], now: number): Promise<number> {
  const meant = rows.filter((row) => row.kind === 'event');
  const events = new Map(meant.map((row) => [JSON.stringify([row.target, row.event_id]), row]));
  for (const { lane, target, type, event_id, payload } of events.values()) {
    const fresh = { kind: 'event', state: 'pending', attempts: 0, next_at: now, created_at: now } as const;
    await db
      .insertInto('deliveries')
      .values({ ...fresh, lane, target, type, event_id, payload })
      .execute();
  }
  return events.size;
}

function toRecord(row: Row): DeliveryRecord {
  const { id, kind, target, type, state, attempts, outcome } = row;
  return {
    id,
    kind,
    target,
    customerId: row.customer_id ?? undefined,
    callbackId: kind === 'callback' ? row.lane : undefined,
    type,
    state,
    attempts,
    outcome: (outcome ?? undefined) as AttemptOutcome | EndReason | undefined,
    createdAt: new Date(row.created_at),
    nextAt: state === 'pending' ? new Date(row.next_at) : undefined,
    endedAt: toDate(row.finished_at),
  };
}

function toAttempt(row: {
  at: number;
  outcome: string;
  http_status: number | null;
  latency_ms: number;
}): AttemptRecord {
  return {
    at: new Date(row.at),
    outcome: row.outcome as AttemptOutcome,
    httpStatus: row.http_status ?? undefined,
    latencyMs: row.latency_ms,
  };
}

function toDate(ms: number | null): Date | undefined {
  return ms === null ? undefined : new Date(ms);
}
