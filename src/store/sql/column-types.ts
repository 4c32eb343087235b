import type { RawBuilder } from 'kysely';

/** How an engine spells the columns that a migration makes; text is compared byte by byte on every engine. */
export interface ColumnTypes {
  readonly text: RawBuilder<unknown>;
  /** 64 bits, so that milliseconds fit. */
  readonly integer: RawBuilder<unknown>;
  readonly bytes: RawBuilder<unknown>;
  /** A primary key that counts up and never comes again. */
  readonly id: RawBuilder<unknown>;
  /** A primary key that counts up; the last ones may come again once their rows are gone. */
  readonly rowId: RawBuilder<unknown>;
  /** Ends the definition of a table that is only found by its primary key, where the engine can keep the rows in that index. */
  readonly keyed: RawBuilder<unknown>;
}
