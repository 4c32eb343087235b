import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import { newToken } from '../../lib/ids.ts';
import type { AuditAction, AuditActor, AuditLine } from '../audit-store.ts';
import {
  type ArmOutcome,
  type ClaimedCode,
  type CodeHash,
  type CodeStanding,
  type CodeStore,
  type CodeSubject,
  maxTries,
  type SendCap,
  type Try,
} from '../code-store.ts';
import type { Consequences } from '../standing-store.ts';
import { readClaims } from './claimed-codes.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockBuckets, lockCustomer } from './locks.ts';
import { appendAudit } from './sql-audit.ts';
import type { Tables } from './tables.ts';

/** Counts of sends are kept as long as the longest cap looks back. */
const keepSendsMs = 24 * 60 * 60 * 1000;

/** Whoever opens the address that a code goes to. */
const sending: AuditActor = { kind: 'job', id: 'codes' };

/** The {@link CodeStore} over SQL. */
export class SqlCodes implements CodeStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;

  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async requestCode(subject: CodeSubject, now: Date, anew = false): Promise<boolean> {
    return this.#writes.write(async (db) => {
      await lockCustomer(db, subject.customerId);
      const isNoted = await askFor(db, subject, now.getTime(), anew ? isIdle : isSpent(now.getTime()));
      if (isNoted) await this.#tell(db, 'code.asked', { kind: 'wallet' }, subject);
      return isNoted;
    });
  }

  async claimCodes(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedCode[]> {
    return this.#writes.write(async (db) => {
      const lease = newToken();
      const at = now.getTime();
      const { rows } = await sql<{ customer_id: string; field: string }>`
        with due as materialized (
          select customer_id, field from codes
          where send_at <= ${at} and (lease_until is null or lease_until <= ${at})
          order by send_at limit ${limit} ${grammarOf(db).skipLocked})
        update codes set lease = ${lease}, lease_until = ${leaseUntil.getTime()}
        where (customer_id, field) in (select customer_id, field from due)
        returning customer_id, field`.execute(db);
      return rows.length === 0 ? [] : readClaims(db, lease);
    });
  }

  async armCode(
    claim: ClaimedCode,
    code: CodeHash & { readonly expiresAt: Date },
    caps: readonly SendCap[],
    now: Date,
  ): Promise<ArmOutcome> {
    return this.#writes.write(async (db) => {
      await lockCustomer(db, claim.customerId);
      await lockBuckets(
        db,
        caps.map(({ bucket }) => bucket),
      );
      // Nothing is due any more when an earlier code was right meanwhile.
      const held = await sql`select 1 from codes where ${isHeld(claim)} and send_at is not null`.execute(db);
      if (held.rows.length === 0) return 'lost';
      const full = await findFull(db, caps, now.getTime());
      if (full.some(({ cap }) => cap.whenFull === 'give-up')) return 'capped';
      const freeAt = Math.max(...full.map((each) => each.freeAt));
      if (full.length > 0) {
        await sql`update codes set send_at = ${freeAt}, ${released} where ${isHeld(claim)}`.execute(db);
        await this.#tell(db, 'code.failed', sending, claim, { fault: 'waiting' });
        return 'waiting';
      }
      await countSend(db, caps, now.getTime());
      await sql`
        update codes set code_id = ${code.id}, hash = ${code.hash}, expires_at = ${code.expiresAt.getTime()},
          tries = 0, attempt = attempt + 1
        where ${isHeld(claim)}`.execute(db);
      await this.#tell(db, 'code.sent', sending, claim);
      return 'armed';
    });
  }

  /** A code that was typed in before this was noted stays used. */
  async noteSent(claim: ClaimedCode): Promise<void> {
    await this.#writes.write(async (db) => {
      await sql`
        update codes set state = case state when 'used' then state else 'sent' end, send_at = null, fault = null, ${released}
        where ${isHeld(claim)}`.execute(db);
    });
  }

  async noteFailed(claim: ClaimedCode, fault: string, retryAt?: Date): Promise<void> {
    const sendAt = retryAt?.getTime() ?? null;
    const state = retryAt === undefined ? 'failed' : 'due';
    await this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        update codes set state = case state when 'used' then state else ${state} end, fault = ${fault},
          send_at = case state when 'used' then null else cast(${sendAt} as bigint) end, ${released}
        where ${isHeld(claim)}`.execute(db);
      if (numAffectedRows === 1n) await this.#tell(db, 'code.failed', sending, claim, { fault });
    });
  }

  async takeTry(subject: CodeSubject, now: Date): Promise<Try> {
    return this.#writes.write(async (db) => {
      await lockCustomer(db, subject.customerId);
      const { rows } = await sql<Pick<Tables['codes'], 'code_id' | 'hash' | 'expires_at' | 'tries' | 'state'>>`
        select code_id, hash, expires_at, tries, state from codes where ${isOf(subject)}`.execute(db);
      const [row] = rows;
      if (row?.code_id == null || row.hash === null || row.expires_at === null) return { outcome: 'none' };
      if (row.expires_at <= now.getTime()) return { outcome: 'expired' };
      if (row.tries >= maxTries) return { outcome: 'exhausted' };
      await sql`update codes set tries = tries + 1 where ${isOf(subject)}`.execute(db);
      await this.#tell(db, 'code.tried', { kind: 'wallet' }, subject);
      return { outcome: 'counted', code: { id: row.code_id, hash: row.hash }, isUsed: row.state === 'used' };
    });
  }

  /** A send that is still due is called off: there is nothing left to confirm. */
  async consumeCode(subject: CodeSubject, codeId: string): Promise<void> {
    await this.#writes.write(async (db) => {
      await lockCustomer(db, subject.customerId);
      const { numAffectedRows } = await sql`
        update codes set state = 'used', tries = 0, send_at = null, fault = null
        where ${isOf(subject)} and code_id = ${codeId}`.execute(db);
      if (numAffectedRows === 1n) await this.#tell(db, 'code.confirmed', { kind: 'wallet' }, subject);
    });
  }

  async nextSendAt(): Promise<Date | undefined> {
    const { rows } = await sql<{ at: number | null }>`
      select min(case when lease_until > send_at then lease_until else send_at end) as at
      from codes where send_at is not null`.execute(this.#db);
    const at = rows[0]?.at ?? undefined;
    return at === undefined ? undefined : new Date(at);
  }

  async findCode(customerId: string, field: string): Promise<CodeStanding | undefined> {
    const row = await this.#db
      .selectFrom('codes')
      .select(['state', 'rev', 'attempt', 'tries', 'fault', 'expires_at'])
      .where('customer_id', '=', customerId)
      .where('field', '=', field)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { expires_at, fault, ...rest } = row;
    return { ...rest, fault: fault ?? undefined, expiresAt: expires_at === null ? undefined : new Date(expires_at) };
  }

  async #tell(
    db: Transaction<Tables>,
    action: AuditAction,
    actor: AuditActor,
    { customerId, field, rev }: CodeSubject,
    more: AuditLine['about'] = {},
  ): Promise<void> {
    const line = { action, actor, customerId, about: { field, version: rev, ...more } };
    await appendAudit(db, [line], this.#clock.now().getTime());
  }
}

/**
 * Notes that codes are to be sent, in the transaction that set the values they confirm. A version of a value that has, or had, a code gets no other
 * one by this: looking at a customer again must not write to them again.
 */
export async function enqueueCodes(
  db: Transaction<Tables>,
  customerId: string,
  codes: Consequences['codes'],
  now: number,
): Promise<void> {
  for (const { field, rev } of codes) await askFor(db, { customerId, field, rev }, now, sql`false`);
}

/**
 * Makes a code due: of a version that is newer than the one that has a code, or of the same one if `again` holds. Selected from the customers,
 * so that none is kept for one who is deleted meanwhile. An earlier code of the same value is good until the new one is sent.
 */
async function askFor(
  db: Transaction<Tables>,
  { customerId, field, rev }: CodeSubject,
  now: number,
  again: RawBuilder<unknown>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into codes (customer_id, field, rev, state, asked_at, send_at, attempt, tries)
    select id, ${field}, ${rev}, 'due', ${now}, ${now}, 0, 0 from customers where id = ${customerId} and retained_at is null
    on conflict (customer_id, field) do update set
      code_id = case when excluded.rev = codes.rev then codes.code_id end,
      hash = case when excluded.rev = codes.rev then codes.hash end,
      expires_at = case when excluded.rev = codes.rev then codes.expires_at end,
      tries = case when excluded.rev = codes.rev then codes.tries else 0 end,
      rev = excluded.rev, state = 'due', asked_at = excluded.asked_at, send_at = excluded.send_at,
      attempt = 0, fault = null, ${released}
    where excluded.rev > codes.rev or (excluded.rev = codes.rev and ${again})`.execute(db);
  return numAffectedRows === 1n;
}

