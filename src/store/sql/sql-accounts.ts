import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { AccountStore, IdentityChange, IdentityOutcome, KnownIdentity, Merge } from '../account-store.ts';
import type { Identity } from '../identity.ts';
import type { BlindIndexEntry } from '../standing-store.ts';
import type { ChangeOutcome, CustomerUpdate, WriteOutcome } from '../store.ts';
import type { GroupCommit } from './group-commit.ts';
import { toIdentity, toIdentityRow } from './identity-rows.ts';
import { lockCustomer, lockIdentity } from './locks.ts';
import { areOutdated, moveCallbacks, tellMoved } from './move-callbacks.ts';
import { queueShreds } from './shred-queue.ts';
import { appendAudit } from './sql-audit.ts';
import { removeStrangersCallbacks } from './sql-callbacks.ts';
import { enqueueEvents } from './sql-outbox.ts';
import { movePayments } from './sql-payment-moves.ts';
import { addAct } from './sql-reviews.ts';
import type { Tables } from './tables.ts';
import { isMarked } from './tombstone-rows.ts';

/** Applies a customer's update inside a transaction. */
type Update = (db: Transaction<Tables>, update: CustomerUpdate) => Promise<ChangeOutcome>;

/** The {@link AccountStore} over SQL. */
export class SqlAccounts implements AccountStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;
  readonly #update: Update;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock, update: Update) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
    this.#update = update;
  }

  async listIdentities(customerId: string): Promise<readonly KnownIdentity[]> {
    const rows = await this.#db
      .selectFrom('identities')
      .selectAll()
      .where('customer_id', '=', customerId)
      .orderBy('account')
      .orderBy('memo')
      .execute();
    return rows.map((row) => ({ ...toIdentity(row), knownAs: row.known_as ?? undefined }));
  }

  async findMerged(knownAs: string): Promise<string | undefined> {
    const { rows } = await sql<{ id: string }>`
      select customer_id as id from identities where known_as = ${knownAs} limit 1`.execute(this.#db);
    return rows[0]?.id;
  }

  async link(change: IdentityChange & { readonly entry: BlindIndexEntry }): Promise<IdentityOutcome> {
    return this.#writes.write(async (db) => {
      // From here on nobody goes who leaves a tombstone by it, and nobody comes under it.
      const isKnown = await isMarked(db, change.entry, this.#clock.now().getTime());
      await lockIdentity(db, change.identity);
      if ((await ownerOf(db, change.identity)) !== undefined) return 'taken';
      if (isKnown) return 'marked';
      if (!(await this.#raise(db, change))) return 'conflict';
      await db.insertInto('identities').values(toIdentityRow(change.identity, change.customerId)).execute();
      return 'stored';
    });
  }

  async unlink(change: IdentityChange): Promise<IdentityOutcome> {
    return this.#writes.write(async (db) => {
      const { customerId, identity } = change;
      if ((await ownerOf(db, identity)) !== customerId) return 'unknown';
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from identities where customer_id = ${customerId}`.execute(db);
      if (Number(rows[0]?.count) < 2) return 'last';
      if (!(await this.#raise(db, change))) return 'conflict';
      await sql`delete from identities where ${isIdentity(identity)}`.execute(db);
      await removeStrangersCallbacks(db, customerId);
      return 'stored';
    });
  }

  async merge(merge: Merge): Promise<WriteOutcome> {
    return this.#writes.write(async (db) => {
      const { from, into } = merge;
      const now = this.#clock.now().getTime();
      await lockCustomer(db, from.id, into.id);
      const there = await sql`
        select 1 from customers where (id = ${from.id} and version = ${from.version})
          or (id = ${into.id} and version = ${into.version})`.execute(db);
      if (there.rows.length !== 2 || (await isHeld(db, from.id)) || (await isOvertaken(db, merge)))
        return { outcome: 'conflict' };
      // First, so that what the merge moves is told there.
      await moveCallbacks(db, merge);
      await movePayments(db, from.id, into.id);
      const written = await this.#update(db, into);
      // The version was looked at, and nothing of a merge is refused for its size: this cannot be.
      if (written.outcome !== 'stored') throw new Error('a merge was refused halfway');
      await tellMoved(db, merge, now);
      await moveFiles(db, merge);
      await moveHistory(db, merge);
      await this.#tellMerge(db, merge);
      await enqueueEvents(db, [{ name: 'customer.merged', customerId: into.id, mergedId: from.id }], now);
      return { outcome: 'stored', orphanedFiles: [...written.orphanedFiles, ...(await remove(db, from.id, now))] };
    });
  }

  /** The other one's line is that of the act. */
  async #tellMerge(db: Transaction<Tables>, { from, into }: Merge): Promise<void> {
    const { operator: id } = into.consequences.review?.act ?? {};
    const actor = { kind: 'operator', ...(id !== undefined && { id }) } as const;
    const line = { action: 'customer.merged', actor, customerId: from.id, about: { into: into.id } } as const;
    await appendAudit(db, [line], this.#clock.now().getTime());
  }

  /** Whether the customer was at the version; it is at the next one then, with the act written down. */
  async #raise(db: Transaction<Tables>, { customerId, version, act }: IdentityChange): Promise<boolean> {
    const now = this.#clock.now().getTime();
    const { numAffectedRows } = await sql`
      update customers set version = ${version + 1}, updated_at = ${now}
      where id = ${customerId} and version = ${version}`.execute(db);
    if (numAffectedRows !== 1n) return false;
    await addAct(db, customerId, act, now);
    return true;
  }
}

function isIdentity({ account, memo }: Identity): ReturnType<typeof sql> {
  return sql`account = ${account} and memo_type = ${memo?.type ?? ''} and memo = ${memo?.value ?? ''}`;
}

async function ownerOf(db: Transaction<Tables>, identity: Identity): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select customer_id as id from identities where ${isIdentity(identity)}`.execute(db);
  return rows[0]?.id;
}

/** What is held may not go, in a merge neither. */
async function isHeld(db: Transaction<Tables>, customerId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from legal_holds where customer_id = ${customerId}`.execute(db);
  return rows.length > 0;
}

/** Whether a note or a callback came that the merge does not know of: neither raises a customer's version. */
async function isOvertaken(db: Transaction<Tables>, merge: Merge): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from review_notes where customer_id = ${merge.from.id}`.execute(db);
  return Number(rows[0]?.count) !== merge.notes.length || (await areOutdated(db, merge));
}

async function moveFiles(db: Transaction<Tables>, { from, into, files }: Merge): Promise<void> {
  for (const field of files) {
    await sql`update files set customer_id = ${into.id} where customer_id = ${from.id} and field = ${field}`.execute(
      db,
    );
  }
}

/** What was written of the one is read of the other, with whose it was. */
async function moveHistory(db: Transaction<Tables>, { from, into, evidence, notes }: Merge): Promise<void> {
  await sql`
    update identities set customer_id = ${into.id}, known_as = coalesce(known_as, ${from.id})
    where customer_id = ${from.id}`.execute(db);
  for (const table of ['moves', 'review_acts'] as const) {
    await sql`
      update ${sql.table(table)} set customer_id = ${into.id}, origin = coalesce(origin, ${from.id})
      where customer_id = ${from.id}`.execute(db);
  }
  for (const { id, operator, sealed, at, origin } of notes) {
    await sql`
      update review_notes set customer_id = ${into.id}, origin = ${origin ?? from.id}, operator = ${operator},
        sealed = ${sealed}, at = ${at.getTime()} where id = ${id}`.execute(db);
  }
  for (const { check, inputs, round, sealed, at, origin } of evidence) {
    await sql`
      insert into merged_evidence (customer_id, origin, check_name, inputs, round, sealed, at)
      values (${into.id}, ${origin ?? from.id}, ${check}, ${inputs}, ${round}, ${sealed}, ${at.getTime()})`.execute(db);
  }
  await sql`
    insert into escalations (customer_id, operator, at)
    select ${into.id}, operator, at from escalations where customer_id = ${from.id}
    on conflict (customer_id) do nothing`.execute(db);
}

/** Deletes what is left of a customer; answers the files that nothing refers to any more. Uploads are their identity's. */
async function remove(db: Transaction<Tables>, id: string, now: number): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select id from files where customer_id = ${id}`.execute(db);
  await sql`delete from customers where id = ${id}`.execute(db);
  await queueShreds(db, [id], now);
  return rows.map((row) => row.id);
}
