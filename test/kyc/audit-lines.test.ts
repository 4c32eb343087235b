import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import type { WrittenLine } from '../../src/store/audit-store.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

const program = {
  types: { basic: { decision: 'automatic', fields: { first_name: {}, last_name: {}, address_country_code: {} } } },
  rules: { mexico: { when: { field: 'address_country_code', is: ['MEX'] }, ask: { id_number: {} } } },
} as const;
const canary = { first_name: 'Canarina', last_name: 'Serinus', address_country_code: 'MEX', id_number: 'CANARY0001' };

/** What was written down, by another connection. */
async function linesOf(anchor: TestAnchor): Promise<readonly WrittenLine[]> {
  const store = await openSqliteStore(join(anchor.dataDir, 'anchor-kyc.db'), systemClock);
  try {
    return await store.audit.list({}, 1000);
  } finally {
    await store.close();
  }
}

test('[audit.reads] a GET of what is stored leaves no line; a PUT names what it opened, also one that changes nothing or is refused', async () => {
  await using anchor = await openTestAnchor({ program });
  const account = randomAccount();
  await anchor.json(account, 'PUT', '/customer', canary);
  const created = await linesOf(anchor);
  for (let n = 0; n < 3; n++) assert.equal((await anchor.json(account, 'GET', '/customer')).status, 200);
  assert.equal((await linesOf(anchor)).length, created.length);
  await anchor.json(account, 'PUT', '/customer', { first_name: canary.first_name });
  const [same, ...more] = (await linesOf(anchor)).slice(created.length);
  assert.equal(more.length, 0);
  assert.deepEqual([same?.action, same?.about?.['for']], ['values.read', 'wallet']);
  assert.match(JSON.stringify(same?.about?.['fields']), /given_name/);
  const refused = await anchor.json(account, 'PUT', '/customer', { first_name: canary.first_name, last_name: '' });
  assert.equal(refused.status, 400);
  assert.equal((await linesOf(anchor)).at(-1)?.action, 'values.read');
  assert.equal((await linesOf(anchor)).length, created.length + 2);
});

test('[audit.privacy] no value, account or memo of a customer is in any line', async () => {
  await using anchor = await openTestAnchor({ program });
  const account = randomAccount();
  const callback = { url: 'https://wallet.example/canary-path' };
  await anchor.json(account, 'PUT', '/customer', { ...canary, memo: '778899', memo_type: 'id' });
  await anchor.json(account, 'PUT', '/customer/callback', { ...callback, memo: '778899', memo_type: 'id' });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ memo: '778899', memo_type: 'id' });
  await anchor.call(account, 'DELETE', `/customer/${account}`, { headers, body });
  const text = JSON.stringify(await linesOf(anchor));
  assert.match(text, /customer\.created.*callback\.set.*customer\.erased/);
  for (const secret of [...Object.values(canary).filter((value) => value !== 'MEX'), account, '778899', 'canary-path'])
    assert.ok(!text.includes(secret), 'something of a person is in the trail');
});

test('[audit.fail_closed] what cannot be written down is not done', async () => {
  await using anchor = await openTestAnchor({ program });
  const account = randomAccount();
  await anchor.json(account, 'PUT', '/customer', canary);
  const database = new DatabaseSync(join(anchor.dataDir, 'anchor-kyc.db'), { timeout: 5000 });
  database.exec(`create trigger full before insert on audit_pending begin select raise(abort, 'full'); end`);
  const put = await anchor.json(account, 'PUT', '/customer', { first_name: 'Other' });
  assert.equal(put.status, 500);
  assert.equal((await anchor.json(account, 'PUT', '/customer', { first_name: canary.first_name })).status, 500);
  assert.equal((await anchor.json(randomAccount(), 'PUT', '/customer', canary)).status, 500);
  database.exec('drop trigger full');
  assert.deepEqual(Object.values(database.prepare('select count(*) from customers').get() ?? {}), [1]);
  database.close();
});
