import type { WrappedKey } from '../vault/key-ring.ts';
import type { AccountStore } from './account-store.ts';
import type { AuditStore } from './audit-store.ts';
import type { CallbackStore } from './callback-store.ts';
import type { CensusStore } from './census-store.ts';
import type { CodeStore } from './code-store.ts';
import type { Deletion, ErasureStore, SoughtTombstones } from './erasure-store.ts';
import type { FileQuota, FileRow, FileStore, OverQuota } from './file-store.ts';
import type { Identity } from './identity.ts';
import type { JobStore } from './job-store.ts';
import type { KeyStore } from './key-store.ts';
import type { ObserverStore } from './observer-store.ts';
import type { OperatorStore, SignInStore } from './operator-store.ts';
import type { DeliveryLog, OutboxStore } from './outbox-store.ts';
import type { PaymentStore } from './payment-store.ts';
import type { ReviewStore } from './review-store.ts';
import type { SearchStore } from './search-store.ts';
import type { Consequences, RunStore, StandingStore } from './standing-store.ts';
import type { SubjectStore } from './subject-store.ts';

/** One field of a customer, sealed. */
export interface SealedValue {
  readonly field: string;
  readonly sealed: Uint8Array;
}

/** A customer as it stood at one moment. */
export interface CustomerRecord {
  readonly id: string;
  /** Raised by every change; a change names the version it was computed from. */
  readonly version: number;
  readonly wrappedKey: WrappedKey;
  /** Everything that decides the status, as {@link Consequences} left it; undefined for a customer of an earlier release. */
  readonly dossier: string | undefined;
  /** The id that the identity's wallet knows the customer by, where a merge made that another one than `id`. */
  readonly knownAs?: string;
}

/** What one PUT changes, applied whole or not at all. */
export interface ValueChanges {
  /** Values to set, new or in place of the field's earlier one. */
  readonly set: readonly SealedValue[];
  /** Fields to withdraw. */
  readonly withdraw: readonly string[];
  /** Files that the set values refer to. A field set or withdrawn loses its earlier file. */
  readonly files: readonly FileRow[];
  /** Uploads that become some of these files; when one is gone, the change is a conflict. */
  readonly take?: readonly string[];
  /** What the customer's files may come to; without it, as many as there are. */
  readonly quota?: FileQuota;
  /** When there is a tombstone by now that was not found then, the change is a conflict: who left it was erased meanwhile. */
  readonly sought?: SoughtTombstones;
  readonly consequences: Consequences;
}

/** A customer to be created, with its first values. */
export interface NewCustomer extends ValueChanges {
  readonly id: string;
  readonly identity: Identity;
  readonly wrappedKey: WrappedKey;
}

/** Changes to a customer, computed from the record at `version`. */
export interface CustomerUpdate extends ValueChanges {
  readonly id: string;
  readonly version: number;
  /** Whether a crash of the machine may undo it, because it would be done again in the same way. Default: false. */
  readonly isRepeatable?: boolean;
}

/** The change was applied, and these files are no longer referred to; or somebody else was first and nothing was changed. */
export type WriteOutcome =
  | { readonly outcome: 'stored'; readonly orphanedFiles: readonly string[] }
  | { readonly outcome: 'conflict' };

/** The outcome of a change that may bring files. */
export type ChangeOutcome = WriteOutcome | OverQuota;

/** How an account signs in, fixed by its first use where shared accounts are kept strictly apart. */
export type AccountUse = 'shared' | 'own';

/**
 * Everything that must outlive the process. Each method is one short transaction; what it answered survives a crash.
 * A store that cannot be reached rejects with {@link KycError} `unavailable`.
 */
export interface Store {
  /** Who did and read what. */
  readonly audit: AuditStore;
  /** Where status changes of each customer are to be posted. */
  readonly callbacks: CallbackStore;
  /** The codes by which customers confirm that an address or a number is theirs. */
  readonly codes: CodeStore;
  /** What becomes of customers who go. */
  readonly erasures: ErasureStore;
  /** Everything that is held on one customer. */
  readonly subjects: SubjectStore;
  /** By which identities customers go. */
  readonly accounts: AccountStore;
  /** What reviewers hold, propose and note. */
  readonly reviews: ReviewStore;
  /** Whoever may sign in to the console, and how they do. */
  readonly operators: OperatorStore;
  readonly signIns: SignInStore;
  /** Customers by what they gave. */
  readonly search: SearchStore;
  /** How many stand where. */
  readonly census: CensusStore;
  /** Where customers stand and how they got there. */
  readonly standings: StandingStore;
  /** Keys that are kept wrapped. */
  readonly keys: KeyStore;
  /** The checks that wait to be run. */
  readonly runs: RunStore;
  /** What is to be told to wallets and operators. */
  readonly outbox: OutboxStore;
  /** What became of it. */
  readonly deliveries: DeliveryLog;
  /** Which process does what one at a time is to do. */
  readonly jobs: JobStore;
  /** How far the money of payments was seen on Stellar. */
  readonly observers: ObserverStore;
  /** Payments that wait for customers, or that customers wait for. */
  readonly payments: PaymentStore;
  /** The files that customers' data refers to, and those sent ahead of it. */
  readonly files: FileStore;
  /** The customer that this identity names. */
  findCustomer(identity: Identity): Promise<CustomerRecord | undefined>;
  /**
   * The customer with this id, or that one of its identities knows by it since a merge, and its identities, if any of them is of the account.
   * An id of before a merge is known through the identities of that time alone.
   */
  findCustomerOfAccount(
    id: string,
    account: string,
  ): Promise<{ readonly customer: CustomerRecord; readonly identities: readonly Identity[] } | undefined>;
  /** The customer with this id, whoever asks. */
  findCustomerById(id: string): Promise<CustomerRecord | undefined>;
  /** The values of a customer as they were at that version; undefined when it has changed since. */
  listValues(id: string, version: number): Promise<readonly SealedValue[] | undefined>;
  /** Creates a customer; `conflict` when the identity already names one. */
  createCustomer(customer: NewCustomer): Promise<ChangeOutcome>;
  /** Applies changes; `conflict` when the customer is no longer at the version they were computed from. */
  updateCustomer(update: CustomerUpdate): Promise<ChangeOutcome>;
  /**
   * Deletes the customer with all its identities, their uploads, values and file rows, or keeps the sealed data where nobody finds it; `conflict` when
   * it is gone already, or not as `how` has it.
   */
  deleteCustomer(id: string, how?: Deletion): Promise<WriteOutcome>;
  /** Which of these file ids some customer or upload refers to. */
  findLiveFiles(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Marks a challenge as exchanged; false when it was already. Forgets those that expired before `now`. */
  useChallenge(hash: string, expiresAt: Date, now: Date): Promise<boolean>;
  /** Whether a challenge, or what else is good once, was marked as used and has not expired since. */
  isUsedChallenge(hash: string): Promise<boolean>;
  /** The use of the account, fixed to `use` if this is its first. */
  fixAccountUse(account: string, use: AccountUse): Promise<AccountUse>;
  /**
   * Removes what was deleted from wherever the database keeps older versions of its pages, as far as it can; false when somebody reads those, so that
   * it is to be tried again.
   */
  scrub(): Promise<boolean>;
  /** Resolves when the store can serve. */
  ping(): Promise<void>;
  /** Finishes and lets go of the database. */
  close(): Promise<void>;
}
