import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import { KycError } from '../../src/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Checkpointing } from '../../src/store/sql/checkpointing.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { SqliteConnection } from '../../src/store/sql/sqlite-connection.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';

test('[store.durability] the database is in WAL mode', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const store = await openSqliteStore(path, systemClock);
  const database = new DatabaseSync(path);
  assert.deepEqual(Object.values(database.prepare('pragma journal_mode').get() ?? {}), ['wal']);
  database.close();
  await store.close();
});

test('[store.away] a database that is locked by somebody else is unavailable, with a time to try again, and loses nothing', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const store = await openSqliteStore(path, systemClock, { busyTimeoutMs: 20 });
  const other = new DatabaseSync(path);
  other.exec('begin immediate');
  const write = store.fixAccountUse(randomAccount(), 'own');
  await assert.rejects(
    write,
    (error) => error instanceof KycError && error.code === 'unavailable' && error.retryAfterSeconds === 5,
  );
  other.exec('rollback');
  other.close();
  assert.equal(await store.fixAccountUse(randomAccount(), 'own'), 'own');
  await store.close();
});

test('[store.waiting] while another process writes, reads are answered, nothing else of this process waits, and the write is done after it', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const store = await openSqliteStore(path, systemClock);
  const other = new DatabaseSync(path);
  other.exec('begin immediate');
  const account = randomAccount();
  let isDone = false;
  const write = store.fixAccountUse(account, 'own').then((use) => {
    isDone = true;
    return use;
  });
  const waits: number[] = [];
  for (let turn = 0; turn < 40; turn++) {
    const startedAt = performance.now();
    await delay(5);
    assert.equal(await store.findCustomer({ account }), undefined);
    waits.push(performance.now() - startedAt);
  }
  assert.equal(isDone, false);
  other.exec('commit');
  other.close();
  assert.equal(await write, 'own');
  // SQLite itself would have slept 228 ms in the first 228 ms, in one piece or two.
  waits.sort((a, b) => a - b);
  assert.ok((waits.at(20) ?? 0) < 40, `half of the turns took ${waits.at(20)} ms`);
  await store.close();
});

test('[store.checkpoint] the log is written back by a thread, long before who writes would do it', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const store = await openSqliteStore(path, systemClock);
  const before = (await stat(path)).mtimeMs;
  for (let n = 0; n < 300; n++) await store.fixAccountUse(randomAccount(), 'own');
  while ((await stat(path)).mtimeMs === before) await delay(10);
  await store.close();
  assert.deepEqual(await readdir(directory.path), ['kyc.db']);
});

test('[store.checkpoint] without the file of the thread nothing is lost, and a log that grows is written back by who writes', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const writer = new SqliteConnection(path, 100);
  const checkpointing = new Checkpointing(path, writer, new URL('./no-such-file.ts', import.meta.url));
  writer.run('create table numbers (n integer)');
  for (let n = 0; n < 600; n++) {
    writer.run('insert into numbers values (1)');
    checkpointing.committed();
    if (n % 100 === 0) await delay(50);
  }
  const pages = writer.query<{ wal_autocheckpoint: number }>(CompiledQuery.raw('pragma wal_autocheckpoint')).rows;
  assert.equal(pages[0]?.wal_autocheckpoint, 10_000);
  await checkpointing.close();
  const counted = writer.query<{ n: number }>(CompiledQuery.raw('select count(*) as n from numbers')).rows;
  assert.equal(counted[0]?.n, 600);
  writer.close();
});

test('[store.checkpoint] a database that is closed while the thread starts is closed all the same', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const store = await openSqliteStore(path, systemClock);
  // One of the last commits starts it.
  for (let n = 0; n < 256; n++) await store.fixAccountUse(randomAccount(), 'own');
  await store.close();
  assert.deepEqual(await readdir(directory.path), ['kyc.db']);
});
