import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { ColumnTypes } from './column-types.ts';
import type { Tables } from './tables.ts';

/** What engines say differently, and how those who write at the same time are kept apart where there can be such. */
export interface Grammar {
  readonly types: ColumnTypes;
  /** Ends a select: keeps others from changing the rows it finds, having waited for those who were about to. */
  readonly forUpdate: RawBuilder<unknown>;
  /** Ends a select: keeps others from changing the rows it finds, but not from doing the same. */
  readonly forShare: RawBuilder<unknown>;
  /** As `forUpdate`, passing over the rows that one would wait for. */
  readonly skipLocked: RawBuilder<unknown>;
  /** `in (…)` for a list of any length, without a statement of its own for every length. */
  isOneOf(values: readonly string[] | readonly number[]): RawBuilder<unknown>;
  /** Follows a table that is to be read along the index of that name, where the planner has to be told. */
  along(index: string): RawBuilder<unknown>;
  /** Lets nobody else bring the schema up to date until the transaction ends. */
  lockSchema(db: Transaction<Tables>): Promise<void>;
  /** Waits for the transactions that have locked one of these customers, or changed them, and makes those that follow wait for this one. */
  lockCustomers(db: Transaction<Tables>, ids: readonly string[]): Promise<void>;
  /** The same for what has no customer, by a name. */
  lockNames(db: Transaction<Tables>, names: readonly string[]): Promise<void>;
}

/** An adapter of Kysely's that knows the grammar of its engine. */
export interface GrammarAdapter {
  readonly grammar: Grammar;
}

/** The grammar of the engine that a query goes to. */
export function grammarOf(db: Kysely<Tables>): Grammar {
  const { adapter } = db.getExecutor();
  if ('grammar' in adapter) return (adapter as unknown as GrammarAdapter).grammar;
  throw new TypeError('this dialect has no grammar');
}
