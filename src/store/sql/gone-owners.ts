import { type Kysely, sql } from 'kysely';
import { ownerOf } from '../../vault/rotate-keys.ts';
import { grammarOf } from './grammar.ts';
import type { Tables } from './tables.ts';

/** Whose data keys have a shred key. */
const places = ['customers', 'uploads', 'payments'] as const;

/**
 * Of the owners in a copy of the shred store those whom the database knows to be gone. A database that has lines of the audit trail of after the copy
 * knew all of them: who is not there is gone. An older one knows it only of those whom its trail names.
 */
export async function findGone(
  db: Kysely<Tables>,
  owners: readonly string[],
  copiedAt: Date,
): Promise<readonly string[]> {
  const present = new Set<string>();
  for (const place of places) for (const owner of await presentIn(db, place, owners)) present.add(owner);
  const missing = owners.filter((owner) => !present.has(owner));
  if (missing.length === 0 || (await lastLineAt(db)) >= copiedAt.getTime()) return missing;
  const known = await namedInTrail(db, missing);
  return missing.filter((owner) => known.has(owner));
}

async function presentIn(
  db: Kysely<Tables>,
  place: (typeof places)[number],
  owners: readonly string[],
): Promise<readonly string[]> {
  const prefix = ownerOf[place]('');
  const ids = owners.filter((owner) => owner.startsWith(prefix)).map((owner) => owner.slice(prefix.length));
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(place)} where id ${grammarOf(db).isOneOf(ids)}`.execute(db);
  return rows.map(({ id }) => ownerOf[place](id));
}

/** When the last line was written; 0 for an empty trail. */
async function lastLineAt(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ at: number | null }>`
    select max(at) as at from (
      select at from (select at from audit_trail order by seq desc limit 1) as sealed
      union all
      select max(at) as at from audit_pending) as last`.execute(db);
  return Number(rows[0]?.at ?? 0);
}

async function namedInTrail(db: Kysely<Tables>, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const isMeant = grammarOf(db).isOneOf(ids);
  const { rows } = await sql<{ customer_id: string }>`
    select customer_id from audit_trail where customer_id ${isMeant}
    union
    select customer_id from audit_pending where customer_id ${isMeant}`.execute(db);
  return new Set(rows.map(({ customer_id }) => customer_id));
}
