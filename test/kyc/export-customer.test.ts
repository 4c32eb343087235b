import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { exportCommand } from '../../src/export-command.ts';
import { columnsLeftOut, type ExportOrder, exportCustomer } from '../../src/kyc/export-customer.ts';
import { setCallback } from '../../src/kyc/set-callback.ts';
import { indirectTables, subjectTables, tablesLeftOut } from '../../src/store/subject-store.ts';
import { putForm } from '../sep12/support.ts';
import { jpegBytes, openTestAnchor, randomAccount, temporaryDirectory } from '../support/test-anchor.ts';
import { codeOf, hit, openReviewWorld, operators, type ReviewWorld, reviewed } from './review/review-world.ts';

const { rob, lea, ada } = operators;
const order: Omit<ExportOrder, 'customerId'> = { reason: 'subject-request', isForSubject: false, by: { kind: 'cli' } };

/** Somebody of whom there is something in as many tables as can be, all of it to be recognised. */
async function fullCustomer(world: ReviewWorld) {
  world.says.screening = hit;
  const { id, wallet } = await world.customer({ first_name: 'PLANTED-NAME', last_name: 'Lovelace' });
  await world.put(wallet, { city: 'PLANTED-CITY' }, { type: 'basic', file: jpegBytes() });
  await world.runChecks();
  await world.act(rob, id, { act: 'note', note: 'PLANTED-NOTE' });
  await world.act(rob, id, { act: 'claim', type: 'basic' });
  await world.act(lea, id, { act: 'hold', reason: 'PLANTED-HOLD' });
  const context = { subject: { sub: wallet.account, account: wallet.account }, requestId: 'r' };
  await setCallback(
    world.builtIn.parts,
    { account: wallet.account, url: 'https://wallet.example/PLANTED-URL' },
    context,
  );
  await world.act(rob, id, { act: 'escalate' });
  return { id, wallet };
}

const planted = ['PLANTED-NAME', 'PLANTED-CITY', 'PLANTED-NOTE', 'PLANTED-HOLD', 'PLANTED-URL', 'Secret Suspect'];

test('[export.whole] every table of the schema is exported, or is left out for a reason that is written down', async () => {
  await using world = await openReviewWorld();
  const database = new DatabaseSync(world.databasePath, { readOnly: true });
  const tables = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .all();
  const exported: readonly string[] = [...Object.keys(subjectTables), ...indirectTables];
  assert.deepEqual(tables.map(({ name }) => String(name)).sort(), [...exported, ...Object.keys(tablesLeftOut)].sort());
  for (const { name } of tables) {
    const columns = database.prepare(`select name from pragma_table_info('${name}')`).all();
    const namesCustomer = columns.some((column) => column['name'] === 'customer_id');
    if (namesCustomer) assert.ok(exported.includes(String(name)), `${name} names a customer`);
  }
  database.close();
});

test('[export.whole] every column of every row is there, but for keys, leases and hashes; what was sealed is open', async () => {
  await using world = await openReviewWorld();
  const { id } = await fullCustomer(world);
  const { export: made, files } = await exportCustomer(world.builtIn.parts, { ...order, customerId: id });
  const text = JSON.stringify(made);
  for (const value of planted) assert.ok(text.includes(value), value);
  const database = new DatabaseSync(world.databasePath, { readOnly: true });
  for (const [table, column] of Object.entries(subjectTables)) {
    const rows = database.prepare(`select * from "${table}" where ${column} = ?`).all(id);
    // The export has written a line of its own since.
    const [shown = [], count] = [made.held[table as keyof typeof subjectTables], rows.length];
    assert.equal(shown.length, table === 'audit_pending' ? count - 1 : count, table);
    for (const name of Object.keys(rows[0] ?? {})) {
      const isOpen = name.startsWith('sealed') && shown.every((row) => 'opened' in row || 'file' in row);
      assert.ok(name in (shown[0] ?? {}) || columnsLeftOut.includes(name) || isOpen, `${table}.${name}`);
    }
  }
  database.close();
  const filled = Object.entries(made.held).filter(([, rows]) => rows.length > 0);
  assert.ok(filled.length >= 13, 'the test looks at something');
  assert.doesNotMatch(text, /"key":/, 'no key of a file');
  assert.deepEqual(
    files.map(({ field }) => field),
    ['photo_id_front'],
  );
});

