import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { WrappedKey } from '../../vault/key-ring.ts';
import type { AuditActor, AuditLine } from '../audit-store.ts';
import type { ErasureStore, LegalHold, MatchedTombstone, Purged, Retained, Ties } from '../erasure-store.ts';
import type { ReviewAct } from '../review-store.ts';
import type { BlindIndexEntry } from '../standing-store.ts';
import type { CustomerRecord, WriteOutcome } from '../store.ts';
import { destroy, lostKey } from './delete-customer.ts';
import { findGone } from './gone-owners.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockCustomer } from './locks.ts';
import { type RecordRow, recordColumns, toRecord } from './record-rows.ts';
import { appendAudit } from './sql-audit.ts';
import { isRetired, keyRetired } from './sql-keys.ts';
import { addAct, isProposalGone } from './sql-reviews.ts';
import type { Tables } from './tables.ts';

type Outcome = WriteOutcome['outcome'];

/** The {@link ErasureStore} over SQL. */
export class SqlErasures implements ErasureStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async findTies(customerId: string): Promise<Ties> {
    const { rows } = await sql`
      select 1 from moves where customer_id = ${customerId} and to_state = 'accepted' limit 1`.execute(this.#db);
    return { wasAccepted: rows.length > 0, hold: await findHold(this.#db, customerId) };
  }

  async findRetained(
    customerId: string,
  ): Promise<(Retained & { record: CustomerRecord; sealedIdentities: Uint8Array | undefined }) | undefined> {
    const { rows } = await sql<RetainedRow & RecordRow>`
      select ${recordColumns}, ${retainedColumns} from ${retainedTables}
      where customers.id = ${customerId}`.execute(this.#db);
    const [row] = rows;
    const record = toRecord(row);
    if (row === undefined || record === undefined) return undefined;
    const retained = toRetained(row);
    return { ...retained, record, sealedIdentities: retained.isLost ? undefined : row.sealed_identities };
  }

  async listRetained(
    limit: number,
    after?: Pick<Retained, 'deleteAfter' | 'customerId'>,
  ): Promise<readonly Retained[]> {
    const from = after ?? { deleteAfter: new Date(-1), customerId: '' };
    const { rows } = await sql<RetainedRow>`
      select ${retainedColumns} from ${retainedTables}
      where (r.delete_after, r.customer_id) > (${from.deleteAfter.getTime()}, ${from.customerId})
      order by r.delete_after, r.customer_id limit ${limit}`.execute(this.#db);
    return rows.map(toRetained);
  }

  async hold(
    customerId: string,
    version: number,
    { operator, sealedReason, act }: Omit<LegalHold, 'at'> & { readonly act: ReviewAct },
  ): Promise<Outcome> {
    return this.#writes.write(async (db) => {
      const now = this.#now();
      await lockCustomer(db, customerId);
      if ((await findHold(db, customerId)) !== undefined) return 'conflict';
      if (!(await raise(db, customerId, version, now))) return 'conflict';
      await sql`
        insert into legal_holds (customer_id, operator, sealed_reason, at)
        values (${customerId}, ${operator}, ${sealedReason}, ${now})`.execute(db);
      await addAct(db, customerId, act, now);
      return 'stored';
    });
  }

  async lift(customerId: string, version: number, proposal: string, act: ReviewAct): Promise<Outcome> {
    return this.#writes.write(async (db) => {
      const now = this.#now();
      await lockCustomer(db, customerId);
      if (await isProposalGone(db, { id: customerId, version, proposal })) return 'conflict';
      const { numAffectedRows } = await sql`delete from legal_holds where customer_id = ${customerId}`.execute(db);
      if (numAffectedRows !== 1n) return 'conflict';
      await raise(db, customerId, version, now);
      await sql`delete from proposals where id = ${proposal}`.execute(db);
      await addAct(db, customerId, act, now);
      return 'stored';
    });
  }

