import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../../lib/clock.ts';
import type { AuditAction, AuditActor } from '../audit-store.ts';
import type {
  Credentials,
  Invitation,
  OperatorChange,
  OperatorOutcome,
  OperatorRecord,
  OperatorStore,
} from '../operator-store.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { appendAudit } from './sql-audit.ts';
import type { Tables } from './tables.ts';

/** The {@link OperatorStore} over SQL. */
export class SqlOperators implements OperatorStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;
  readonly #clock: Clock;

  constructor(db: Kysely<Tables>, writes: GroupCommit, clock: Clock) {
    this.#db = db;
    this.#writes = writes;
    this.#clock = clock;
  }

  async list(): Promise<readonly OperatorRecord[]> {
    const rows = await this.#db.selectFrom('console_operators').selectAll().orderBy('name_key').execute();
    return rows.map(toOperator);
  }

  async find(id: string): Promise<OperatorRecord | undefined> {
    return this.#findBy('id', id);
  }

  async findByName(name: string): Promise<OperatorRecord | undefined> {
    return this.#findBy('name_key', name.toLowerCase());
  }

  async findBySubject(subject: string): Promise<OperatorRecord | undefined> {
    return this.#findBy('subject', subject);
  }

  async invite(
    { id, name, role }: { readonly id: string; readonly name: string; readonly role: string },
    link: Invitation,
    by: AuditActor,
  ): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows } = await sql`
        insert into console_operators (id, name, name_key, role, state, totp_step, created_at)
        values (${id}, ${name}, ${name.toLowerCase()}, ${role}, 'invited', 0, ${this.#clock.now().getTime()})
        on conflict do nothing`.execute(db);
      if (numAffectedRows !== 1n) return false;
      await addLink(db, id, link);
      await this.#tell(db, 'operator.invited', by, { operator: name, role });
      return true;
    });
  }

  async inviteAgain(operatorId: string, link: Invitation, by: AuditActor): Promise<boolean> {
    return this.#writes.write(async (db) => {
      await lockOperators(db);
      const known = await db
        .selectFrom('console_operators')
        .select('name')
        .where('id', '=', operatorId)
        .executeTakeFirst();
      if (known === undefined) return false;
      await db.deleteFrom('console_invitations').where('operator_id', '=', operatorId).execute();
      await addLink(db, operatorId, link);
      await this.#tell(db, 'operator.invited', by, { operator: known.name });
      return true;
    });
  }

  async findInvited(tokenHash: string, now: Date): Promise<OperatorRecord | undefined> {
    return findInvited(this.#db, tokenHash, now);
  }

  async accept(tokenHash: string, credentials: Credentials, now: Date): Promise<boolean> {
    return this.#writes.write(async (db) => {
      await lockOperators(db);
      const invited = await findInvited(db, tokenHash, now);
      if (invited === undefined || invited.state === 'disabled') return false;
      const { password = null, totpSalt = null, totpStep = 0, subject = null } = credentials;
      if (subject !== null && (await isTaken(db, subject, invited.id))) return false;
      await removeOf(db, invited.id, ['console_invitations', 'console_sessions', 'console_passkeys']);
      const proofs = { password, totp_salt: totpSalt, totp_step: totpStep, subject };
      const changed = { state: 'active', ...proofs } as const;
      await db.updateTable('console_operators').set(changed).where('id', '=', invited.id).execute();
      const actor = { kind: 'operator', id: invited.name } as const;
      await this.#tell(db, 'operator.signed-up', actor, { operator: invited.name });
      return true;
    });
  }

  async setPassword(operatorId: string, password: string): Promise<void> {
    await this.#writes.write(async (db) => {
      const { rows } = await sql<{ name: string }>`
        update console_operators set password = ${password} where id = ${operatorId} returning name`.execute(db);
      for (const { name } of rows) {
        const actor = { kind: 'operator', id: name } as const;
        await this.#tell(db, 'operator.changed', actor, { operator: name, what: 'password' });
      }
    });
  }

  async change(operatorId: string, change: OperatorChange, by: AuditActor): Promise<OperatorOutcome> {
    return this.#writes.write(async (db) => {
      await lockOperators(db);
      const known = await db
        .selectFrom('console_operators')
        .selectAll()
        .where('id', '=', operatorId)
        .executeTakeFirst();
      if (known === undefined) return 'unknown';
      const wanted = { role: known.role, state: known.state, ...change };
      if (isActiveAdmin(known) && !isActiveAdmin(wanted) && !(await hasOtherAdmin(db, operatorId))) return 'last';
      // Whoever never signed up is invited again.
      const state = wanted.state === 'active' && !hasCredentials(known) ? 'invited' : wanted.state;
      await sql`update console_operators set role = ${wanted.role}, state = ${state} where id = ${operatorId}`.execute(
        db,
      );
      if (state === 'disabled') await removeOf(db, operatorId, ['console_invitations', 'console_sessions']);
      await this.#tell(db, 'operator.changed', by, { operator: known.name, role: wanted.role, state });
      return 'stored';
    });
  }

  async #tell(
    db: Transaction<Tables>,
    action: AuditAction,
    actor: AuditActor,
    about: Readonly<Record<string, string>>,
  ): Promise<void> {
    await appendAudit(db, [{ action, actor, about }], this.#clock.now().getTime());
  }

  async #findBy(column: 'id' | 'name_key' | 'subject', value: string): Promise<OperatorRecord | undefined> {
    const row = await this.#db.selectFrom('console_operators').selectAll().where(column, '=', value).executeTakeFirst();
    return row && toOperator(row);
  }
}