/** Whether none is on its way. */
const isIdle = sql`codes.send_at is null`;

/** Whether the code that is there can confirm nothing any more, and no other one is on its way. */
function isSpent(now: number): RawBuilder<unknown> {
  return sql`${isIdle} and (codes.state = 'failed' or codes.expires_at <= ${now} or codes.tries >= ${maxTries})`;
}

const released = sql`lease = null, lease_until = null`;

function isHeld({ customerId, field, rev, lease }: ClaimedCode): RawBuilder<unknown> {
  return sql`customer_id = ${customerId} and field = ${field} and rev = ${rev} and lease = ${lease}`;
}

function isOf({ customerId, field, rev }: CodeSubject): RawBuilder<unknown> {
  return sql`customer_id = ${customerId} and field = ${field} and rev = ${rev}`;
}

/** The caps without room for one more send, each with the moment at which it has. */
async function findFull(
  db: Transaction<Tables>,
  caps: readonly SendCap[],
  now: number,
): Promise<readonly { readonly cap: SendCap; readonly freeAt: number }[]> {
  const full = [];
  for (const cap of caps) {
    // The last but `max - 1` of the sends that count: when it is forgotten, one more fits.
    const { rows } = await sql<{ at: number }>`
      select at from code_sends where bucket = ${cap.bucket} and at > ${now - cap.withinMs}
      order by at desc limit 1 offset ${cap.max - 1}`.execute(db);
    for (const { at } of rows) full.push({ cap, freeAt: at + cap.withinMs });
  }
  return full;
}

/** One send is one row of each bucket, however many caps look at it. */
async function countSend(db: Transaction<Tables>, caps: readonly SendCap[], now: number): Promise<void> {
  await sql`delete from code_sends where at <= ${now - keepSendsMs}`.execute(db);
  const buckets = new Map(caps.map(({ bucket }) => [Buffer.from(bucket).toString('hex'), bucket]));
  for (const bucket of buckets.values()) await db.insertInto('code_sends').values({ bucket, at: now }).execute();
}
