import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { AuditLine } from '../audit-store.ts';
import type { OperatorRecord, PasskeyRecord, Refusal, SessionRecord, SignInStore } from '../operator-store.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { appendAudit } from './sql-audit.ts';
import { toOperator } from './sql-operators.ts';
import type { Tables } from './tables.ts';

/** After so many failures in a row none is taken for a while. */
const freeAttempts = 5;
const firstPauseMs = 30_000;
const longestPauseMs = 15 * 60_000;
/** After so long failures are forgotten. */
const attemptsForgottenMs = 24 * 3_600_000;

/** The {@link SignInStore} over SQL. */
export class SqlSignIns implements SignInStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async countAttempt(bucket: string, now: Date): Promise<Date | undefined> {
    return this.#writes.write(async (db) => {
      await grammarOf(db).lockNames(db, [`console attempt ${bucket}`]);
      const known = await db.selectFrom('console_attempts').selectAll().where('bucket', '=', bucket).executeTakeFirst();
      const lockedUntil = Number(known?.locked_until ?? 0);
      if (lockedUntil > now.getTime()) return new Date(lockedUntil);
      const isOld = known === undefined || Number(known.at) < now.getTime() - attemptsForgottenMs;
      const failures = (isOld ? 0 : known.failures) + 1;
      const row = { bucket, failures, locked_until: now.getTime() + pauseMs(failures), at: now.getTime() };
      await db
        .deleteFrom('console_attempts')
        .where('at', '<', now.getTime() - attemptsForgottenMs)
        .execute();
      await sql`
        insert into console_attempts (bucket, failures, locked_until, at)
        values (${row.bucket}, ${row.failures}, ${row.locked_until}, ${row.at})
        on conflict (bucket) do update set
          failures = excluded.failures, locked_until = excluded.locked_until, at = excluded.at`.execute(db);
      return undefined;
    });
  }

  async noteRefusal({ operator, by, bucket = '' }: Refusal, now: Date): Promise<void> {
    await this.#writes.write(async (db) => {
      const known = await db.selectFrom('console_attempts').selectAll().where('bucket', '=', bucket).executeTakeFirst();
      const lockedUntil = Number(known?.locked_until ?? 0);
      const about = { operator, by };
      const isLocked = lockedUntil > now.getTime();
      await this.#tell(db, [
        { action: 'operator.refused', actor: stranger, about },
        ...(isLocked ? [lockedOut(about, known?.failures ?? 0, lockedUntil)] : []),
      ]);
    });
  }

  async forgetAttempts(bucket: string): Promise<void> {
    await this.#writes.write((db) => db.deleteFrom('console_attempts').where('bucket', '=', bucket).execute());
  }

  async useTotpStep(operatorId: string, step: number): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        update console_operators set totp_step = ${step} where id = ${operatorId} and totp_step < ${step}`.execute(db);
      return numAffectedRows === 1n;
    });
  }

  async openSession(
    operatorId: string,
    tokenHash: string,
    { publicId, createdAt, seenAt, by }: SessionRecord,
  ): Promise<void> {
    await this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        insert into console_sessions (token_hash, operator_id, public_id, created_at, seen_at, by_what)
        select ${tokenHash}, id, ${publicId}, ${createdAt.getTime()}, ${seenAt.getTime()}, ${by}
        from console_operators where id = ${operatorId} and state = 'active'`.execute(db);
      if (numAffectedRows === 1n) await this.#tellOf(db, operatorId, 'operator.signed-in', { by });
    });
  }

  async findSession(tokenHash: string): Promise<{ session: SessionRecord; operator: OperatorRecord } | undefined> {
    const { rows } = await sql<
      Tables['console_operators'] & { public_id: string; session_at: number; seen_at: number; by_what: string }
    >`
      select o.*, s.public_id, s.created_at as session_at, s.seen_at, s.by_what
      from console_sessions s inner join console_operators o on o.id = s.operator_id
      where s.token_hash = ${tokenHash} and o.state = 'active'`.execute(this.#db);
    const [row] = rows;
    return row && { session: toSession({ ...row, created_at: row.session_at }), operator: toOperator(row) };
  }

  async touchSession(tokenHash: string, now: Date): Promise<void> {
    await this.#writes.writeRepeatable((db) =>
      db.updateTable('console_sessions').set({ seen_at: now.getTime() }).where('token_hash', '=', tokenHash).execute(),
    );
  }

  async closeSession(tokenHash: string): Promise<void> {
    await this.#writes.write(async (db) => {
      const { rows } = await sql<{ operator_id: string }>`
        delete from console_sessions where token_hash = ${tokenHash} returning operator_id`.execute(db);
      for (const { operator_id: id } of rows) await this.#tellOf(db, id, 'operator.signed-out');
    });
  }

  async listSessions(operatorId: string): Promise<readonly SessionRecord[]> {
    const rows = await this.#db
      .selectFrom('console_sessions')
      .selectAll()
      .where('operator_id', '=', operatorId)
      .orderBy('seen_at', 'desc')
      .execute();
    return rows.map(toSession);
  }

  async endSessions(
    operatorId: string,
    which: { readonly publicId: string } | { readonly exceptHash: string },
  ): Promise<void> {
    await this.#writes.write(async (db) => {
      const own = db.deleteFrom('console_sessions').where('operator_id', '=', operatorId);
      const meant =
        'publicId' in which
          ? own.where('public_id', '=', which.publicId)
          : own.where('token_hash', '!=', which.exceptHash);
      const { numDeletedRows } = await meant.executeTakeFirstOrThrow();
      const sessions = Number(numDeletedRows);
      if (sessions > 0) await this.#tellOf(db, operatorId, 'operator.signed-out', { sessions });
    });
  }

  async forgetSessions(begunBefore: Date, usedBefore: Date): Promise<void> {
    await this.#writes.write((db) =>
      sql`
        delete from console_sessions
        where created_at < ${begunBefore.getTime()} or seen_at < ${usedBefore.getTime()}`.execute(db),
    );
  }

  async listPasskeys(operatorId: string): Promise<readonly PasskeyRecord[]> {
    const rows = await this.#db
      .selectFrom('console_passkeys')
      .selectAll()
      .where('operator_id', '=', operatorId)
      .orderBy('created_at')
      .execute();
    return rows.map(toPasskey);
  }

  async findPasskey(id: string): Promise<PasskeyRecord | undefined> {
    const row = await this.#db.selectFrom('console_passkeys').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toPasskey(row);
  }

  async addPasskey({ id, operatorId, publicKey, counter, label, createdAt }: PasskeyRecord): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        insert into console_passkeys (id, operator_id, public_key, counter, label, created_at)
        values (${id}, ${operatorId}, ${publicKey}, ${counter}, ${label}, ${createdAt.getTime()})
        on conflict do nothing`.execute(db);
      if (numAffectedRows === 1n) await this.#tellOf(db, operatorId, 'operator.changed', { what: 'passkey added' });
      return numAffectedRows === 1n;
    });
  }

  async usePasskey(id: string, counter: number): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        update console_passkeys set counter = ${counter}
        where id = ${id} and (counter < ${counter} or (counter = 0 and ${counter} = 0))`.execute(db);
      return numAffectedRows === 1n;
    });
  }

  async removePasskey(operatorId: string, id: string): Promise<void> {
    await this.#writes.write(async (db) => {
      const { numDeletedRows } = await db
        .deleteFrom('console_passkeys')
        .where('operator_id', '=', operatorId)
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      if (numDeletedRows > 0n) await this.#tellOf(db, operatorId, 'operator.changed', { what: 'passkey removed' });
    });
  }

  /** Writes down what an operator did about their own signing in. */
  async #tellOf(
    db: Transaction<Tables>,
    operatorId: string,
    action: AuditLine['action'],
    about: Readonly<Record<string, string | number>> = {},
  ): Promise<void> {
    const { name } = await db
      .selectFrom('console_operators')
      .select('name')
      .where('id', '=', operatorId)
      .executeTakeFirstOrThrow();
    await this.#tell(db, [{ action, actor: { kind: 'operator', id: name }, about: { operator: name, ...about } }]);
  }

  async #tell(db: Transaction<Tables>, lines: readonly AuditLine[]): Promise<void> {
    await appendAudit(db, lines, this.#clock.now().getTime());
  }
}

const stranger = { kind: 'stranger' } as const;

function lockedOut(about: Readonly<Record<string, string>>, failures: number, until: number): AuditLine {
  const how = { ...about, failures, until: new Date(until).toISOString() };
  return { action: 'operator.locked-out', actor: stranger, about: how };
}

/** Each further failure doubles the wait. */
function pauseMs(failures: number): number {
  if (failures < freeAttempts) return 0;
  return Math.min(firstPauseMs * 2 ** (failures - freeAttempts), longestPauseMs);
}

function toSession(
  row: Pick<Tables['console_sessions'], 'public_id' | 'created_at' | 'seen_at' | 'by_what'>,
): SessionRecord {
  const { public_id: publicId, created_at: createdAt, seen_at: seenAt, by_what: by } = row;
  return { publicId, createdAt: new Date(Number(createdAt)), seenAt: new Date(Number(seenAt)), by };
}

function toPasskey(row: Tables['console_passkeys']): PasskeyRecord {
  const { id, operator_id: operatorId, public_key: publicKey, counter, label } = row;
  return { id, operatorId, publicKey, counter: Number(counter), label, createdAt: new Date(Number(row.created_at)) };
}
