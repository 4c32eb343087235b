import { type Kysely, sql } from 'kysely';
import type { JobClaim, JobHold, JobStore } from '../job-store.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Tables } from './tables.ts';

/** A lease that ends so long after one that begins now was taken by a clock that went wrong: nobody waits for it. */
const believedMs = 60_000;

/** The {@link JobStore} over SQL. What a crash of the machine undoes here has ended with the process. */
export class SqlJobs implements JobStore {
  readonly #db: Kysely<Tables>;
  readonly #writes: GroupCommit;

  constructor(db: Kysely<Tables>, writes: GroupCommit) {
    this.#db = db;
    this.#writes = writes;
  }

  /** Looks first, over the connection that reads: while another process has the job, nobody takes a turn to write. */
  async hold(claim: JobClaim): Promise<JobHold> {
    for (;;) {
      const known = await this.#find(claim.job);
      if (known !== undefined && known.holder !== claim.holder && isAlive(known, claim)) return known;
      if (await this.#take(claim)) return { holder: claim.holder, until: claim.leaseUntil };
    }
  }

  async release(holder: string): Promise<void> {
    await this.#writes.writeRepeatable((db) => sql`delete from job_leases where holder = ${holder}`.execute(db));
  }

  async #find(job: string): Promise<JobHold | undefined> {
    const { rows } = await sql<Tables['job_leases']>`select * from job_leases where job = ${job}`.execute(this.#db);
    return rows.map(({ holder, lease_until: until }) => ({ holder, until: new Date(until) }))[0];
  }

  /** One statement: of many that come at once one has it. */
  #take({ job, holder, now, leaseUntil }: JobClaim): Promise<boolean> {
    const believed = leaseUntil.getTime() + believedMs;
    return this.#writes.writeRepeatable(async (db) => {
      const { rows } = await sql`
        insert into job_leases (job, holder, lease_until) values (${job}, ${holder}, ${leaseUntil.getTime()})
        on conflict (job) do update set holder = excluded.holder, lease_until = excluded.lease_until
        where job_leases.holder = excluded.holder or job_leases.lease_until <= ${now.getTime()}
          or job_leases.lease_until > ${believed}
        returning 1 as taken`.execute(db);
      return rows.length > 0;
    });
  }
}

function isAlive({ until }: JobHold, { now, leaseUntil }: JobClaim): boolean {
  return until > now && until.getTime() <= leaseUntil.getTime() + believedMs;
}
