/** Who asks for a job, and until when nobody else would have it. */
export interface JobClaim {
  /** The name of the job: one process at a time does it. */
  readonly job: string;
  /** Names the process, a different one for each. */
  readonly holder: string;
  readonly now: Date;
  readonly leaseUntil: Date;
}

/** Who has a job. */
export interface JobHold {
  readonly holder: string;
  readonly until: Date;
}

/**
 * Who does what one process at a time is to do, over all processes of the database. It saves work and decides nothing: every such job may be done
 * twice, so that a process that is overtaken while it works does no harm.
 */
export interface JobStore {
  /** Takes a job, or keeps it for longer, unless another process has it and its lease has not ended; answers who has it then. */
  hold(claim: JobClaim): Promise<JobHold>;
  /** Lets go of all that a process holds, so that another one need not wait. */
  release(holder: string): Promise<void>;
}
