import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/sql-store.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';
import { codeCases } from './code-cases.ts';
import { noConsequences } from './consequences.ts';

test('[store.contract] the codes of the SQLite store keep the contract of the port', async (t) => {
  await using directory = await temporaryDirectory();
  const store = await openSqliteStore(join(directory.path, 'contract.db'), systemClock);
  for (const { name, run } of codeCases) await t.test(name, () => run(store));
  await store.close();
});

test('[codes.lease] two connections to one database claim each code once', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const workers = [await openSqliteStore(path, systemClock), await openSqliteStore(path, systemClock)] as const;
  const now = new Date();
  for (let made = 0; made < 60; made++) {
    const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
    const identity = { account: randomAccount() };
    await workers[0].createCustomer({
      id: `c-${made}`,
      identity,
      wrappedKey,
      set: [],
      withdraw: [],
      files: [],
      consequences: noConsequences,
    });
    await workers[0].codes.requestCode({ customerId: `c-${made}`, field: 'email_address', rev: 1 }, now);
  }
  const taken: string[] = [];
  const work = async ({ codes }: (typeof workers)[number]): Promise<void> => {
    for (;;) {
      const claims = await codes.claimCodes(now, new Date(now.getTime() + 60_000), 7);
      if (claims.length === 0) return;
      taken.push(...claims.map(({ customerId }) => customerId));
    }
  };
  await Promise.all(workers.map(work));
  assert.equal(taken.length, 60);
  assert.equal(new Set(taken).size, 60);
  for (const store of workers) await store.close();
});