async function addLink(
  db: Transaction<Tables>,
  operatorId: string,
  { tokenHash, expiresAt }: Invitation,
): Promise<void> {
  await db
    .insertInto('console_invitations')
    .values({ token_hash: tokenHash, operator_id: operatorId, expires_at: expiresAt.getTime() })
    .execute();
}

async function findInvited(db: Kysely<Tables>, tokenHash: string, now: Date): Promise<OperatorRecord | undefined> {
  const { rows } = await sql<Tables['console_operators']>`
    select o.* from console_invitations i inner join console_operators o on o.id = i.operator_id
    where i.token_hash = ${tokenHash} and i.expires_at > ${now.getTime()}`.execute(db);
  return rows[0] && toOperator(rows[0]);
}

/** One change at a time: of two admins who disable each other one must stay. */
async function lockOperators(db: Transaction<Tables>): Promise<void> {
  await grammarOf(db).lockNames(db, ['console operators']);
}

/** Removes what belongs to somebody. */
async function removeOf(
  db: Transaction<Tables>,
  operatorId: string,
  tables: readonly ('console_invitations' | 'console_sessions' | 'console_passkeys')[],
): Promise<void> {
  for (const table of tables) await db.deleteFrom(table).where('operator_id', '=', operatorId).execute();
}

async function isTaken(db: Transaction<Tables>, subject: string, by: string): Promise<boolean> {
  const holder = await db
    .selectFrom('console_operators')
    .select('id')
    .where('subject', '=', subject)
    .executeTakeFirst();
  return holder !== undefined && holder.id !== by;
}

function isActiveAdmin({ role, state }: Pick<OperatorRecord, 'role' | 'state'>): boolean {
  return role === 'admin' && state === 'active';
}

async function hasOtherAdmin(db: Transaction<Tables>, operatorId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from console_operators where role = 'admin' and state = 'active' and id <> ${operatorId} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

function hasCredentials({ password, subject }: Tables['console_operators']): boolean {
  return password !== null || subject !== null;
}

/** A row as it is told. */
export function toOperator(row: Tables['console_operators']): OperatorRecord {
  const { id, name, role, state, password, totp_salt: totpSalt, subject } = row;
  return {
    id,
    name,
    role,
    state,
    password: password ?? undefined,
    totpSalt: totpSalt ?? undefined,
    subject: subject ?? undefined,
    createdAt: new Date(Number(row.created_at)),
  };
}