  async findPurgeable(now: Date, limit: number): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      select r.customer_id as id from retentions r
      left join legal_holds h on h.customer_id = r.customer_id
      where r.delete_after <= ${now.getTime()} and h.customer_id is null
      order by r.delete_after, r.customer_id limit ${limit}`.execute(this.#db);
    return rows.map(({ id }) => id);
  }

  async purge(customerId: string, now: Date): Promise<Purged | undefined> {
    return this.#writes.write(async (db) => {
      await lockCustomer(db, customerId);
      const { rows } = await sql<RetainedRow>`
        select ${retainedColumns} from ${retainedTables}
        where r.customer_id = ${customerId} and r.delete_after <= ${now.getTime()} and h.customer_id is null`.execute(
        db,
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      const values = await sql<{ count: number }>`
        select count(*) as count from field_values where customer_id = ${customerId}`.execute(db);
      const files = await destroy(db, customerId, now.getTime());
      const purged = { ...toRetained(row), values: Number(values.rows[0]?.count), files };
      await appendAudit(db, [certificateOf(purged)], now.getTime());
      return purged;
    });
  }

  async findTombstones(entries: readonly BlindIndexEntry[], now: Date): Promise<readonly MatchedTombstone[]> {
    const found: MatchedTombstone[] = [];
    for (const { index, digest } of entries) {
      const { rows } = await sql<Tables['tombstones']>`
        select * from tombstones
        where index_name = ${index} and digest = ${digest} and expires_at > ${now.getTime()} order by id`.execute(
        this.#db,
      );
      found.push(...rows.map(({ id, reason, effect, at }) => ({ id, index, reason, effect, at: new Date(at) })));
    }
    return found;
  }

  async removeTombstones(now: Date): Promise<number> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows = 0n } = await sql`
        delete from tombstones where expires_at <= ${now.getTime()}`.execute(db);
      return Number(numAffectedRows);
    });
  }

  async listShreds(limit: number): Promise<readonly string[]> {
    const { rows } = await sql<{ owner: string }>`select owner from shred_queue limit ${limit}`.execute(this.#db);
    return rows.map(({ owner }) => owner);
  }

  async forgetShreds(owners: readonly string[]): Promise<void> {
    await this.#writes.write(async (db) => {
      for (const owner of owners) await sql`delete from shred_queue where owner = ${owner}`.execute(db);
    });
  }

  async destroyRestored(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    return this.#writes.write(async (db) => {
      const { rows } = await sql<{ id: string }>`select id from customers where id in (${sql.join(ids)})`.execute(db);
      const now = this.#now();
      for (const { id } of rows) await destroy(db, id, now);
      await appendAudit(
        db,
        rows.map(({ id }) => ({ action: 'customer.erased', actor: restoring, customerId: id })),
        now,
      );
      return rows.length;
    });
  }

  async findShredStore(): Promise<string | undefined> {
    return (await this.#db.selectFrom('shred_stores').select('id').executeTakeFirst())?.id;
  }

  findGone(owners: readonly string[], copiedAt: Date): Promise<readonly string[]> {
    return findGone(this.#db, owners, copiedAt);
  }

  async fixShredStore(id: string): Promise<string> {
    return this.#writes.write(async (db) => {
      const known = await db.selectFrom('shred_stores').select('id').executeTakeFirst();
      if (known !== undefined) return known.id;
      const isNew = (await db.selectFrom('customers').select('id').limit(1).execute()).length === 0;
      await db
        .insertInto('shred_stores')
        .values({ id, looked_at: isNew ? null : '' })
        .execute();
      return id;
    });
  }

  async nextUnshredded(
    limit: number,
    lookedAt?: string,
  ): Promise<readonly { id: string; wrappedKey: WrappedKey }[] | undefined> {
    return this.#writes.write(async (db) => {
      if (lookedAt !== undefined) await sql`update shred_stores set looked_at = ${lookedAt}`.execute(db);
      const known = await db.selectFrom('shred_stores').select('looked_at').executeTakeFirst();
      const from = known?.looked_at ?? undefined;
      if (from === undefined) return undefined;
      const { rows } = await sql<Pick<Tables['customers'], 'id' | 'kek_id' | 'wrapped_key'>>`
        select id, kek_id, wrapped_key from customers where id > ${from} order by id limit ${limit}`.execute(db);
      if (rows.length === 0) await sql`update shred_stores set looked_at = null`.execute(db);
      if (rows.length === 0) return undefined;
      return rows.map(({ id, kek_id: kekId, wrapped_key: bytes }) => ({ id, wrappedKey: { kekId, bytes } }));
    });
  }

  async rewrap(customerId: string, from: WrappedKey, to: WrappedKey): Promise<boolean> {
    const isReplaced = await this.#writes.write(async (db) => {
      if (await isRetired(db, to.kekId)) return undefined;
      const { numAffectedRows } = await sql`
        update customers set kek_id = ${to.kekId}, wrapped_key = ${to.bytes}
        where id = ${customerId} and kek_id = ${from.kekId} and wrapped_key = ${from.bytes}`.execute(db);
      return numAffectedRows === 1n;
    });
    if (isReplaced === undefined) throw keyRetired(to.kekId);
    return isReplaced;
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

const restoring: AuditActor = { kind: 'job', id: 'erasing again' };

/** What the audit trail keeps of data that was destroyed at its date. */
function certificateOf({ customerId, ground, erasedAt, deleteAfter, isLost, values, files }: Purged): AuditLine {
  const dates = { erasedAt: erasedAt.toISOString(), deleteAfter: deleteAfter.toISOString() };
  const about = { ground, ...dates, values, files: files.length, ...(isLost && lostKey) };
  return { action: 'purge.done', actor: { kind: 'job', id: 'purging' }, customerId, about };
}

async function raise(db: Transaction<Tables>, id: string, version: number, now: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update customers set version = ${version + 1}, updated_at = ${now}
    where id = ${id} and version = ${version}`.execute(db);
  return numAffectedRows === 1n;
}

async function findHold(db: Kysely<Tables>, customerId: string): Promise<LegalHold | undefined> {
  const { rows } = await sql<Tables['legal_holds']>`
    select * from legal_holds where customer_id = ${customerId}`.execute(db);
  return rows.map(toHold)[0];
}

function toHold({ operator, at, sealed_reason: sealedReason }: Omit<Tables['legal_holds'], 'customer_id'>): LegalHold {
  return { operator, at: new Date(at), sealedReason };
}

const retainedTables = sql`retentions r inner join customers on customers.id = r.customer_id
  left join legal_holds h on h.customer_id = r.customer_id`;
const retainedColumns = sql`r.customer_id, customers.version, customers.retained_at, r.delete_after, r.ground, r.sealed_identities,
  h.operator as held_by, h.at as held_at, h.sealed_reason`;

interface RetainedRow {
  customer_id: string;
  version: number;
  retained_at: number;
  delete_after: number;
  ground: string;
  sealed_identities: Uint8Array;
  held_by: string | null;
  held_at: number | null;
  sealed_reason: Uint8Array | null;
}

function toRetained(row: RetainedRow): Retained {
  const { held_by: operator, held_at: at, sealed_reason } = row;
  const isHeld = operator !== null && at !== null && sealed_reason !== null;
  return {
    customerId: row.customer_id,
    version: row.version,
    erasedAt: new Date(row.retained_at),
    deleteAfter: new Date(row.delete_after),
    ground: row.ground,
    isLost: row.sealed_identities.length === 0,
    hold: isHeld ? toHold({ operator, at, sealed_reason }) : undefined,
  };
}
