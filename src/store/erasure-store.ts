import type { WrappedKey } from '../vault/key-ring.ts';
import type { AuditActor } from './audit-store.ts';
import type { ReviewAct } from './review-store.ts';
import type { BlindIndexEntry } from './standing-store.ts';
import type { CustomerRecord, WriteOutcome } from './store.ts';

/** How a customer goes. Without anything: all of it, at once. */
export interface Deletion {
  /** Only if the customer is at that version. */
  readonly version?: number;
  /** Only if that proposal is there, of the customer as they are now. */
  readonly proposal?: string;
  /** Who had proposed it: both are written down. */
  readonly proposedBy?: string;
  /** The sealed data is kept out of everybody's sight in place of being destroyed. */
  readonly retain?: NewRetention;
  /** Whether the data key does not open: told to the audit trail. */
  readonly isLost?: boolean;
  /** Whoever erases; left out, the wallet itself is taken to have asked. */
  readonly by?: AuditActor;
  /** By what the person is known again. */
  readonly tombstone?: NewTombstone;
}

/** What is kept of an erased customer, and why. */
export interface NewRetention {
  /** When it is to be destroyed, unless it is held. */
  readonly deleteAfter: Date;
  readonly ground: string;
  /** The identities, which the customer has no longer, sealed under their data key; undefined where that does not open. */
  readonly sealedIdentities: Uint8Array | undefined;
  /** Whether the entries of the blind index stay, so that the same person is noticed. */
  readonly keepIndexes: boolean;
}

/** Why somebody is to be known again. The entries of the blind index that the customer has are taken along. */
export interface NewTombstone {
  readonly id: string;
  /** Beside those that the customer has. */
  readonly entries: readonly BlindIndexEntry[];
  readonly reason: string;
  readonly effect: TombstoneEffect;
  /** When it was found. */
  readonly at: Date;
  readonly expiresAt: Date;
}

/** What a tombstone does to whoever matches: they are rejected, or a person looks. */
export const tombstoneEffects = ['reject', 'review'] as const;

/** @see tombstoneEffects */
export type TombstoneEffect = (typeof tombstoneEffects)[number];

/** A tombstone that somebody matches. */
export interface MatchedTombstone {
  readonly id: string;
  /** The index in which it was found. */
  readonly index: string;
  readonly reason: string;
  readonly effect: TombstoneEffect;
  readonly at: Date;
}

/** What was known of tombstones when a change was computed. */
export interface SoughtTombstones {
  /** What they were looked for by. */
  readonly entries: readonly BlindIndexEntry[];
  /** Ids of those that were found, whatever the program makes of them. */
  readonly found: readonly string[];
}

/** That a customer may not be destroyed. */
export interface LegalHold {
  readonly operator: string;
  readonly at: Date;
  /** Why, sealed under the customer's data key. */
  readonly sealedReason: Uint8Array;
}

/** What speaks against destroying a customer. */
export interface Ties {
  /** Whether they were ever accepted for some type. */
  readonly wasAccepted: boolean;
  readonly hold: LegalHold | undefined;
}

/** An erased customer whose data is kept. */
export interface Retained {
  readonly customerId: string;
  readonly version: number;
  readonly erasedAt: Date;
  readonly deleteAfter: Date;
  readonly ground: string;
  /** Whether the data key did not open when they were erased: what is kept, nobody could read. */
  readonly isLost: boolean;
  readonly hold: LegalHold | undefined;
}

/** What a purge destroyed, for the certificate. */
export interface Purged extends Retained {
  readonly values: number;
  readonly files: readonly string[];
}

/** What becomes of customers who go. */
export interface ErasureStore {
  /** What ties the customer, who is erased or not. */
  findTies(customerId: string): Promise<Ties>;
  /** An erased customer whose data is kept, with the record and the sealed identities. */
  findRetained(
    customerId: string,
  ): Promise<
    (Retained & { readonly record: CustomerRecord; readonly sealedIdentities: Uint8Array | undefined }) | undefined
  >;
  /** In the order of their dates, those after `after`. */
  listRetained(limit: number, after?: Pick<Retained, 'deleteAfter' | 'customerId'>): Promise<readonly Retained[]>;
  /** Holds a customer or retained data, which is raised by a version; `conflict` when it is at another one or held already. */
  hold(
    customerId: string,
    version: number,
    hold: Omit<LegalHold, 'at'> & { readonly act: ReviewAct },
  ): Promise<WriteOutcome['outcome']>;
  /** Ends a hold that another operator proposed to end; `conflict` when either is gone. */
  lift(customerId: string, version: number, proposal: string, act: ReviewAct): Promise<WriteOutcome['outcome']>;
  /** Retained customers who are to be destroyed by `now` and not held, the longest due first. */
  findPurgeable(now: Date, limit: number): Promise<readonly string[]>;
  /** Destroys one of them; undefined when it is held, gone or not due (any more). */
  purge(customerId: string, now: Date): Promise<Purged | undefined>;
  /** Tombstones with one of these entries that have not ended by `now`. */
  findTombstones(entries: readonly BlindIndexEntry[], now: Date): Promise<readonly MatchedTombstone[]>;
  /** Forgets tombstones that have ended; answers how many. */
  removeTombstones(now: Date): Promise<number>;
  /** Owners of data keys that are gone, whose shred keys are to follow. */
  listShreds(limit: number): Promise<readonly string[]>;
  /** They have. */
  forgetShreds(owners: readonly string[]): Promise<void>;
  /** Destroys those of these customers whom a restored backup has brought back, erased and kept ones, too; answers how many. Nobody is told again. */
  destroyRestored(ids: readonly string[]): Promise<number>;
  /** The shred store that this database belongs to; undefined while it belongs to none. */
  findShredStore(): Promise<string | undefined>;
  /** Of owners in a copy of the shred store that was made then, those whom this database knows to be gone: what a restored copy must not bring back. */
  findGone(owners: readonly string[], copiedAt: Date): Promise<readonly string[]>;
  /** The shred store that this database belongs to, from now on `id` if it belongs to none yet. */
  fixShredStore(id: string): Promise<string>;
  /**
   * Customers who may have a data key of an earlier release, in the order of their ids; undefined when everybody was looked at.
   * Those up to `lookedAt` were.
   */
  nextUnshredded(
    limit: number,
    lookedAt?: string,
  ): Promise<readonly { readonly id: string; readonly wrappedKey: WrappedKey }[] | undefined>;
  /** Replaces a wrapped key, if it is still that one; false when it is another one by now. @throws KycError `unavailable` under a retired key */
  rewrap(customerId: string, from: WrappedKey, to: WrappedKey): Promise<boolean>;
}
