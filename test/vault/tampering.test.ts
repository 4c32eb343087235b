import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setCallback } from '../../src/kyc/set-callback.ts';
import { callbackField } from '../../src/store/callback-store.ts';
import { openVault, type Vault } from '../../src/vault/vault.ts';
import { call, tokens } from '../http/operator-call.ts';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { type Ground, outboxGround, until } from '../support/outbox-ground.ts';
import { keyRing, signer } from '../support/outbox-standings.ts';
import { type JsonReply, randomAccount } from '../support/test-anchor.ts';
import {
  asOperator,
  bytesAt,
  openTamperingGround,
  type Person,
  type Place,
  putPhoto,
  type TamperingGround,
  values,
  write,
} from './tampering-ground.ts';

/** Keyed digests, and what `audit verify` judges: nothing is read from them, so nothing is to be opened. */
const unsealed = [
  ...['blind_indexes.digest', 'code_sends.bucket', 'tombstones.digest'],
  ...['audit_trail.hash', 'audit_heads.hash', 'audit_heads.signature', 'console_passkeys.public_key'],
];

/** A sealed column, and what makes the server read it. */
interface Sealed {
  readonly table: string;
  readonly column: string;
  /** Where it is for a person; `field` is one of theirs. */
  place(person: Person): Place;
  /** Asks for something that needs it. */
  probe(ground: TamperingGround, person: Person): Promise<JsonReply>;
  /** Whether asking uses it up, so that the control comes last. */
  readonly isOnce?: boolean;
}

const ofCustomer = (table: string, column: string, more = ''): Pick<Sealed, 'table' | 'column' | 'place'> => ({
  table,
  column,
  place: ({ id }) => ({ table, column, where: `customer_id = ?${more}`, by: [id] }),
});
const ofUpload = (column: 'wrapped_key' | 'sealed'): Pick<Sealed, 'table' | 'column' | 'place'> => ({
  table: 'uploads',
  column,
  place: ({ uploadId }) => ({ table: 'uploads', column, where: 'id = ?', by: [uploadId.replace('file_', '')] }),
});
const putAgain: Sealed['probe'] = ({ anchor }, { account }) =>
  anchor.json(account, 'PUT', '/customer', { type: 'basic', first_name: values.first_name });
const show: Sealed['probe'] = ({ anchor }, { id }) => asOperator(anchor, 'GET', id);
const exported: Sealed['probe'] = ({ anchor }, { id }) =>
  call(anchor, tokens.ada, 'POST', `/operator/exports/${id}`, { reason: 'subject-request' });
const useUpload: Sealed['probe'] = ({ anchor }, { uploader, uploadId }) =>
  anchor.json(uploader, 'PUT', '/customer', { type: 'basic', ...values, photo_id_front_file_id: uploadId });

const columns: readonly Sealed[] = [
  {
    ...{ table: 'customers', column: 'wrapped_key', probe: putAgain },
    place: ({ id }) => ({ table: 'customers', column: 'wrapped_key', where: 'id = ?', by: [id] }),
  },
  { ...ofCustomer('field_values', 'sealed', " and field = 'given_name'"), probe: putAgain },
  {
    ...ofCustomer('field_values', 'sealed', " and field = 'photo_id_front'"),
    probe: ({ anchor }, person) => putPhoto(anchor, person),
  },
  { ...ofCustomer('review_notes', 'sealed', ' and origin is null'), probe: show },
  { ...ofCustomer('evidence', 'sealed'), probe: show },
  { ...ofCustomer('merged_evidence', 'sealed'), probe: show },
  { ...ofCustomer('legal_holds', 'sealed_reason'), probe: exported },
  { ...ofUpload('wrapped_key'), probe: useUpload, isOnce: true },
  { ...ofUpload('sealed'), probe: useUpload, isOnce: true },
];

/** What else is tested by name below. */
const elsewhere = [
  ...['callbacks.sealed_url', 'codes.hash', 'index_keys.wrapped_key', 'key_checks.wrapped'],
  'retentions.sealed_identities',
  // test/sep31/tampering.test.ts
  ...['payments.wrapped_key', 'payments.sealed_fields', 'payments.sealed_callback'],
];

