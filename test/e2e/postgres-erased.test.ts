import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Keypair } from '@stellar/stellar-sdk';
import { openShredKeys, openSqliteShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import { LocalKeyRing, SealBroken } from '../../src/vault/key-ring.ts';
import { ShreddedKeyRing } from '../../src/vault/shred-keys.ts';
import { openVault } from '../../src/vault/vault.ts';
import { createDatabase, query } from '../support/postgres.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { jpegBytes, temporaryDirectory } from '../support/test-anchor.ts';
import { filesUnder, findValues, type Haystack } from './canary-search.ts';
import { send, tokenFor } from './requests.ts';
import { startProcess } from './started-process.ts';

/** A person like no other. */
const person = {
  first_name: 'Zdeňka-Ŝpokojná',
  last_name: 'Quixwimblethorpe',
  email_address: 'zq.canary-4471@planted-mailbox.example',
  bank_account_number: 'CANARY7730019264',
  id_number: 'XQ-CANARY-90417',
};
const photoMark = 'PLANTED-PHOTO-MARK-5519';
const callbackPath = 'planted-callback-path-8812';
const planted = { ...person, 'photo bytes': photoMark, 'callback path': callbackPath };

interface Row {
  readonly id: string;
  readonly kek_id: string;
  readonly wrapped_key: Buffer;
  readonly sealed: Buffer;
}

/** The pages as they are on the disk. */
async function pagesOf({ url, data }: { readonly url: string; readonly data: string }): Promise<readonly Haystack[]> {
  await query(url, 'checkpoint');
  return filesUnder(data);
}

function whereIs(bytes: Buffer, haystacks: readonly Haystack[]): readonly string[] {
  return haystacks.filter((one) => one.bytes.includes(bytes)).map(({ name }) => name.split('/')[0] ?? '');
}

suite('what PostgreSQL keeps of somebody', () => {
  test('[e2e.canary.postgres] no page and no log of PostgreSQL holds a value in clear, before DELETE or after; what dead rows and the log keep does not open', async () => {
    const postgres = await startPostgres();
    await using database = await createDatabase(postgres.url);
    await using directory = await temporaryDirectory();
    const keypair = Keypair.random();
    const account = keypair.publicKey();
    const env = { DATABASE_URL: database.url, LOG_LEVEL: 'debug' };
    await using server = await startProcess({ dataDir: directory.path, env });
    const search = async (): Promise<string[]> =>
      findValues(planted, [
        ...(await pagesOf(postgres)),
        ...(await filesUnder(directory.path)),
        { name: 'log', bytes: Buffer.from(server.stdout() + server.stderr()) },
      ]);

    const token = await tokenFor(server.url, { keypair });
    const form = new FormData();
    for (const [name, value] of Object.entries({ type: 'sep6-withdraw', ...person })) form.set(name, value);
    form.set('photo_id_front', new Blob([jpegBytes(Buffer.from(photoMark.repeat(9)))]), 'front.jpg');
    const headers = { authorization: `Bearer ${token}` };
    const put = await fetch(`${server.url}/customer`, { method: 'PUT', headers, body: form });
    assert.equal(put.status, 202, await put.text());
    const callback = { url: `https://wallet.example/${callbackPath}` };
    assert.equal((await send('PUT', `${server.url}/customer/callback`, { token, body: callback })).status, 200);
    for (let round = 0; round < 5; round++)
      await send('PUT', `${server.url}/customer`, { token, body: { last_name: `Quixwimblethorpe ${round}` } });
    const [row = assert.fail()] = await query<Row>(
      database.url,
      `select c.id, c.kek_id, c.wrapped_key, v.sealed from customers c join field_values v on v.customer_id = c.id and v.field = 'id_number'`,
    );
    assert.deepEqual(await search(), []);
    const there = await pagesOf(postgres);
    assert.ok(whereIs(row.sealed, there).includes('base') && whereIs(row.sealed, there).includes('pg_wal'));
    assert.ok(findValues({ account }, there).length > 0, 'the search finds what is there');

    assert.equal((await send('DELETE', `${server.url}/customer/${account}`, { token })).status, 200);
    for (let tries = 0; tries < 200; tries++) {
      if ((await query(database.url, 'select 1 from shred_queue')).length === 0) break;
      await delay(50);
    }
    await query(database.url, 'vacuum');
    assert.deepEqual(await search(), []);
    const left = whereIs(row.sealed, await pagesOf(postgres));
    assert.ok(left.includes('pg_wal'), 'the log keeps the sealed bytes until it is recycled: they must be of no use');
    await assertUseless(directory.path, row);
    await server.terminate();
    assert.deepEqual(await search(), []);
  });

  test('[e2e.canary.postgres] a shred key that was destroyed in PostgreSQL is in no page once the table was rewritten', async () => {
    const postgres = await startPostgres();
    await using database = await createDatabase(postgres.url);
    const shreds = await openShredKeys({ engine: 'postgres', url: database.url });
    const key = Buffer.from(await shreds.make('ada'));
    const other = Buffer.from(await shreds.make('bob'));
    assert.ok(whereIs(key, await pagesOf(postgres)).includes('base'));
    await shreds.destroy(['ada'], new Date());
    await query(database.url, 'vacuum full shred_keys');
    const pages = await pagesOf(postgres);
    assert.ok(!whereIs(key, pages).includes('base'));
    assert.ok(whereIs(other, pages).includes('base'));
    await shreds.close();
  });
});

/** With all that there is left: the row as it was, the keys of the environment, today's shred store. */
async function assertUseless(dataDir: string, { id, kek_id: kekId, wrapped_key: bytes, sealed }: Row): Promise<void> {
  const [file] = (await filesUnder(dataDir)).filter(({ name }) => name === 'encryption.keys');
  const text = file?.bytes.toString().split('\n').slice(1).join('\n').trim() ?? '';
  const keys = new Map(text.split(/[\s,]+/).map((entry) => [entry.split(':')[0] ?? '', entry.split(':')[1] ?? '']));
  const ring = new LocalKeyRing(new Map([[kekId, Buffer.from(keys.get(kekId) ?? '', 'base64')]]));
  const shreds = await openSqliteShredKeys(join(dataDir, 'shreds.db'));
  await assert.rejects(openVault(new ShreddedKeyRing(ring, shreds), id, { kekId, bytes }), SealBroken);
  await shreds.close();
  const hidden = await ring.unwrap({ kekId, bytes }, id);
  assert.equal(hidden.length, 33, 'the key-encryption key opens the row, and what it opens is half of a key');
  const guess = Object.assign(Object.create(ring) as LocalKeyRing, { unwrap: async () => hidden.subarray(1) });
  const vault = await openVault(guess, id, { kekId, bytes });
  assert.throws(() => vault.open('id_number', sealed), SealBroken);
}
