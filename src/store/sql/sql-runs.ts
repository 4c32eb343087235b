import { type Kysely, sql } from 'kysely';
import { newToken } from '../../lib/ids.ts';
import type { ClaimedRun, RunStore } from '../standing-store.ts';
import { grammarOf } from './grammar.ts';
import type { GroupCommit } from './group-commit.ts';
import { lockCustomer } from './locks.ts';
import type { Tables } from './tables.ts';

/** The {@link RunStore} over SQL. */
export class SqlRuns implements RunStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;

  constructor(db: Kysely<Tables>, writes: GroupCommit) {
    this.#db = db;
    this.#writes = writes;
  }

  async claimRuns(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedRun[]> {
    const lease = newToken();
    const at = now.getTime();
    return this.#writes.write(async (db) => {
      const { rows } = await sql<Tables['check_runs']>`
        with due as materialized (
          select customer_id, check_name, inputs, round from check_runs
          where run_at <= ${at} and (lease_until is null or lease_until <= ${at})
          order by run_at limit ${limit} ${grammarOf(db).skipLocked})
        update check_runs set lease = ${lease}, lease_until = ${leaseUntil.getTime()}, attempt = attempt + 1
        where (customer_id, check_name, inputs, round) in (select customer_id, check_name, inputs, round from due)
        returning *`.execute(db);
      return rows.map((row) => toClaimed(row, lease));
    });
  }

  async retryRun(run: ClaimedRun, runAt: Date, reference?: string): Promise<void> {
    const { customerId, check, inputs, round, lease } = run;
    await this.#writes.write(async (db) => {
      await sql`
        update check_runs set run_at = ${runAt.getTime()}, lease = null, lease_until = null,
          reference = coalesce(${reference ?? null}, reference)
        where customer_id = ${customerId} and check_name = ${check} and inputs = ${inputs} and round = ${round}
          and lease = ${lease}`.execute(db);
    });
  }

  async dropRun(run: ClaimedRun, customerVersion: number): Promise<void> {
    const { customerId, check, inputs, round, lease } = run;
    await this.#writes.write(async (db) => {
      await lockCustomer(db, customerId);
      await sql`
        delete from check_runs
        where customer_id = ${customerId} and check_name = ${check} and inputs = ${inputs} and round = ${round}
          and lease = ${lease}
          and exists (select 1 from customers where id = ${customerId} and version = ${customerVersion})`.execute(db);
    });
  }

  async wakeRun(check: string, reference: string, now: Date): Promise<boolean> {
    return this.#writes.write(async (db) => {
      const { numAffectedRows = 0n } = await sql`
        update check_runs set run_at = ${now.getTime()}
        where check_name = ${check} and reference = ${reference}`.execute(db);
      return numAffectedRows > 0n;
    });
  }

  async nextRunAt(): Promise<Date | undefined> {
    const { rows } = await sql<{ at: number | null }>`
      select min(case when lease_until > run_at then lease_until else run_at end) as at from check_runs`.execute(
      this.#db,
    );
    const at = rows[0]?.at ?? undefined;
    return at === undefined ? undefined : new Date(at);
  }
}

function toClaimed(row: Tables['check_runs'], lease: string): ClaimedRun {
  return {
    customerId: row.customer_id,
    check: row.check_name,
    inputs: row.inputs,
    round: row.round,
    runAt: new Date(row.run_at),
    attempt: row.attempt,
    reference: row.reference ?? undefined,
    lease,
  };
}
