import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Kysely } from 'kysely';
import { KycError } from '../../src/errors.ts';
import type { Engine, Write } from '../../src/store/sql/engine.ts';
import { GroupCommit } from '../../src/store/sql/group-commit.ts';
import { migrate } from '../../src/store/sql/migrations.ts';
import { openSqlite } from '../../src/store/sql/sqlite-engine.ts';
import type { Tables } from '../../src/store/sql/tables.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';

async function openDatabase(): Promise<AsyncDisposable & Engine> {
  const directory = await temporaryDirectory();
  const engine = openSqlite(join(directory.path, 'a.db'));
  await engine.transact('durable', (db) => migrate(db));
  const dispose = async (): Promise<void> => {
    await engine.close();
    await directory[Symbol.asyncDispose]();
  };
  return { ...engine, [Symbol.asyncDispose]: dispose };
}

function keep(kekId: string): Write<string> {
  return async (db) => {
    await db
      .insertInto('key_checks')
      .values({ kek_id: kekId, wrapped: Buffer.alloc(1) })
      .execute();
    return kekId;
  };
}

async function kept(db: Kysely<Tables>): Promise<string[]> {
  return (await db.selectFrom('key_checks').select('kek_id').orderBy('kek_id').execute()).map((row) => row.kek_id);
}

test('[store.group-commit] writes of one moment are all kept, each with its own answer', async () => {
  await using database = await openDatabase();
  const writes = new GroupCommit(database);
  const names = Array.from({ length: 50 }, (_, n) => `k${String(n).padStart(2, '0')}`);
  assert.deepEqual(await Promise.all(names.map((name) => writes.write(keep(name)))), names);
  assert.deepEqual(await kept(database.db), names);
});

test('[store.group-commit] a write that fails, fails alone and leaves nothing', async () => {
  await using database = await openDatabase();
  const writes = new GroupCommit(database);
  const failure = new Error('not this one');
  const failing: Write<string> = async (db) => {
    await keep('c')(db);
    throw failure;
  };
  const outcomes = await Promise.allSettled([keep('a'), failing, keep('b')].map((write) => writes.write(write)));
  assert.deepEqual(outcomes, [
    { status: 'fulfilled', value: 'a' },
    { status: 'rejected', reason: failure },
    { status: 'fulfilled', value: 'b' },
  ]);
  assert.deepEqual(await kept(database.db), ['a', 'b']);
});

test('[store.group-commit] a database that is away fails the group at once, without a second try for each', async () => {
  await using database = await openDatabase();
  const writes = new GroupCommit(database);
  let tries = 0;
  const away: Write<never> = () => {
    tries++;
    return Promise.reject(new KycError('unavailable', 'away'));
  };
  const outcomes = await Promise.allSettled([away, away, away].map((write) => writes.write(write)));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.equal(tries, 1);
});
