/** A place in the queue: an item and its successor never share one. */
export interface QueueKey {
  readonly since: Date;
  readonly customerId: string;
  readonly type: string;
  readonly transactionId: string;
}

/** Which part of the queue is asked for; what is left out does not matter. */
export interface QueueQuery {
  readonly state: string;
  readonly type?: string | undefined;
  readonly risk?: string | undefined;
  readonly reason?: string | undefined;
  /** Only those who got into the state by then. */
  readonly sinceBefore?: Date | undefined;
  /** Only those that this operator holds. */
  readonly claimedBy?: string | undefined;
  /** Only those that somebody holds, or nobody. */
  readonly isClaimed?: boolean | undefined;
  readonly isEscalated?: boolean | undefined;
  /** By which claims have run out. */
  readonly now: Date;
  /** The last item of the page before. */
  readonly after?: QueueKey | undefined;
  readonly limit: number;
}

/** Who holds a customer for a type, until when. */
export interface Claim {
  readonly type: string;
  readonly operator: string;
  readonly until: Date;
}

/** A customer who waits, for a type. */
export interface QueueItem extends QueueKey {
  readonly state: string;
  readonly risk: string;
  readonly reason: string | undefined;
  readonly claim: Omit<Claim, 'type'> | undefined;
  readonly isEscalated: boolean;
}

/** What an operator did to a customer: appended, never changed. Names, never values. */
export interface ReviewAct {
  readonly act: string;
  readonly type?: string | undefined;
  readonly reason?: string | undefined;
  /** Names of the fields it was about. */
  readonly fields?: readonly string[] | undefined;
  readonly operator: string;
  /** Who had proposed it, where that took two. */
  readonly proposedBy?: string | undefined;
}

/** For operators' eyes alone, sealed under the customer's data key. */
export interface SealedNote {
  readonly id: string;
  readonly operator: string;
  readonly sealed: Uint8Array;
}

/** What an act of review writes beside the facts, in the same transaction. */
export interface ReviewWrites {
  readonly act: ReviewAct;
  readonly note?: SealedNote | undefined;
  readonly escalation?: 'set' | 'clear' | undefined;
  /** The proposal that is carried out; when it is gone, the change is a conflict. */
  readonly proposal?: string | undefined;
  /** Tombstones that people have passed over: nobody is known again by them any more. */
  readonly lifted?: readonly string[];
}

/** What one operator proposes and another one must approve, for the customer as they were at that version. */
export interface Proposal {
  readonly id: string;
  readonly customerId: string;
  readonly version: number;
  /** What is to be done, as text. Names, never values. */
  readonly act: string;
  readonly operator: string;
  readonly at: Date;
}

/** A row that was another customer's before a merge says whose. */
export type WithOrigin<T> = T & { readonly origin: string | undefined };

/** What operators did and left at one customer. */
export interface ReviewFile {
  readonly claims: readonly Claim[];
  readonly escalation: { readonly operator: string; readonly at: Date } | undefined;
  /** Oldest first. */
  readonly notes: readonly WithOrigin<SealedNote & { readonly at: Date }>[];
  readonly proposals: readonly Proposal[];
  /** Oldest first. */
  readonly acts: readonly WithOrigin<ReviewAct & { readonly at: Date }>[];
}

/** What reviewers hold, propose and note. All of it goes when the customer goes. */
export interface ReviewStore {
  /** Those who wait, the longest first. */
  listQueue(query: QueueQuery): Promise<readonly QueueItem[]>;
  /** Holds a customer for a type, unless somebody else does by `now`; answers who does then. Undefined when there is no such customer. */
  claim(customerId: string, claim: Claim, now: Date): Promise<Claim | undefined>;
  /** Lets go; false when that operator did not hold it. */
  release(customerId: string, type: string, operator: string): Promise<boolean>;
  /** All there is about a customer. */
  findFile(customerId: string): Promise<ReviewFile>;
  /** Keeps a note; false when the customer is not at that version (any more). */
  addNote(customerId: string, version: number, note: SealedNote): Promise<boolean>;
  /** Keeps a proposal, with a note if there is one; false when the customer is not at its version (any more). */
  propose(proposal: Omit<Proposal, 'at'>, note?: SealedNote): Promise<boolean>;
  findProposal(id: string): Promise<Proposal | undefined>;
  /** Those that wait for somebody, oldest first. Those that the customer's change has overtaken are left out. */
  listProposals(limit: number): Promise<readonly Proposal[]>;
  /** Takes a proposal back, which that operator does; false when it is gone. */
  withdraw(id: string, operator: string): Promise<boolean>;
}
