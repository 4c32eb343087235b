import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/sql-store.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { callbackCases } from './callback-cases.ts';

test('[store.contract] the callbacks of the SQLite store keep the contract of the port', async (t) => {
  await using directory = await temporaryDirectory();
  const store = await openSqliteStore(join(directory.path, 'contract.db'), systemClock);
  for (const { name, run } of callbackCases) await t.test(name, () => run(store));
  await store.close();
});
