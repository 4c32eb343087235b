import { sql } from 'kysely';
import type { Grammar } from './grammar.ts';

const nothing = sql.raw('');
/** A transaction that writes is the only one: what it has read nobody changes before it ends. */
const alone = async (): Promise<void> => {};

/** SQLite's. The column types are what released migrations made of databases: not a letter of them changes. */
export const sqliteGrammar: Grammar = {
  types: {
    text: sql.raw('text'),
    integer: sql.raw('integer'),
    bytes: sql.raw('blob'),
    id: sql.raw('integer primary key autoincrement'),
    rowId: sql.raw('integer primary key'),
    keyed: sql.raw(' without rowid'),
  },
  forUpdate: nothing,
  forShare: sql``,
  skipLocked: nothing,
  isOneOf: (values) => sql`in (select value from json_each(${JSON.stringify(values)}))`,
  along: (index) => sql`indexed by ${sql.ref(index)}`,
  lockSchema: alone,
  lockCustomers: alone,
  lockNames: alone,
};
