import { sql } from 'kysely';
import { postgresAuditGuards } from './audit-guards.ts';
import type { Grammar } from './grammar.ts';

/** `anchor-k` in ASCII. */
const schemaLock = '7020658169314684267';

/**
 * PostgreSQL's. The collation of the database is not asked: pages go on behind an id in the order that JavaScript has, too, and an index
 * outlives the next version of the operating system's rules for sorting.
 */
export const postgresGrammar: Grammar = {
  auditGuards: postgresAuditGuards,
  types: {
    text: sql.raw('text collate "C"'),
    integer: sql.raw('bigint'),
    bytes: sql.raw('bytea'),
    id: sql.raw('bigint generated always as identity primary key'),
    rowId: sql.raw('bigint generated always as identity primary key'),
    keyed: sql.raw(''),
    tail: (...key) => sql`, ${sql.join(key.map((column) => sql.ref(column)))}`,
  },
  forUpdate: sql.raw('for update'),
  forShare: sql`for share`,
  skipLocked: sql.raw('for update skip locked'),
  isOneOf: (values) => sql`= any(${values})`,
  along: () => sql.raw(''),
  async lockSchema(db) {
    await sql`select pg_advisory_xact_lock(${sql.raw(schemaLock)})`.execute(db);
  },
  async lockCustomers(db, ids) {
    // In one order, so that no two wait for each other. What refers to a customer may be added meanwhile by those who do not lock.
    await sql`select 1 from customers where id = any(${ids}::text[]) order by id for no key update`.execute(db);
  },
  async lockNames(db, names) {
    if (names.length === 0) return;
    // In one order, so that no two wait for each other: what is selected of a sorted subquery is computed behind the sort.
    await sql`
      select pg_advisory_xact_lock(key) from (
        select distinct hashtextextended(name, 0) as key from unnest(${names}::text[]) as name order by key offset 0
      ) as keys`.execute(db);
  },
};