test('[export.subject] the person is not told what would warn them: no notes, findings, holds, reasons or acts', async () => {
  await using world = await openReviewWorld();
  const { id } = await fullCustomer(world);
  const { export: made } = await exportCustomer(world.builtIn.parts, { ...order, customerId: id, isForSubject: true });
  const text = JSON.stringify(made.held);
  for (const told of ['PLANTED-NAME', 'PLANTED-CITY', 'PLANTED-URL']) assert.ok(text.includes(told), told);
  for (const kept of ['PLANTED-NOTE', 'PLANTED-HOLD', 'Secret Suspect', 'screening', 'escalat', 'rob', 'lea'])
    assert.ok(!text.includes(kept), kept);
});

test('[export.retained] what is kept of an erased customer is exported, too, with the identities they had', async () => {
  await using world = await openReviewWorld({
    ...reviewed,
    erasure: { retention: { years: 5, ground: 'AMLR Art. 77' } },
  });
  const { id, wallet } = await fullCustomer(world);
  await world.builtIn.integration.delete({ account: wallet.account });
  const { export: made } = await exportCustomer(world.builtIn.parts, { ...order, customerId: id });
  const text = JSON.stringify(made.held);
  assert.ok(text.includes(wallet.account) && text.includes('PLANTED-NAME'));
  assert.equal(made.held.retentions?.[0]?.['ground'], 'legal hold');
});

test('[export.audit] it takes an admin and a reason, and is written down before it is handed on', async () => {
  await using world = await openReviewWorld();
  const { id } = await world.customer();
  assert.equal(await codeOf(world.desk.export(lea, id, { reason: 'authority' })), 'forbidden');
  assert.equal(await codeOf(world.desk.export(ada, id, {})), 'invalid_field');
  assert.equal(
    await codeOf(world.desk.export(ada, id, { reason: 'authority', reference: 'Ada Lovelace' })),
    'invalid_field',
  );
  assert.equal(await codeOf(world.desk.export(ada, 'nobody', { reason: 'authority' })), 'customer_not_found');
  await world.desk.export(ada, id, { reason: 'authority', reference: 'case-7' });
  const lines = (await world.store.audit.list({ customerId: id }, 200)).filter(
    ({ action }) => action === 'export.made',
  );
  assert.deepEqual(
    lines.map(({ actor, about }) => [actor, about]),
    [
      [
        { kind: 'operator', id: 'ada' },
        { reason: 'authority', reference: 'case-7', for: 'all' },
      ],
    ],
  );
});

test('[export.cli] anchor-kyc export writes the data and the bytes of the files, for their owner alone', async () => {
  await using anchor = await openTestAnchor();
  await using place = await temporaryDirectory();
  const photo = jpegBytes(randomBytes(200_000));
  const { body } = await putForm(
    anchor,
    randomAccount(),
    { type: 'sep6-withdraw', first_name: 'Ada' },
    { photo_id_front: photo },
  );
  const { signingSeed, serverJwtKey, encryptionKeys } = anchor.secrets;
  const environment = {
    ...{ LOCAL_MODE: '1', DATA_DIR: anchor.dataDir },
    ...{ SIGNING_SEED: signingSeed, SERVER_JWT_KEY: serverJwtKey, KYC_ENCRYPTION_KEYS: encryptionKeys },
  };
  const out = join(place.path, 'ada');
  const args = [body.id, '--out', out, '--reason', 'subject-request', '--reference', 'dsr-1', '--for-subject'];
  assert.match(await exportCommand(args, environment), /1 files/);
  const [, file = ''] = (await readdir(out)).sort();
  assert.deepEqual(await readFile(join(out, file)), photo);
  assert.match(await readFile(join(out, 'customer.json'), 'utf8'), /"opened": "Ada"/);
  await assert.rejects(exportCommand(args, environment), /--out/, 'nothing is written over');
  await assert.rejects(exportCommand(['nobody', ...args.slice(1)], environment), /not found/);
  await assert.rejects(exportCommand([body.id], environment), /expected --out DIR and --reason REASON/);
});
