import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import { aboutProposal, lineOfAct } from '../audit-lines.ts';
import type { AuditAction, AuditLine } from '../audit-store.ts';
import type {
  Claim,
  Proposal,
  QueueItem,
  QueueQuery,
  ReviewAct,
  ReviewFile,
  ReviewStore,
  ReviewWrites,
  SealedNote,
} from '../review-store.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { liftTombstones } from './lift-tombstones.ts';
import { lockCustomer } from './locks.ts';
import { type QueueRow, queueQuery } from './queue-query.ts';
import { appendAudit } from './sql-audit.ts';
import type { Tables } from './tables.ts';

/** The {@link ReviewStore} over SQL. */
export class SqlReviews implements ReviewStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async listQueue(query: QueueQuery): Promise<readonly QueueItem[]> {
    const { rows } = await queueQuery(query, grammarOf(this.#db)).execute(this.#db);
    return rows.map(toQueueItem);
  }

  async claim(customerId: string, { type, operator, until }: Claim, now: Date): Promise<Claim | undefined> {
    return this.#writes.write(async (db) => {
      await sql`
        insert into review_claims (customer_id, type, operator, until)
        select id, ${type}, ${operator}, ${until.getTime()} from customers where id = ${customerId} and retained_at is null
        on conflict (customer_id, type) do update set operator = excluded.operator, until = excluded.until
        where review_claims.operator = excluded.operator or review_claims.until <= ${now.getTime()}`.execute(db);
      const { rows } = await sql<Tables['review_claims']>`
        select type, operator, until from review_claims where customer_id = ${customerId} and type = ${type}`.execute(
        db,
      );
      if (rows[0]?.operator === operator) await this.#tell(db, 'review.claimed', operator, customerId, { type });
      return rows.map(toClaim)[0];
    });
  }

  async release(customerId: string, type: string, operator: string): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        delete from review_claims
        where customer_id = ${customerId} and type = ${type} and operator = ${operator}`.execute(db);
      if (numAffectedRows === 1n) await this.#tell(db, 'review.released', operator, customerId, { type });
      return numAffectedRows === 1n;
    });
  }

  async findFile(customerId: string): Promise<ReviewFile> {
    const of = <T extends 'review_claims' | 'escalations' | 'review_notes' | 'proposals' | 'review_acts'>(
      table: T,
      order: string,
    ): Promise<{ rows: Tables[T][] }> =>
      sql<Tables[T]>`
        select * from ${sql.table(table)} where customer_id = ${customerId} order by ${sql.ref(order)}`.execute(
        this.#db,
      );
    const claims = await of('review_claims', 'type');
    const [escalation] = (await of('escalations', 'at')).rows;
    const notes = await of('review_notes', 'at');
    const proposals = await of('proposals', 'at');
    const acts = await of('review_acts', 'id');
    return {
      claims: claims.rows.map(toClaim),
      escalation: escalation && { operator: escalation.operator, at: new Date(escalation.at) },
      notes: notes.rows.map(({ id, operator, sealed, at, origin }) => {
        return { id, operator, sealed, at: new Date(at), origin: origin ?? undefined };
      }),
      proposals: proposals.rows.map(toProposal),
      acts: acts.rows.map(toAct),
    };
  }

  async addNote(customerId: string, version: number, note: SealedNote): Promise<boolean> {
    return this.#writes.write(async (db) => {
      await lockCustomer(db, customerId);
      const isKept = await insertNote(db, customerId, note, this.#now(), version);
      if (isKept) await this.#tell(db, 'review.noted', note.operator, customerId);
      return isKept;
    });
  }

  async propose({ id, customerId, version, act, operator }: Omit<Proposal, 'at'>, note?: SealedNote): Promise<boolean> {
    return this.#writes.write(async (db) => {
      await lockCustomer(db, customerId);
      const { numAffectedRows } = await sql`
        insert into proposals (id, customer_id, version, act, operator, at)
        select ${id}, id, version, ${act}, ${operator}, ${this.#now()}
        from customers where id = ${customerId} and version = ${version}`.execute(db);
      if (numAffectedRows !== 1n) return false;
      if (note !== undefined) await insertNote(db, customerId, note, this.#now(), version);
      await sql`delete from proposals where customer_id = ${customerId} and version < ${version}`.execute(db);
      await this.#tell(db, 'review.proposed', operator, customerId, aboutProposal(act));
      return true;
    });
  }

  async findProposal(id: string): Promise<Proposal | undefined> {
    const row = await this.#db.selectFrom('proposals').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toProposal(row);
  }

  async listProposals(limit: number): Promise<readonly Proposal[]> {
    const { rows } = await sql<Tables['proposals']>`
      select proposals.* from proposals inner join customers
      on customers.id = proposals.customer_id and customers.version = proposals.version
      order by proposals.at, proposals.id limit ${limit}`.execute(this.#db);
    return rows.map(toProposal);
  }

  async withdraw(id: string, operator: string): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const found = await sql<{ id: string }>`select customer_id as id from proposals where id = ${id}`.execute(db);
      await lockCustomer(db, ...found.rows.map((row) => row.id));
      const { rows } = await sql<Tables['proposals']>`delete from proposals where id = ${id} returning *`.execute(db);
      const [gone] = rows;
      if (gone === undefined) return false;
      await this.#tell(db, 'review.withdrawn', operator, gone.customer_id, aboutProposal(gone.act));
      return true;
    });
  }

  async #tell(
    db: Transaction<Tables>,
    action: AuditAction,
    operator: string,
    customerId: string,
    about?: AuditLine['about'],
  ): Promise<void> {
    const line = { action, actor: { kind: 'operator', id: operator }, customerId, ...(about && { about }) } as const;
    await appendAudit(db, [line], this.#now());
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

/** Writes what an act of review leaves, in the transaction of the change. Claims on what waits for nobody any more go with it. */
export async function applyReview(
  db: Transaction<Tables>,
  customerId: string,
  { act, note, escalation, proposal, lifted = [] }: ReviewWrites,
  now: number,
): Promise<void> {
  await addAct(db, customerId, act, now);
  if (note !== undefined) await insertNote(db, customerId, note, now);
  if (escalation === 'clear') await sql`delete from escalations where customer_id = ${customerId}`.execute(db);
  if (escalation === 'set') {
    await sql`
      insert into escalations (customer_id, operator, at) values (${customerId}, ${act.operator}, ${now})
      on conflict (customer_id) do nothing`.execute(db);
  }
  if (proposal !== undefined) await sql`delete from proposals where id = ${proposal}`.execute(db);
  await liftTombstones(db, customerId, lifted, { kind: 'operator', id: act.operator }, now);
  await sql`
    delete from review_claims where customer_id = ${customerId} and type not in
      (select type from standings where customer_id = ${customerId} and state = 'in-review')`.execute(db);
}

/** Appends to what operators did. */
export async function addAct(db: Transaction<Tables>, customerId: string, done: ReviewAct, now: number): Promise<void> {
  const { act, type, reason, fields = [], operator, proposedBy } = done;
  await sql`
    insert into review_acts (customer_id, act, type, reason, fields, operator, proposed_by, at)
    values (${customerId}, ${act}, ${type ?? null}, ${reason ?? null}, ${JSON.stringify(fields)}, ${operator},
      ${proposedBy ?? null}, ${now})`.execute(db);
  await appendAudit(db, [lineOfAct(customerId, done)], now);
}

/** Whether a proposal was withdrawn or carried out, or the customer is not as it was when it was made. */
export async function isProposalGone(
  db: Transaction<Tables>,
  { id, version, proposal }: { readonly id: string; readonly version: number; readonly proposal: string },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from proposals inner join customers on customers.id = proposals.customer_id
    where proposals.id = ${proposal} and customers.id = ${id} and proposals.version = ${version}
      and customers.version = ${version}`.execute(db);
  return rows.length === 0;
}

