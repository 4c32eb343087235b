import type { BlindIndexEntry } from './standing-store.ts';

/** A customer who was found, and where they stand. No value of theirs. */
export interface FoundCustomer {
  readonly customerId: string;
  readonly standings: readonly { readonly type: string; readonly transactionId: string; readonly state: string }[];
}

/** Entries in place of all a customer has, made of their values at one version. */
export interface RenewedEntries {
  readonly customerId: string;
  readonly version: number;
  readonly entries: readonly BlindIndexEntry[];
  /** Names of the fields that were opened for it: told to the audit trail. */
  readonly opened: readonly string[];
}

/**
 * Customers by what they gave. Entries to be found by are blind index entries whose index is called `search.…`; they are written with the values, as
 * {@link Consequences.indexes} says, and go when the customer does, kept or not.
 */
export interface SearchStore {
  /** Customers who have the entry, in the order of their ids. */
  find(entry: BlindIndexEntry, limit: number): Promise<readonly FoundCustomer[]>;
  /** Begins to make everybody's entries as the scheme has them, unless that was begun; what was begun for another scheme is given up. */
  begin(scheme: string): Promise<void>;
  /**
   * The next customers to make entries for, up to `lookedAt` being done; undefined when there are none any more, or the work was given up. Several may do it
   * at the same time.
   */
  nextToIndex(scheme: string, limit: number, lookedAt?: string): Promise<readonly string[] | undefined>;
  /** Replaces all a customer's entries to be found by; false when the customer is not at that version any more, and nothing was done. */
  renew(renewed: RenewedEntries): Promise<boolean>;
}