test('[tampering.columns] every column of bytes in the database is sealed and tested, or is known to hold no secret', async () => {
  await using ground = await openTamperingGround();
  const found = ground.database
    .prepare(
      `select m.name || '.' || c.name as name from sqlite_schema m, pragma_table_info(m.name) c
      where m.type = 'table' and lower(c.type) = 'blob'`,
    )
    .all();
  const names = found.map(({ name }) => String(name));
  const tested = columns.map(({ table, column }) => `${table}.${column}`);
  assert.deepEqual(names.sort(), [...new Set([...tested, ...elsewhere, ...unsealed])].sort());
});

test('[tampering.refused] whatever somebody with the database writes to a sealed place is refused, logged by place, and taken for nothing else', async (t) => {
  await using ground = await openTamperingGround();
  for (const sealed of columns) {
    const { table, column } = sealed;
    const { where } = sealed.place(ground.ada);
    await t.test(`${table}.${column} where ${where}`, async () => {
      await using own = sealed.isOnce === true ? await openTamperingGround() : undefined;
      const at = own ?? ground;
      if (own === undefined) await assertServed(at, sealed);
      for (const [what, bytes] of forgeries(at, sealed)) await assertRefused(at, sealed, what, bytes);
      await assertServed(at, sealed);
    });
  }
});

/** What an attacker may put in a place: altered bytes, and sealed bytes from any other place. */
function* forgeries({ database, ada, bob }: TamperingGround, sealed: Sealed): Generator<[string, Buffer]> {
  const original = bytesAt(database, sealed.place(ada));
  const last = original.length - 1;
  for (const at of [0, 11, 12, 20, Math.floor(last / 2), last - 16, last - 15, last]) {
    const flipped = Buffer.from(original);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    yield [`bit of byte ${at} of ${original.length} flipped`, flipped];
  }
  yield ['empty', Buffer.alloc(0)];
  yield ['zeros', Buffer.alloc(original.length)];
  yield ['random', randomBytes(original.length)];
  yield ['cut', original.subarray(0, -1)];
  yield ['longer', Buffer.concat([original, Buffer.of(0)])];
  yield ["another customer's", bytesAt(database, sealed.place(bob))];
  for (const other of columns) {
    const bytes = bytesAt(database, other.place(ada));
    if (!bytes.equals(original)) yield [`that of ${other.table}.${other.column}`, bytes];
  }
  for (const { name, bytes } of otherFields(database, ada.id, original)) yield [`that of the field ${name}`, bytes];
}

function otherFields(database: DatabaseSync, id: string, original: Buffer): { name: string; bytes: Buffer }[] {
  const rows = database.prepare('select field, sealed from field_values where customer_id = ?').all(id);
  const all = rows.map((row) => ({ name: String(row['field']), bytes: Buffer.from(row['sealed'] as Uint8Array) }));
  return all.filter(({ bytes }) => !bytes.equals(original));
}

async function assertServed(ground: TamperingGround, sealed: Sealed): Promise<void> {
  const { status, body } = await sealed.probe(ground, ground.ada);
  assert.ok(status === 200 || status === 202, `untouched: ${status} ${body?.error}`);
}

