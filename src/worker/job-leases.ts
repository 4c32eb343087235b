import type { Clock } from '../lib/clock.ts';
import { newUuid } from '../lib/ids.ts';
import type { JobStore } from '../store/job-store.ts';
import type { Task } from './start-tasks.ts';

/** What leases need. */
export interface LeaseParts {
  readonly jobs: JobStore;
  /** The machine's: leases are about processes, not about what they work on. */
  readonly clock: Clock;
  /** For how long a job is held, in milliseconds: so long it rests when its holder dies. Default: 15,000. */
  readonly leaseMs?: number;
}

/**
 * The jobs over a whole database that this process does, each by one process at a time: who does not have a job looks at it again when the lease of
 * the one that has it ends.
 */
export class JobLeases {
  readonly #parts: LeaseParts;
  readonly #holder = newUuid();

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /**
   * The same task while no other process does it.
   * @param isNeeded whether there is something to do: what is looked at several times a second takes no lease, and so writes nothing, before
   */
  lease(task: Task, isNeeded?: () => Promise<boolean>): Task {
    const { jobs, clock, leaseMs = 15_000 } = this.#parts;
    const lease = new JobLease({ jobs, clock, leaseMs, holder: this.#holder, job: task.name });
    return {
      ...task,
      async run() {
        if (!lease.isFresh && (await isNeeded?.()) === false) return 0;
        if (!(await lease.hold())) return 0;
        // What cannot be renewed now is tried again, and ends at worst: somebody else may begin then, which does no harm.
        const renewing = setInterval(() => void lease.hold().catch(() => {}), leaseMs / 3).unref();
        return task.run().finally(() => clearInterval(renewing));
      },
      nextAt: async () => lease.takenUntil ?? task.nextAt?.(),
    };
  }

  /** Lets go of all of them. To be called when nothing is under way any more. */
  async release(): Promise<void> {
    await this.#parts.jobs.release(this.#holder);
  }
}

interface OwnLease extends Required<LeaseParts> {
  readonly job: string;
  readonly holder: string;
}

/** What this process knows of who has a job: while that is certain, the database is not asked. */
class JobLease {
  readonly #own: OwnLease;
  #until = 0;
  #isOurs = false;

  constructor(own: OwnLease) {
    this.#own = own;
  }

  /** Whether it is ours for so long that it need not be renewed yet. */
  get isFresh(): boolean {
    return this.#isOurs && this.#leftMs() > this.#own.leaseMs / 2;
  }

  /** When to look again, while another process has it. */
  get takenUntil(): Date | undefined {
    return this.#isOurs || this.#leftMs() <= 0 ? undefined : new Date(this.#until);
  }

  /** Whether the job is this process' now. */
  async hold(): Promise<boolean> {
    if (this.isFresh) return true;
    if (this.takenUntil !== undefined) return false;
    const { jobs, clock, leaseMs, job, holder } = this.#own;
    const now = clock.now();
    const held = await jobs.hold({ job, holder, now, leaseUntil: new Date(now.getTime() + leaseMs) });
    this.#isOurs = held.holder === holder;
    // A process whose clock is ahead of ours is not waited for longer than any other.
    this.#until = Math.min(held.until.getTime(), now.getTime() + leaseMs);
    return this.#isOurs;
  }

  #leftMs(): number {
    return this.#until - this.#own.clock.now().getTime();
  }
}
