import assert from 'node:assert/strict';
import { cp, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { openSqliteShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import { SealBroken } from '../../src/vault/key-ring.ts';
import { ShreddedKeyRing } from '../../src/vault/shred-keys.ts';
import { openVault } from '../../src/vault/vault.ts';
import { putForm } from '../sep12/support.ts';
import {
  jpegBytes,
  openTestAnchor,
  randomAccount,
  type TestAnchor,
  temporaryDirectory,
} from '../support/test-anchor.ts';

const program = {
  types: {
    t: {
      decision: 'automatic',
      fields: { first_name: {}, id_number: {}, photo_id_front: { optional: true } },
    },
  },
} as const;
const person = { type: 't', first_name: 'Zdenka', id_number: 'XQ-90417' };

/** What is in the database of somebody: the wrapped data key, the sealed values, the digests of the blind index, ids. */
function tracesOf(path: string, id: string): Buffer[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const all = (sql: string): Buffer[] =>
    database
      .prepare(sql)
      .all(id)
      .flatMap((row) => Object.values(row).map((value) => Buffer.from(value as Uint8Array)));
  const traces = [
    ...all('select wrapped_key from customers where id = ?'),
    ...all('select sealed from field_values where customer_id = ?'),
    ...all('select digest from blind_indexes where customer_id = ?'),
    ...all('select sealed_url from callbacks where customer_id = ?'),
  ];
  database.close();
  return traces;
}

/** Waits until the job has shredded and cleaned up. */
async function settled(path: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const database = new DatabaseSync(path, { readOnly: true });
    const row = database.prepare('select count(*) as count from shred_queue').get();
    database.close();
    if (row?.['count'] === 0) return;
    await delay(50);
  }
  assert.fail('it was never shredded');
}

let registered = 0;

/** Somebody with a document of their own. */
async function register(anchor: TestAnchor): Promise<{ sub: string; id: string }> {
  const sub = randomAccount();
  const { body } = await putForm(
    anchor,
    sub,
    { ...person, id_number: `${person.id_number}-${registered++}` },
    { photo_id_front: jpegBytes() },
  );
  const callback = { url: 'https://wallet.example/told', type: 't' };
  assert.equal((await anchor.json(sub, 'PUT', '/customer/callback', callback)).status, 200);
  return { sub, id: body.id };
}

test('[erase.pages] after DELETE no sealed value, wrapped key, digest or account is left in pages, free pages or the log', async () => {
  await using anchor = await openTestAnchor({ program });
  const path = join(anchor.dataDir, 'anchor-kyc.db');
  const { sub, id } = await register(anchor);
  for (let round = 0; round < 20; round++)
    await anchor.json(sub, 'PUT', '/customer', { type: 't', first_name: `Zdenka ${round}` });
  const others = await Promise.all(Array.from({ length: 5 }, () => register(anchor)));
  const traces = [...tracesOf(path, id), Buffer.from(sub)];
  assert.ok(traces.length >= 6);
  const search = async (): Promise<number> => {
    const files = ['anchor-kyc.db', 'anchor-kyc.db-wal', 'shreds.db', 'shreds.db-wal'];
    const bytes = Buffer.concat(
      await Promise.all(files.map((name) => readFile(join(anchor.dataDir, name)).catch(() => Buffer.alloc(0)))),
    );
    return traces.filter((trace) => bytes.includes(trace)).length;
  };
  assert.equal(await search(), traces.length, 'the search finds what is there');
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
  await settled(path);
  assert.equal(await search(), 0);
  for (const other of others)
    assert.equal((await anchor.json(other.sub, 'GET', '/customer?type=t')).body.status, 'ACCEPTED');
});

test('[erase.pages] a reader of old pages holds the cleaning up for as long as it reads, and no longer', async () => {
  await using anchor = await openTestAnchor({ program });
  const path = join(anchor.dataDir, 'anchor-kyc.db');
  const { sub, id } = await register(anchor);
  const [wrapped = Buffer.alloc(0)] = tracesOf(path, id);
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from customers').get();
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
  await delay(1500);
  reader.exec('commit');
  reader.close();
  await settled(path);
  const log = await readFile(`${path}-wal`).catch(() => Buffer.alloc(0));
  assert.ok(!Buffer.concat([await readFile(path), log]).includes(wrapped));
});

test('[erase.backup] an old backup does not open for an erased customer, with every key there is; it does for the others', async () => {
  await using anchor = await openTestAnchor({ program });
  await using backup = await temporaryDirectory();
  const [ada, bob] = [await register(anchor), await register(anchor)];
  const path = join(anchor.dataDir, 'anchor-kyc.db');
  for (const name of ['anchor-kyc.db', 'anchor-kyc.db-wal', 'files'])
    await cp(join(anchor.dataDir, name), join(backup.path, name), { recursive: true });
  await anchor.json(ada.sub, 'DELETE', `/customer/${ada.sub}`);
  await settled(path);
  const { keyRing, clock } = anchor.anchor.settings;
  assert.ok(keyRing);
  const store = await openSqliteStore(join(backup.path, 'anchor-kyc.db'), clock);
  const shreds = await openSqliteShredKeys(join(anchor.dataDir, 'shreds.db'));
  const ring = new ShreddedKeyRing(keyRing, shreds);
  const open = async (id: string): Promise<string> => {
    const record = await store.findCustomerById(id);
    assert.ok(record, 'the backup has the row');
    const vault = await openVault(ring, id, record.wrappedKey);
    const values = await store.listValues(id, record.version);
    return vault.open('id_number', values?.find(({ field }) => field === 'id_number')?.sealed ?? Buffer.alloc(0));
  };
  assert.match(await open(bob.id), /^XQ-90417-/);
  await assert.rejects(open(ada.id), SealBroken);
  const [record, values] = [await store.findCustomerById(ada.id), await store.listValues(ada.id, 1)];
  const hidden = await keyRing.unwrap(record?.wrappedKey ?? assert.fail(), ada.id);
  const guess = Object.assign(Object.create(ring) as typeof ring, {
    unwrap: async () => Buffer.from(hidden.subarray(1)),
  });
  const vault = await openVault(guess, ada.id, record?.wrappedKey ?? assert.fail());
  for (const { field, sealed } of values ?? []) assert.throws(() => vault.open(field, sealed), SealBroken);
  await shreds.close();
  await store.close();
});

test('[erase.backup] whom a restored backup brings back is erased again before anybody is told of them', async () => {
  await using directory = await temporaryDirectory();
  const options = { program, dataDir: directory.path };
  const first = await openTestAnchor(options);
  const secrets = secretsOf(first);
  const [ada, bob] = [await register(first), await register(first)];
  const path = join(directory.path, 'anchor-kyc.db');
  await cp(path, `${path}.old`);
  await cp(`${path}-wal`, `${path}.old-wal`);
  await first.json(ada.sub, 'DELETE', `/customer/${ada.sub}`);
  await settled(path);
  await first.anchor.close();
  await rename(`${path}.old`, path);
  await rename(`${path}.old-wal`, `${path}-wal`);
  await using second = await openTestAnchor({ ...options, ...secrets });
  const { body } = await second.json(ada.sub, 'GET', '/customer?type=t');
  assert.deepEqual([body.status, body.id], ['NEEDS_INFO', undefined]);
  assert.equal((await second.json(bob.sub, 'GET', '/customer?type=t')).body.status, 'ACCEPTED');
});

test('[erase.shreds] a database whose shred store is another one, or missing, is not served', async () => {
  await using directory = await temporaryDirectory();
  const options = { program, dataDir: directory.path };
  const first = await openTestAnchor(options);
  await register(first);
  await first.anchor.close();
  const secrets = secretsOf(first);
  await rename(join(directory.path, 'shreds.db'), join(directory.path, 'lost.db'));
  await assert.rejects(openTestAnchor({ ...options, ...secrets }), /SHRED_DATABASE_URL|shred store/);
});

/** The secrets of a test's anchor, to open another one over the same data. */
function secretsOf({ secrets }: TestAnchor): TestAnchor['secrets'] {
  return secrets;
}
