import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/lib/clock.ts';
import type { NewTombstone } from '../../src/store/erasure-store.ts';
import type { Engine } from '../../src/store/sql/engine.ts';
import { SqlStore } from '../../src/store/sql/sql-store.ts';
import type { NewCustomer, Store } from '../../src/store/store.ts';
import { engines } from '../support/engines.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';
import { raceCases } from './race-cases.ts';

for (const { name, open } of engines) {
  test(`[store.races] ${name}: two processes on one database do not undo each other's writes`, async (t) => {
    for (const { name: title, run } of raceCases)
      await t.test(title, async () => {
        await using ground = await open();
        await run(await ground.openStore(), await ground.openStore());
      });
  });

  test(`[store.tombstone-order] ${name}: who comes with the values of somebody who is just going waits, and is not stored unaware`, async () => {
    await using ground = await open();
    const store = await ground.openStore();
    using held = holdingStore(ground.openEngine());
    const [gone, come] = [customer(), customer()];
    await store.createCustomer(gone);
    const { entries } = gone.consequences.indexes ?? assert.fail();
    const deleting = held.store.deleteCustomer(gone.id, { version: 1, tombstone });
    await held.isReached;
    const creating = store.createCustomer({ ...come, ...withIndexes(entries), sought: { entries, found: [] } });
    assert.equal(await Promise.race([creating, delay(30, 'waits')]), 'waits');
    held.letGo();
    assert.equal((await deleting).outcome, 'stored');
    assert.deepEqual(await creating, { outcome: 'conflict' });
  });

  test(`[store.tombstone-order] ${name}: who goes waits for whoever is just coming with their values, and leaves the tombstone after that`, async () => {
    await using ground = await open();
    const store = await ground.openStore();
    using held = holdingStore(ground.openEngine());
    const [gone, come] = [customer(), customer()];
    await store.createCustomer(gone);
    const { entries } = gone.consequences.indexes ?? assert.fail();
    const creating = held.store.createCustomer({ ...come, ...withIndexes(entries), sought: { entries, found: [] } });
    await held.isReached;
    const deleting = store.deleteCustomer(gone.id, { version: 1, tombstone });
    assert.equal(await Promise.race([deleting, delay(30, 'waits')]), 'waits');
    assert.deepEqual(await store.erasures.findTombstones(entries, new Date()), []);
    held.letGo();
    assert.equal((await creating).outcome, 'stored');
    assert.equal((await deleting).outcome, 'stored');
    assert.equal((await store.standings.findSame(gone.id, entries))[0]?.customerId, come.id);
  });
}

const tombstone: NewTombstone = {
  ...{ id: 'left', entries: [], reason: 'sanctions', at: new Date(0), expiresAt: new Date(9e12) },
  effect: 'reject',
};

/** Somebody with a document of their own. */
function customer(): NewCustomer {
  return {
    ...{ id: randomBytes(12).toString('hex'), identity: { account: randomAccount() } },
    ...{ wrappedKey: { kekId: 'a', bytes: Buffer.from('key') }, set: [], withdraw: [], files: [] },
    ...withIndexes([{ index: 'document', digest: randomBytes(32) }]),
  };
}

function withIndexes(entries: NonNullable<NewCustomer['sought']>['entries']): Pick<NewCustomer, 'consequences'> {
  return { consequences: { ...noConsequences, indexes: { names: ['document'], entries } } };
}

/** A store whose first transaction, everything in it done, is committed only when it is let go. */
function holdingStore(engine: Engine): Disposable & { store: Store; isReached: Promise<void>; letGo: () => void } {
  const [reached, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding: Engine = {
    ...engine,
    transact: (durability, write) =>
      engine.transact(durability, async (db) => {
        const written = await write(db);
        reached.resolve();
        await going.promise;
        return written;
      }),
  };
  const letGo = going.resolve;
  return { store: new SqlStore(holding, systemClock), isReached: reached.promise, letGo, [Symbol.dispose]: letGo };
}
