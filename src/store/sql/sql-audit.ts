import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import { aboutText, chainHash, firstHash } from '../audit-chain.ts';
import type {
  AuditAction,
  AuditActor,
  AuditLine,
  AuditQuery,
  AuditStore,
  ChainHead,
  LineColumns,
  SealedLine,
  SignedHead,
  UnmaskCap,
  WrittenLine,
} from '../audit-store.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Tables } from './tables.ts';

/** Every number of rows is a statement of its own, which is kept. */
const linesAtOnce = 8;

/** Writes lines down in the transaction of what they tell. */
export async function appendAudit(db: Transaction<Tables>, lines: readonly AuditLine[], now: number): Promise<void> {
  for (let from = 0; from < lines.length; from += linesAtOnce) {
    const rows = lines.slice(from, from + linesAtOnce).map(({ action, actor, customerId, about }) => {
      return sql`(${now}, ${action}, ${actor.kind}, ${actor.id ?? null}, ${customerId ?? null}, ${aboutText(about)})`;
    });
    await sql`
      insert into audit_pending (at, action, actor_kind, actor_id, customer_id, about) values ${sql.join(rows)}`.execute(
      db,
    );
  }
}

/** The {@link AuditStore} over SQL. */
export class SqlAudit implements AuditStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async record(lines: readonly AuditLine[]): Promise<void> {
    if (lines.length > 0) await this.#writes.write((db) => appendAudit(db, lines, this.#now()));
  }

  async recordRepeatable(lines: readonly AuditLine[]): Promise<void> {
    if (lines.length > 0) await this.#writes.writeRepeatable((db) => appendAudit(db, lines, this.#now()));
  }

  async recordUnmasking(
    line: Omit<AuditLine, 'action'> & { readonly actor: { readonly id: string } },
    caps: readonly UnmaskCap[],
  ): Promise<Date | undefined> {
    return this.#writes.write(async (db) => {
      await grammarOf(db).lockNames(db, [`unmasking by ${line.actor.id}`]);
      const freeAt = await unmaskingFrom(db, line.actor.id, caps, this.#now());
      const action = freeAt === undefined ? 'value.unmasked' : 'value.refused';
      await appendAudit(db, [{ ...line, action }], this.#now());
      return freeAt;
    });
  }

  /** Looks first, over the connection that reads: who has nothing to do takes no turn to write. A crash may undo it, and it is done again. */
  async seal(limit: number): Promise<number> {
    const { rows } = await sql`select 1 from audit_pending limit 1`.execute(this.#db);
    return rows.length === 0 ? 0 : this.#writes.writeRepeatable((db) => seal(db, limit));
  }

  /** Before the database is let go of: what cannot be sealed now is by whoever opens it next. */
  async sealAll(): Promise<void> {
    try {
      while ((await this.seal(1000)) > 0);
    } catch {
      // Nothing is lost: the lines are there.
    }
  }

  async listSealed(afterSeq: number, limit: number): Promise<readonly SealedLine[]> {
    const { rows } = await sql<TrailRow>`
      select seq, ${lineColumns}, hash from audit_trail where seq > ${afterSeq} order by seq limit ${limit}`.execute(
      this.#db,
    );
    return rows.map((row) => ({ seq: Number(row.seq), ...toColumns(row), hash: row.hash }));
  }

  async findUnsealed(): Promise<{ readonly count: number; readonly oldestAt: Date | undefined }> {
    const { rows } = await sql<{ count: number; at: number | null }>`
      select count(*) as count, min(at) as at from audit_pending`.execute(this.#db);
    const at = rows[0]?.at ?? undefined;
    return { count: Number(rows[0]?.count ?? 0), oldestAt: at === undefined ? undefined : new Date(Number(at)) };
  }

  async findHead(): Promise<ChainHead | undefined> {
    return findHead(this.#db);
  }

  async addHead({ seq, hash, at, account, signature }: SignedHead): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const { rows } = await sql`select 1 from audit_heads where seq = ${seq}`.execute(db);
      if (rows.length > 0) return false;
      const { numAffectedRows } = await sql`
        insert into audit_heads (seq, hash, at, account, signature)
        values (${seq}, ${hash}, ${at.getTime()}, ${account}, ${signature}) on conflict do nothing`.execute(db);
      return numAffectedRows === 1n;
    });
  }

  async listHeads(afterSeq: number, limit: number): Promise<readonly SignedHead[]> {
    const { rows } = await sql<Tables['audit_heads']>`
      select * from audit_heads where seq > ${afterSeq} order by seq limit ${limit}`.execute(this.#db);
    return rows.map(toHead);
  }

  async findSignedHead(): Promise<SignedHead | undefined> {
    const { rows } = await sql<Tables['audit_heads']>`
      select * from audit_heads order by seq desc limit 1`.execute(this.#db);
    return rows.map(toHead)[0];
  }

  /** One statement over both tables, so that a line that is sealed meanwhile is seen in one place or the other. */
  async list(query: AuditQuery, limit: number): Promise<readonly WrittenLine[]> {
    const condition = conditionOf(query);
    const { rows } = await sql<LineRow & { seq: number | null }>`
      select * from (select seq, ${lineColumns} from audit_trail where ${condition} order by id limit ${limit}) as sealed
      union all
      select * from (select cast(null as bigint) as seq, ${lineColumns} from audit_pending where ${condition} order by id limit ${limit}) as waiting
      order by id limit ${limit}`.execute(this.#db);
    return rows.map(toWritten);
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

type LineRow = Omit<Tables['audit_trail'], 'seq' | 'hash'>;
type TrailRow = Tables['audit_trail'];

const lineColumns = sql.raw('id, at, action, actor_kind, actor_id, customer_id, about');

/** Whatever has no place yet gets one, however late it was committed: nothing is passed over by its id. */
async function seal(db: Transaction<Tables>, limit: number): Promise<number> {
  await grammarOf(db).lockNames(db, ['audit trail']);
  const { rows } = await sql<LineRow>`
    select ${lineColumns} from audit_pending order by id limit ${limit}`.execute(db);
  let { seq, hash } = (await findHead(db)) ?? { seq: 0, hash: firstHash };
  for (const row of rows) {
    hash = chainHash(hash, ++seq, toColumns(row));
    await sql`
      insert into audit_trail (seq, id, at, action, actor_kind, actor_id, customer_id, about, hash)
      values (${seq}, ${row.id}, ${row.at}, ${row.action}, ${row.actor_kind}, ${row.actor_id}, ${row.customer_id},
        ${row.about}, ${hash})`.execute(db);
  }
  const last = rows.at(-1);
  if (last !== undefined) {
    await sql`
      delete from audit_pending where id <= ${last.id}
        and exists (select 1 from audit_trail where audit_trail.id = audit_pending.id)`.execute(db);
  }
  return rows.length;
}

/** When somebody may look at one more value, undefined when they may now. */
async function unmaskingFrom(
  db: Transaction<Tables>,
  actorId: string,
  caps: readonly UnmaskCap[],
  now: number,
): Promise<Date | undefined> {
  const freeAt: number[] = [];
  for (const cap of caps) {
    const { rows } = await unmaskingsQuery(actorId, cap, now).execute(db);
    freeAt.push(...rows.map(({ at }) => Number(at) + cap.withinMs));
  }
  return freeAt.length === 0 ? undefined : new Date(Math.max(...freeAt));
}

/** The last but `max - 1` of those that count: when it is too old, one more fits. Apart, so that a test can have it explained. */
export function unmaskingsQuery(
  actorId: string,
  { max, withinMs }: UnmaskCap,
  now: number,
): RawBuilder<{ at: number }> {
  // As the partial indexes spell it.
  const lately = sql`action = 'value.unmasked' and actor_id = ${actorId} and at > ${now - withinMs}`;
  return sql<{ at: number }>`
    select at from (
      select at from audit_trail where ${lately} union all select at from audit_pending where ${lately}) as lines
    order by at desc limit 1 offset ${max - 1}`;
}

async function findHead(db: Kysely<Tables>): Promise<ChainHead | undefined> {
  const { rows } = await sql<ChainHead>`select seq, hash from audit_trail order by seq desc limit 1`.execute(db);
  return rows.map(({ seq, hash }) => ({ seq: Number(seq), hash }))[0];
}

function conditionOf({ customerId, from, to, afterId }: AuditQuery): RawBuilder<unknown> {
  const conditions = [
    sql`id > ${afterId ?? 0}`,
    ...(customerId === undefined ? [] : [sql`customer_id = ${customerId}`]),
    ...(from === undefined ? [] : [sql`at >= ${from.getTime()}`]),
    ...(to === undefined ? [] : [sql`at < ${to.getTime()}`]),
  ];
  return sql.join(conditions, sql` and `);
}

function toColumns(row: LineRow): LineColumns {
  const { id, at, action, actor_kind: actorKind, actor_id: actorId, customer_id: customerId, about } = row;
  return { id: Number(id), at: Number(at), action, actorKind, actorId, customerId, about };
}

function toWritten(row: LineRow & { seq: number | null }): WrittenLine {
  const { id, at, action, actorKind, actorId, customerId, about } = toColumns(row);
  const kind = actorKind as AuditActor['kind'];
  return {
    id,
    at: new Date(at),
    seq: row.seq === null ? undefined : Number(row.seq),
    action: action as AuditAction,
    actor: { kind, ...(actorId !== null && { id: actorId }) },
    ...(customerId !== null && { customerId }),
    ...(about !== null && { about: JSON.parse(about) as NonNullable<AuditLine['about']> }),
  };
}

function toHead({ seq, hash, at, account, signature }: Tables['audit_heads']): SignedHead {
  return { seq: Number(seq), hash, at: new Date(Number(at)), account, signature };
}
