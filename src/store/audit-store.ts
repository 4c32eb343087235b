/** What is written down: every read and write of personal data, and every decision. */
export const auditActions = [
  'customer.created',
  /** Their data, and what opened it, is gone. */
  'customer.erased',
  /** Erased for wallets, kept where it must be. */
  'customer.retained',
  'customer.merged',
  'account.linked',
  'account.unlinked',
  /** Names of the fields that were set or withdrawn, and of those whose values were opened to decide what follows. */
  'values.written',
  /** Values were opened to decide by them, and none was written. */
  'values.read',
  /** Values were shown to a person. */
  'values.shown',
  /** Somebody who sees values masked looked at one of them: which, and why. */
  'value.unmasked',
  /** Somebody who sees values masked wanted to look at one more than they may: which, and why. None was shown. */
  'value.refused',
  /** What the customer agreed to on their page: which version, read in which language. */
  'consent.given',
  'status.moved',
  /** A check was given values to look at. */
  'check.started',
  'check.finished',
  'review.claimed',
  'review.released',
  'review.proposed',
  'review.withdrawn',
  'review.decided',
  'review.noted',
  /** An operator looked for customers by a value: by which field, and how many were found. */
  'search.made',
  'file.sent',
  'file.removed',
  /** A file's content was opened for a person. */
  'file.read',
  'callback.set',
  'code.asked',
  /** A code left, or was about to. */
  'code.sent',
  'code.failed',
  /** A guess was compared. */
  'code.tried',
  'code.confirmed',
  'hold.set',
  'hold.lifted',
  'tombstone.left',
  'tombstone.lifted',
  'purge.done',
  'export.made',
  /** An operator was given a link by which one acts as the customer on their page. */
  'link.made',
  /** Data keys were wrapped by another key: how many, where. */
  'keys.rotated',
  'keys.retired',
  'keys.reinstated',
  'program.changed',
  /** A payment that names customers was asked for, or what is sealed beside it was changed. */
  'payment.made',
  'payment.changed',
  /** Money came for a payment: which transaction brought it, how much, and what it was taken for. */
  'payment.received',
  /** Who may sign in to the console, and as what. */
  'operator.invited',
  'operator.signed-up',
  'operator.changed',
  'operator.signed-in',
  'operator.signed-out',
  /** Somebody gave an operator's name, or a passkey of theirs, and did not show to be them. */
  'operator.refused',
  /** So often that nobody is let in by that name for a while. */
  'operator.locked-out',
  'backup.made',
] as const;

/** @see auditActions */
export type AuditAction = (typeof auditActions)[number];

/**
 * Who did it. Choice: a wallet has no id. Its account and memo would identify a person for as long as the trail lives, also after erasure, and so would
 * a keyed hash of them while there is the key; the line names the customer. An operator's id is their name, a check's and a job's its own. A stranger is
 * somebody who did not show who they are.
 */
export interface AuditActor {
  readonly kind: 'wallet' | 'operator' | 'check' | 'job' | 'cli' | 'provider' | 'stranger';
  readonly id?: string;
}

/** One line to be written down. Names and codes, never a value of a person. */
export interface AuditLine {
  readonly action: AuditAction;
  readonly actor: AuditActor;
  readonly customerId?: string;
  readonly about?: Readonly<Record<string, string | number | readonly string[]>>;
}

/** A line as it was written, with its place in the chain once it has one. */
export interface WrittenLine extends AuditLine {
  readonly id: number;
  readonly at: Date;
  readonly seq: number | undefined;
}

/** The columns of a line, as the chain covers them. Whoever verifies looks at these, not at what they mean. */
export interface LineColumns {
  /** In the order of writing, but for those that were written at the same time. */
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly action: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly customerId: string | null;
  /** Canonical JSON (RFC 8785). */
  readonly about: string | null;
}

/** A line in its place of the chain. */
export interface SealedLine extends LineColumns {
  /** From 1, without a gap. */
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** Where the chain ends: it stands for all lines up to there. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** The end of the chain at one moment, signed by the anchor. */
export interface SignedHead extends ChainHead {
  readonly at: Date;
  /** The account that signed it, G…. */
  readonly account: string;
  readonly signature: Uint8Array;
}

/** How many values somebody who sees them masked may look at within a time. */
export interface UnmaskCap {
  readonly max: number;
  readonly withinMs: number;
}

/** Which lines are meant. */
export interface AuditQuery {
  readonly customerId?: string;
  /** Written then or later. */
  readonly from?: Date;
  /** Written before. */
  readonly to?: Date;
  /** For the next page: the last line of this one. */
  readonly afterId?: number;
}

/**
 * The audit trail: appended to in the transaction of what a line tells, chained by a job soon after, never changed.
 * @see docs/architecture.md § Audit
 */
export interface AuditStore {
  /** Writes down what no transaction of the store tells, such as a read; whoever does it waits for this and does it only then. */
  record(lines: readonly AuditLine[]): Promise<void>;
  /**
   * The same for what the software reads to decide by, where nothing follows: it survives a crash of the process at once, one of the machine as soon as
   * anything else is written.
   */
  recordRepeatable(lines: readonly AuditLine[]): Promise<void>;
  /**
   * Writes down that an operator looks at a value that is masked, unless they have looked at as many as they may: then that it was refused. Counts their own
   * lines, which nobody can take back. Answers when they may look at one more, undefined when they may look at this one.
   */
  recordUnmasking(
    line: Omit<AuditLine, 'action'> & { readonly actor: { readonly id: string } },
    caps: readonly UnmaskCap[],
  ): Promise<Date | undefined>;
  /** Gives lines that have no place in the chain the next ones, at most `limit` of them; answers how many. */
  seal(limit: number): Promise<number>;
  /** The chain behind `afterSeq`, in order. */
  listSealed(afterSeq: number, limit: number): Promise<readonly SealedLine[]>;
  /** How many lines have no place yet, and when the oldest was written. */
  findUnsealed(): Promise<{ readonly count: number; readonly oldestAt: Date | undefined }>;
  /** The last line of the chain; undefined while there is none. */
  findHead(): Promise<ChainHead | undefined>;
  /** Keeps a signed head; false when there is one of that place already. */
  addHead(head: SignedHead): Promise<boolean>;
  /** The signed heads behind `afterSeq`, in order. */
  listHeads(afterSeq: number, limit: number): Promise<readonly SignedHead[]>;
  /** The last signed head. */
  findSignedHead(): Promise<SignedHead | undefined>;
  /** Lines, oldest first, sealed or not. */
  list(query: AuditQuery, limit: number): Promise<readonly WrittenLine[]>;
}
