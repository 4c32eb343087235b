import type { SealedCallback } from './callback-store.ts';
import type { Identity } from './identity.ts';
import type { ReviewAct, SealedNote, WithOrigin } from './review-store.ts';
import type { BlindIndexEntry, SealedEvidence } from './standing-store.ts';
import type { CustomerUpdate, WriteOutcome } from './store.ts';

/** An identity, and the id that its wallet knows its customer by, where a merge made that another one than the customer's own. */
export interface KnownIdentity extends Identity {
  readonly knownAs: string | undefined;
}

/** An identity to be added to or taken from a customer at one version, which is raised. */
export interface IdentityChange {
  readonly customerId: string;
  readonly version: number;
  readonly identity: Identity;
  readonly act: ReviewAct;
}

/** What became of it. Nothing is changed unless it was stored. */
export type IdentityOutcome =
  | 'stored'
  /** The customer has changed, or is gone. */
  | 'conflict'
  /** The identity names another customer. */
  | 'taken'
  /** Somebody who was rejected, or in whom something was found that nobody has settled, went by the identity and was erased. */
  | 'marked'
  /** The identity is none of this customer's. */
  | 'unknown'
  /** It is the customer's last. */
  | 'last';

/** Two customers become one: what becomes of `from` and the update that is computed for the other, in one transaction. */
export interface Merge {
  readonly from: { readonly id: string; readonly version: number };
  readonly into: CustomerUpdate;
  /** Fields whose file was that of `from`. */
  readonly files: readonly string[];
  /** All sealed anew, under the data key of the customer that stays. */
  readonly evidence: readonly WithOrigin<SealedEvidence & { readonly at: Date }>[];
  readonly notes: readonly WithOrigin<SealedNote & { readonly at: Date }>[];
  /** All of `from`, which go on beside those of the other one: others, or one set since, make the merge a conflict. */
  readonly callbacks: readonly Pick<SealedCallback, 'id' | 'sealedUrl' | 'setAt'>[];
}

/** By which identities customers go. */
export interface AccountStore {
  /** The identities of a customer. */
  listIdentities(customerId: string): Promise<readonly KnownIdentity[]>;
  /** The id of the customer that goes by that id since a merge. */
  findMerged(knownAs: string): Promise<string | undefined>;
  /** @param entry the identity's entry in the index of tombstones */
  link(change: IdentityChange & { readonly entry: BlindIndexEntry }): Promise<IdentityOutcome>;
  /** Callbacks go, too, whose setter leads to the customer no more: by the account, or by the user of it who set it. */
  unlink(change: IdentityChange): Promise<IdentityOutcome>;
  /**
   * Moves identities, history and the named files of one customer to another one and deletes what is left; `conflict` when either is no longer
   * at its version. The identities' wallets go on knowing the customer by the id they were told, and are told by it.
   */
  merge(merge: Merge): Promise<WriteOutcome>;
}