async function assertRefused(ground: TamperingGround, sealed: Sealed, what: string, bytes: Buffer): Promise<void> {
  const { anchor, database, lines, ada } = ground;
  const place = sealed.place(ada);
  const original = bytesAt(database, place);
  const logged = lines.length;
  write(database, place, bytes);
  const { status, body, headers } = await sealed.probe(ground, ada);
  const after = await anchor.json(ada.account, 'GET', '/customer?type=basic');
  assert.deepEqual(bytesAt(database, place), bytes, `${what}: nothing was written over it`);
  write(database, place, original);
  assert.equal(status, 500, `${what}: ${JSON.stringify(body)}`);
  const requestId = headers.get('x-request-id') ?? '';
  assert.deepEqual(Object.keys(body), ['error'], what);
  assert.ok(String(body.error).includes(requestId), what);
  const told = lines.slice(logged).filter((line) => line.includes(requestId) && line.includes('"error":"SealBroken"'));
  assert.equal(told.length, 1, `${what}: ${lines.slice(logged).join('')}`);
  assert.match(told[0] ?? '', /"level":"error".*"at":"at /, what);
  assert.doesNotMatch(`${lines.join('')}${JSON.stringify(body)}`, /canary/i, what);
  assert.equal(after.status, 200, `${what}: the customer is not taken for a stranger`);
  assert.equal(after.body.id, ada.id, what);
  assert.equal(after.body.status, 'NEEDS_INFO', what);
}

test("[tampering.row] a whole customer in another's place, key and values, does not open", async () => {
  await using ground = await openTamperingGround();
  const { database, ada, bob } = ground;
  database.exec('begin');
  database.prepare('delete from field_values where customer_id = ?').run(ada.id);
  database.prepare('update field_values set customer_id = ? where customer_id = ?').run(ada.id, bob.id);
  const key = database.prepare('select wrapped_key as bytes from customers where id = ?').get(bob.id)?.['bytes'];
  database.prepare('update customers set wrapped_key = ? where id = ?').run(key as Uint8Array, ada.id);
  database.exec('commit');
  assert.equal((await putAgain(ground, ada)).status, 500);
  assert.equal((await show(ground, ada)).status, 500);
});

test('[tampering.accepted] nobody is accepted whose values do not open, or are no longer there; as soon as they are, they are', async () => {
  await using ground = await openTamperingGround();
  const { anchor, database } = ground;
  const place = (id: string): Place => ({
    ...{ table: 'field_values', column: 'sealed', where: "customer_id = ? and field = 'given_name'", by: [id] },
  });
  for (const what of ['altered', 'swapped', 'gone']) {
    const account = `${ground.ada.account}`;
    const memo = String(Math.floor(Math.random() * 1e9));
    const sub = `${account}:${memo}`;
    const put = await anchor.json(sub, 'PUT', '/customer', { type: 'quick', first_name: 'Zdenka-Canary' });
    const { id } = put.body;
    const original = bytesAt(database, place(id));
    if (what === 'altered') write(database, place(id), original.subarray(0, -1));
    if (what === 'swapped') write(database, place(id), bytesAt(database, place(ground.bob.id)));
    const row = database.prepare(`select * from field_values where ${place(id).where}`).get(id) ?? {};
    if (what === 'gone') database.prepare(`delete from field_values where ${place(id).where}`).run(id);
    const last = await anchor.json(sub, 'PUT', '/customer', { type: 'quick', last_name: 'Quixwimble' });
    assert.equal(last.status, 500, what);
    assert.equal((await anchor.json(sub, 'GET', '/customer?type=quick')).body.status, 'NEEDS_INFO', what);
    if (what === 'gone')
      database
        .prepare('insert into field_values (customer_id, field, sealed, updated_at) values (?, ?, ?, ?)')
        .run(...(['customer_id', 'field', 'sealed', 'updated_at'].map((name) => row[name] ?? null) as never[]));
    write(database, place(id), original);
    assert.equal((await anchor.json(sub, 'PUT', '/customer', { type: 'quick', last_name: 'Quixwimble' })).status, 202);
    assert.equal((await anchor.json(sub, 'GET', '/customer?type=quick')).body.status, 'ACCEPTED', what);
  }
});

test('[tampering.retained] of an erased customer who is kept nothing is exported whose identities were altered', async () => {
  await using ground = await openTamperingGround();
  const { anchor, database, ada, bob } = ground;
  for (const { account } of [ada, bob])
    assert.equal((await anchor.call(account, 'DELETE', `/customer/${account}`)).status, 200);
  const place = ({ id }: Person): Place => ({
    ...{ table: 'retentions', column: 'sealed_identities', where: 'customer_id = ?', by: [id] },
  });
  const original = bytesAt(database, place(ada));
  for (const forged of [original.subarray(0, -1), bytesAt(database, place(bob)), Buffer.alloc(0)]) {
    write(database, place(ada), forged);
    assert.equal((await exported(ground, ada)).status, 500);
  }
  write(database, place(ada), original);
  assert.equal((await exported(ground, ada)).status, 200, 'untouched, it is exported');
});

test('[tampering.codes] an altered hash of a code confirms nothing, neither by the code that was sent nor by another', async () => {
  await using ground = await openTamperingGround();
  const { anchor, database, sent, ada, bob } = ground;
  const code = sent.findLast(({ customerId }) => customerId === ada.id)?.code ?? '';
  const place = ({ id }: Person): Place => ({ table: 'codes', column: 'hash', where: 'customer_id = ?', by: [id] });
  const original = bytesAt(database, place(ada));
  const confirm = (): Promise<JsonReply> =>
    anchor.json(ada.account, 'PUT', '/customer', { type: 'basic', email_address_verification: code });
  for (const forged of [Buffer.from(original).fill(0, 0, 1), bytesAt(database, place(bob)), Buffer.alloc(0)]) {
    write(database, place(ada), forged);
    const { status } = await confirm();
    assert.ok(status >= 400, String(status));
    write(database, place(ada), original);
  }
  assert.equal((await confirm()).status, 202, 'untouched, it confirms');
});

test('[tampering.start] an altered key check or index key stops the start, and says which key it is about', async () => {
  await using ground = await openTamperingGround();
  await ground.restart();
  for (const [table, column, said] of [
    ['key_checks', 'wrapped', /KYC_ENCRYPTION_KEYS: key '.+' is not the key this database was sealed with/],
    ['index_keys', 'wrapped_key', /a data key does not open/],
  ] as const) {
    const place: Place = { table, column, where: 'true', by: [] };
    const original = bytesAt(ground.database, place);
    const flipped = Buffer.from(original);
    flipped[30] = (flipped[30] ?? 0) ^ 4;
    for (const forged of [flipped, Buffer.alloc(0), randomBytes(60)]) {
      write(ground.database, place, forged);
      await assert.rejects(ground.restart(), said, table);
    }
    write(ground.database, place, original);
    await ground.restart();
  }
});

test('[tampering.callbacks] to an altered or swapped callback URL nothing is posted, and the delivery says why', async () => {
  await using ground = await outboxGround();
  await using receiver = await callbackReceiver(signer.publicKey);
  const [ada, bob] = [await ground.addCustomer(receiver.url), await ground.addCustomer(receiver.url)];
  const own = await ground.callbackOf(ada);
  const other = await secondCallback(ground, ada, receiver.url);
  const read = async (id: string): Promise<Uint8Array> => {
    const row = await ground.db.selectFrom('callbacks').select('sealed_url').where('id', '=', id).executeTakeFirst();
    return row?.sealed_url ?? assert.fail();
  };
  const set = (changes: { readonly sealed_url: Uint8Array }): Promise<unknown> =>
    ground.db.transaction().execute((db) => db.updateTable('callbacks').set(changes).where('id', '=', own).execute());
  const original = await read(own);
  const flipped = Buffer.from(original);
  flipped[15] = (flipped[15] ?? 0) ^ 1;
  const ofBefore = (await vaultOf(ground, ada)).seal(callbackField, receiver.url);
  const forgeries = [flipped, await read(await ground.callbackOf(bob)), await read(other), ofBefore, Buffer.alloc(3)];
  await ground.db.transaction().execute((db) => db.deleteFrom('callbacks').where('id', '=', other).execute());
  const worker = ground.start({}, { allowLoopback: true });
  for (const sealed_url of forgeries) {
    await set({ sealed_url });
    await ground.move(ada, 'PROCESSING');
    await until(async () => (await attempts(ground)).at(-1) === 'not_made');
    await ground.db.transaction().execute((db) => db.deleteFrom('delivery_attempts').execute());
    await ground.db.transaction().execute((db) => db.deleteFrom('deliveries').execute());
  }
  assert.equal(receiver.posts.length, 0);
  await set({ sealed_url: original });
  await ground.move(ada, 'NEEDS_INFO');
  await receiver.received(1);
  await worker.stop();
});

/** Another wallet of a customer sets one, as PUT /customer/callback does. */
async function secondCallback(ground: Ground, customerId: string, url: string): Promise<string> {
  const account = randomAccount();
  const identity = { customer_id: customerId, account, memo_type: '', memo: '', known_as: null };
  await ground.db.transaction().execute((db) => db.insertInto('identities').values(identity).execute());
  const by = { account, knownAs: customerId };
  await setCallback(
    { store: ground.store, keyRing },
    { account, url },
    { subject: { sub: account, account }, requestId: 'r' },
  );
  return (await ground.store.callbacks.findCallback(customerId, by))?.id ?? assert.fail();
}

async function vaultOf({ store }: Ground, customerId: string): Promise<Vault> {
  const { wrappedKey } = (await store.findCustomerById(customerId)) ?? assert.fail();
  return openVault(keyRing, customerId, wrappedKey);
}

async function attempts(ground: Ground): Promise<readonly string[]> {
  const rows = await ground.db.selectFrom('delivery_attempts').select('outcome').orderBy('id').execute();
  return rows.map(({ outcome }) => outcome);
}
