import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyShreds, ShredsDamaged } from '../../src/backup/copy-shreds.ts';
import { restoreShreds } from '../../src/backup/restore-shreds.ts';
import { openShredKeys, openSqliteShredKeys, type SqlShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import type { NewCustomer, Store } from '../../src/store/store.ts';
import { noConsequences } from '../store/consequences.ts';
import { engines } from '../support/engines.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { randomAccount } from '../support/test-anchor.ts';

const at = new Date('2026-11-24T00:00:00Z');
const now = (): Date => at;
const owners = (count: number, prefix = 'owner'): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${String(n).padStart(5, '0')}`);

async function listAll(shreds: SqlShredKeys): Promise<Map<string, string>> {
  const rows = await shreds.list(100_000, '');
  return new Map(rows.map(({ owner, key }) => [owner, Buffer.from(key).toString('hex')]));
}

async function register(store: Store, id: string): Promise<void> {
  const customer: NewCustomer = {
    ...{ id, identity: { account: randomAccount() }, wrappedKey: { kekId: 'a', bytes: Buffer.from('key') } },
    ...{ set: [], withdraw: [], files: [], consequences: noConsequences },
  };
  assert.equal((await store.createCustomer(customer)).outcome, 'stored');
}

for (const engine of engines) {
  test(`[shreds.copy] ${engine.name}: a copy is brought up to date in place: new keys come, destroyed ones are in none of its bytes`, async () => {
    await using ground = await engine.open();
    await using directory = await temporaryDirectory();
    const file = join(directory.path, 'copy.db');
    const shreds = await openShredKeys(ground.database);
    await Promise.all(owners(2500).map((owner) => shreds.make(owner)));
    {
      const copy = await openSqliteShredKeys(file, shreds.id);
      assert.deepEqual(await copyShreds(shreds, copy, now), { keys: 2500, added: 2500, destroyed: 0 });
      assert.deepEqual(await listAll(copy), await listAll(shreds));
      assert.deepEqual(await copy.findCopiedAt(), at);
      await copy.close();
    }
    const before = await listAll(shreds);
    const gone = owners(2500).filter((_, n) => n % 3 === 0);
    assert.ok(gone.every((owner) => before.has(owner)));
    await shreds.destroy(gone, at);
    await Promise.all(owners(40, 'zz').map((owner) => shreds.make(owner)));
    const copy = await openSqliteShredKeys(file, shreds.id);
    assert.deepEqual(await copyShreds(shreds, copy, now), { keys: 1706, added: 40, destroyed: gone.length });
    assert.deepEqual(await listAll(copy), await listAll(shreds));
    assert.deepEqual(await copy.listDestroyed(9999), gone);
    await copy.close();
    const bytes = await readFile(file);
    const found = (keys: readonly string[]): number =>
      keys.filter((owner) => bytes.includes(Buffer.from(before.get(owner) ?? '', 'hex'))).length;
    assert.equal(found(gone), 0);
    assert.equal(found(owners(2500).slice(1, 2)), 1, 'the search finds what is there');
    await assert.rejects(readFile(`${file}-wal`), { code: 'ENOENT' });
    await shreds.close();
  });

  test(`[shreds.restore] ${engine.name}: a restored copy brings nobody back whom the database knows to be gone, and says who is lost`, async () => {
    await using ground = await engine.open();
    await using directory = await temporaryDirectory();
    const store = await ground.openStore();
    const shreds = await openSqliteShredKeys(join(directory.path, 'shreds.db'));
    const all = ['ada', 'bob', 'cyd'];
    for (const id of [...all, 'file_u1', 'payment p1']) await shreds.make(id);
    for (const id of all) await register(store, id);
    await shreds.destroy(['dan'], at);
    const copy = await openSqliteShredKeys(join(directory.path, 'copy.db'), shreds.id);
    await copyShreds(shreds, copy, () => new Date());
    await store.deleteCustomer('bob');
    await shreds.make('eve');
    await register(store, 'eve');
    const target = await openSqliteShredKeys(join(directory.path, 'target.db'), shreds.id);
    const restored = await restoreShreds(copy, target, store, at);
    assert.deepEqual(restored, { keys: 2, erasedAgain: 3, lost: ['eve'] });
    assert.deepEqual([...(await listAll(target)).keys()], ['ada', 'cyd']);
    assert.deepEqual(await target.listDestroyed(9), ['bob', 'dan', 'file_u1', 'payment p1']);
    for (const each of [shreds, copy, target]) await each.close();
    await store.close();
  });
}

test('[shreds.restore] an older database than the copy knows of those alone whom its trail names: nobody else is destroyed', async () => {
  await using ground = await (engines[0] ?? assert.fail()).open();
  const store = await ground.openStore();
  await register(store, 'ada');
  await register(store, 'bob');
  await store.deleteCustomer('bob');
  const tomorrow = new Date(Date.now() + 86_400_000);
  assert.deepEqual(await store.erasures.findGone(['ada', 'bob', 'new', 'file_1'], tomorrow), ['bob']);
  assert.deepEqual(await store.erasures.findGone(['ada', 'bob', 'new', 'file_1'], at), ['bob', 'new', 'file_1']);
  await store.close();
});

test('[shreds.damaged] a key leaves the copy for having been destroyed, never for being missing or another one in a damaged store', async () => {
  await using directory = await temporaryDirectory();
  const path = (name: string): string => join(directory.path, name);
  const shreds = await openSqliteShredKeys(path('shreds.db'));
  for (const id of ['ada', 'bob']) await shreds.make(id);
  const copy = await openSqliteShredKeys(path('copy.db'), shreds.id);
  await copyShreds(shreds, copy, now);
  const kept = await listAll(copy);
  const emptied = await openSqliteShredKeys(path('emptied.db'), shreds.id);
  await assert.rejects(copyShreds(emptied, copy, now), ShredsDamaged);
  for (const id of ['ada', 'bob']) await emptied.make(id);
  await assert.rejects(copyShreds(emptied, copy, now), ShredsDamaged);
  const other = await openSqliteShredKeys(path('other.db'));
  await assert.rejects(copyShreds(other, copy, now), TypeError);
  assert.deepEqual(await listAll(copy), kept);
  const unfinished = await openSqliteShredKeys(path('unfinished.db'), shreds.id);
  const refusing = { erasures: {}, keys: {} } as Store;
  await assert.rejects(restoreShreds(unfinished, other, refusing, at), /not ended/);
  assert.equal(await other.become(shreds.id), true);
  assert.equal(await copy.become(other.id), false, 'a store that holds something stays what it is');
  for (const each of [shreds, copy, emptied, other, unfinished]) await each.close();
});
