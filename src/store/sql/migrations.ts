import { type Kysely, sql, type Transaction } from 'kysely';
import { systemClock } from '../../lib/clock.ts';
import type { ColumnTypes } from './column-types.ts';
import { grammarOf } from './grammar.ts';
import { createCustomerTables } from './migrations/0001-customers.ts';
import { createUploadAndCallbackTables } from './migrations/0002-uploads-and-callbacks.ts';
import { createStandingTables } from './migrations/0003-standings.ts';
import { createCodeTables } from './migrations/0004-codes.ts';
import { createOutboxTables } from './migrations/0005-outbox.ts';
import { createReviewTables } from './migrations/0006-reviews.ts';
import { createKeyIndexes } from './migrations/0007-keys.ts';
import { createAuditTables } from './migrations/0008-audit.ts';
import { createErasureTables } from './migrations/0009-erasure.ts';
import { createPaymentTables } from './migrations/0010-payments.ts';
import { createConsoleTables } from './migrations/0011-console.ts';
import { createSearchTables } from './migrations/0012-search.ts';
import { createObserverTable } from './migrations/0013-observers.ts';
import { addCallbackAccounts } from './migrations/0014-callback-accounts.ts';
import { addExchangeColumns } from './migrations/0015-exchanges.ts';
import { createJobTable } from './migrations/0016-job-leases.ts';
import { splitCallbacks } from './migrations/0017-callbacks-by-subject.ts';
import { createUnmaskingIndexes } from './migrations/0018-unmaskings.ts';
import { createReceiptTable } from './migrations/0019-payment-receipts.ts';
import type { Tables } from './tables.ts';

type Migration = (db: Kysely<Tables>, types: ColumnTypes) => Promise<void>;

/** Numbered from 1, append-only: a migration that was released is never edited. */
const migrations: readonly Migration[] = [
  createCustomerTables,
  createUploadAndCallbackTables,
  createStandingTables,
  createCodeTables,
  createOutboxTables,
  createReviewTables,
  createKeyIndexes,
  createAuditTables,
  createErasureTables,
  createPaymentTables,
  createConsoleTables,
  createSearchTables,
  createObserverTable,
  addCallbackAccounts,
  addExchangeColumns,
  createJobTable,
  splitCallbacks,
  createUnmaskingIndexes,
  createReceiptTable,
];

/** The schema that this release works with. */
export const newestSchema: number = migrations.length;

/** What a schema of an earlier release means: it is brought to the newest; only a database without any is; it is refused. */
export type WhenOld = 'upgrade' | 'begin' | 'refuse';

/**
 * Brings the database to the newest schema, or for a test to an older one. Call it inside one transaction: many starters do it one after the other.
 * @param whenOld a command beside a server changes no schema under it: the server of before may be running, and could not be started again
 * @throws Error when the database was written by a newer release, or by an older one and is not to be changed
 */
export async function migrate(
  db: Transaction<Tables>,
  upTo: number = newestSchema,
  whenOld: WhenOld = 'upgrade',
): Promise<void> {
  const { types, lockSchema } = grammarOf(db);
  await lockSchema(db);
  await sql`create table if not exists migrations (version integer primary key, applied_at ${types.integer} not null)`.execute(
    db,
  );
  const { version } = await db
    .selectFrom('migrations')
    .select((eb) => eb.fn.coalesce(eb.fn.max<number>('version'), eb.lit(0)).as('version'))
    .executeTakeFirstOrThrow();
  if (version > newestSchema) {
    throw new Error(`the database has schema ${version}, this release knows ${newestSchema}: start a newer release`);
  }
  if (version < newestSchema && (whenOld === 'refuse' || (whenOld === 'begin' && version > 0))) {
    throw new Error(
      `the database has schema ${version}, this release works with ${newestSchema}: the server of this release brings it there when it starts; until then use the commands of the release that runs`,
    );
  }
  for (const [index, migration] of migrations.slice(0, upTo).entries()) {
    if (index < version) continue;
    await migration(db, types);
    await db
      .insertInto('migrations')
      .values({ version: index + 1, applied_at: systemClock.now().getTime() })
      .execute();
  }
}
