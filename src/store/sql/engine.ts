import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** What is done inside a transaction. It may be done twice, the first time in vain. */
export type Write<T> = (db: Transaction<Tables>) => Promise<T>;

/** Whether what was committed survives a crash of the machine, or one of the process alone. */
export type Durability = 'durable' | 'repeatable';

/** A database, as the store uses it: the place where engines differ. */
export interface Engine {
  /** For what is read. Nothing that is written waits for it, nor does it wait for a write. */
  readonly db: Kysely<Tables>;
  /** Whether writes of one moment are better committed together than side by side. */
  readonly writesTogether: boolean;
  /** Does all of it or nothing; resolves once it is committed. */
  transact<T>(durability: Durability, write: Write<T>): Promise<T>;
  /** Removes what was deleted from older versions of pages. @see Store.scrub */
  scrub(): Promise<boolean>;
  /** Lets go of the database. */
  close(): Promise<void>;
}
