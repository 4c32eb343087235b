import type { PaymentClearance } from './payment-store.ts';
import type { ReviewWrites, WithOrigin } from './review-store.ts';

/** Where a customer stands for a type, as queues and jobs look for it. */
export interface StandingRow {
  readonly type: string;
  /** '' for none. */
  readonly transactionId: string;
  readonly state: string;
  /** When it got there. */
  readonly since: Date;
  /** When time alone may change it. */
  readonly dueAt: Date | undefined;
  /** The revision of the program it was computed by. */
  readonly program: string;
  readonly risk: string;
  /** The reason a person must look, if one must. */
  readonly reason: string | undefined;
}

/** A move of a customer from one state to another: appended, never changed. */
export interface Move {
  readonly type: string;
  readonly transactionId: string;
  /** Undefined for the first. */
  readonly from: string | undefined;
  readonly to: string;
  /** Whether the status that wallets see changed with it. */
  readonly isVisible: boolean;
  /** The status that wallets see from now on. */
  readonly status: string;
  /** What kind of thing caused it, who or what did, and by which reason. */
  readonly cause: string;
  readonly who: string | undefined;
  readonly reason: string | undefined;
}

/** A field whose value will not do. */
export interface Rejection {
  /** The field's name, never its value. */
  readonly field: string;
  readonly reason: string | undefined;
}

/** A check to be run. At most one run of a check waits for each customer, input and round. */
export interface NewRun {
  readonly check: string;
  readonly inputs: string;
  readonly round: number;
  readonly runAt: Date;
}

/** What kind of thing caused a change, and who or what did. Names, never values. */
export interface ChangeCause {
  readonly kind: string;
  readonly who?: string;
}

/** A run that is over, with what the check said. */
export interface FinishedRun extends RunName {
  readonly outcome: string;
  readonly reason?: string | undefined;
}

/** What a change means beside the values: applied in the same transaction. */
export interface Consequences {
  /** Told to the audit trail. */
  readonly cause: ChangeCause;
  /** Names of the fields whose values were opened to decide this: told to the audit trail. */
  readonly opened?: readonly string[];
  /** Everything that decides the status, as text. */
  readonly dossier: string;
  /** Standings that are new or different; a standing's row is replaced. */
  readonly standings: readonly StandingRow[];
  /** Types that are no longer in the program: their rows go. */
  readonly gone?: readonly Pick<StandingRow, 'type' | 'transactionId'>[];
  readonly moves: readonly Move[];
  /** What this means for payments of the customer's: where standings for one are new or different. */
  readonly payments?: readonly PaymentClearance[];
  /** Fields that were not rejected before and are now. */
  readonly rejections: readonly Rejection[];
  readonly runs: readonly NewRun[];
  /** Fields whose value must be confirmed by a code that is yet to be sent, each with the version of its value. */
  readonly codes: readonly { readonly field: string; readonly rev: number }[];
  /** Entries of the blind index in place of the customer's earlier ones in these indexes; those of others stay. */
  readonly indexes?: { readonly names: readonly string[]; readonly entries: readonly BlindIndexEntry[] };
  /** The run that is over, if this is what it said, with what it found. */
  readonly finished?: FinishedRun;
  /** What a check found, sealed, for a person to look at. */
  readonly evidence?: SealedEvidence;
  /** What an operator's act leaves beside the facts. */
  readonly review?: ReviewWrites;
  /** What the customer has just agreed to: told to the audit trail. */
  readonly consent?: { readonly version: string; readonly lang: string };
}

/** Names a run of one customer. */
export type RunName = Omit<NewRun, 'runAt'>;

/** What a check found, sealed under the customer's data key. */
export interface SealedEvidence extends RunName {
  readonly sealed: Uint8Array;
}

/** A keyed hash of a value, by which equal values are found without being readable. */
export interface BlindIndexEntry {
  /** The field or combination of fields. */
  readonly index: string;
  readonly digest: Uint8Array;
}

/** What jobs ask for. */
export interface StandingStore {
  /** Customers with a standing that time may have changed by `now`, the longest due first, but for some. */
  findDue(now: Date, limit: number, except?: ReadonlySet<string>): Promise<readonly string[]>;
  /** Customers with a standing of another program than `revision`, in the order of their ids, after `afterId`. */
  findOutdated(revision: string, limit: number, afterId?: string): Promise<readonly string[]>;
  /** How many customers have such a standing. */
  countOutdated(revision: string): Promise<number>;
  /** The moves of a customer, oldest first. */
  listMoves(customerId: string): Promise<readonly WithOrigin<Move & { readonly at: Date }>[]>;
  /** What checks found about a customer, latest first. */
  listEvidence(customerId: string): Promise<readonly WithOrigin<SealedEvidence & { readonly at: Date }>[]>;
  /** Other customers with one of these blind index entries. */
  findSame(
    customerId: string,
    entries: readonly BlindIndexEntry[],
  ): Promise<readonly { readonly index: string; readonly customerId: string }[]>;
}

/** A run that a worker has taken, until its lease ends. */
export interface ClaimedRun extends NewRun {
  readonly customerId: string;
  /** How often it was taken, this time included. */
  readonly attempt: number;
  /** What an earlier attempt that was `pending` goes by. */
  readonly reference: string | undefined;
  /** Names this claim: a worker whose lease was taken over by another one changes nothing any more. */
  readonly lease: string;
}

/** The runs of checks that wait or are under way. */
export interface RunStore {
  /** Takes runs that are due and that no living worker holds, and holds them until `leaseUntil`. */
  claimRuns(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedRun[]>;
  /** Lets a run be taken again from `runAt` on; with a reference, by which a provider may call it sooner. */
  retryRun(run: ClaimedRun, runAt: Date, reference?: string): Promise<void>;
  /** Forgets a run that is pointless at that version of its customer; at another one it may have a point again, and stays. */
  dropRun(run: ClaimedRun, customerVersion: number): Promise<void>;
  /** Makes the run that goes by the reference due now; false when none does. */
  wakeRun(check: string, reference: string, now: Date): Promise<boolean>;
  /** When the next run is due, undefined when none waits. */
  nextRunAt(): Promise<Date | undefined>;
}