function toQueueItem(row: QueueRow): QueueItem {
  const { customer_id: customerId, type, transaction_id: transactionId, state, risk, operator, until } = row;
  const claim = operator === null || until === null ? undefined : { operator, until: new Date(until) };
  const since = new Date(row.since);
  const reason = row.reason ?? undefined;
  return { customerId, type, transactionId, state, since, risk, reason, claim, isEscalated: row.escalated_at !== null };
}

function toClaim({ type, operator, until }: Tables['review_claims']): Claim {
  return { type, operator, until: new Date(until) };
}

function toProposal({ id, customer_id: customerId, version, act, operator, at }: Tables['proposals']): Proposal {
  return { id, customerId, version, act, operator, at: new Date(at) };
}

function toAct(row: Omit<Tables['review_acts'], 'id'>): ReviewFile['acts'][number] {
  const { act, type, reason, operator, proposed_by: proposedBy, at, origin } = row;
  const fields = JSON.parse(row.fields) as string[];
  return {
    act,
    type: type ?? undefined,
    reason: reason ?? undefined,
    fields,
    operator,
    proposedBy: proposedBy ?? undefined,
    at: new Date(at),
    origin: origin ?? undefined,
  };
}

/** False when the customer is not at that version, if one is named. */
async function insertNote(
  db: Transaction<Tables>,
  customerId: string,
  { id, operator, sealed }: SealedNote,
  now: number,
  version?: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into review_notes (id, customer_id, operator, sealed, at)
    select ${id}, id, ${operator}, ${sealed}, ${now} from customers
    where id = ${customerId} and version = coalesce(${version ?? null}, version)`.execute(db);
  return numAffectedRows === 1n;
}
