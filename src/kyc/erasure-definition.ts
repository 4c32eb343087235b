/** What must be kept of a customer who asks to be erased, if they were ever accepted or had a transaction. */
export interface RetentionDefinition {
  /** For how many years from the erasure on. */
  readonly years: number;
  /** The law or duty that says so, for the record: `AMLR Art. 77`. */
  readonly ground: string;
  /** Whether the `duplicate` check goes on finding them. Default: false. */
  readonly duplicates?: boolean;
}

/** What becomes of whoever shares a document, tax id, phone, or e-mail and birth date with a person who was rejected. */
export const valueMatches = ['review', 'reject', 'ignore'] as const;

/** @see valueMatches */
export type ValueMatch = (typeof valueMatches)[number];

/** How rejected people are known again who were erased: by keyed hashes alone. */
export interface TombstoneDefinition {
  /** The reasons that are not washed off by an erasure; none for no tombstones. Default: `sanctions`, `suspected-fraud`. */
  readonly reasons?: readonly string[];
  /** For how many years from the rejection on. Default: 5. */
  readonly years?: number;
  /** What becomes of another account with the same document or number; the same account is rejected again. Default: `review`. */
  readonly values?: ValueMatch;
}

/** What an erasure leaves. */
export interface ErasureDefinition {
  /** Default: nothing is kept. */
  readonly retention?: RetentionDefinition;
  /** How rejected people are known again. */
  readonly tombstones?: TombstoneDefinition;
}

/** What an erasure leaves, defaulted. */
export interface ErasurePolicy {
  readonly retention: Required<RetentionDefinition> | undefined;
  readonly tombstones: { readonly reasons: ReadonlySet<string>; readonly years: number; readonly values: ValueMatch };
}
