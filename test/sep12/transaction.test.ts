import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransactionContext, TransactionCustomer, TransactionLookup } from '../../src/kyc/transactions.ts';
import { muxedAddress } from '../../src/stellar/address.ts';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { assertSepAnswer } from './sep-answer.ts';
import { person, putForm } from './support.ts';

const sender = 'sep31-sender';
const receiver = 'sep31-receiver';

/** Transactions by id and type, and what they were asked with. */
function ledger(): {
  readonly rows: Map<string, TransactionCustomer>;
  readonly asked: TransactionContext[];
  readonly transactions: TransactionLookup;
} {
  const rows = new Map<string, TransactionCustomer>();
  const asked: TransactionContext[] = [];
  const find: TransactionLookup['find'] = async (id, context) => {
    asked.push(context);
    return rows.get(`${id} ${context.type}`);
  };
  return { rows, asked, transactions: { find } };
}

async function register(anchor: TestAnchor, sub: string, body: object = {}): Promise<string> {
  return (await anchor.json(sub, 'PUT', '/customer', { ...person, ...body })).body.id;
}

test('[sep12.get.transaction] [ruling.10] a transaction names the customer it concerns, sender or receiver by the type', async () => {
  const { rows, asked, transactions } = ledger();
  await using anchor = await openTestAnchor({ transactions });
  const account = randomAccount();
  const [from, to] = [await register(anchor, `${account}:1`), await register(anchor, `${account}:2`)];
  rows.set(`tx-1 ${sender}`, { customer: { account, id: from } });
  rows.set(`tx-1 ${receiver}`, { customer: { account, memo: '2', memoType: 'id' } });
  for (const [type, id, status] of [
    [sender, from, 'ACCEPTED'],
    [receiver, to, 'NEEDS_INFO'],
  ]) {
    const got = await anchor.json(account, 'GET', `/customer?transaction_id=tx-1&type=${type}`);
    assert.deepEqual([got.status, got.body.id, got.body.status], [200, id, status], type);
    assertSepAnswer(got.body);
  }
  assert.deepEqual(
    asked.map(({ type, subject }) => [type, subject.sub]),
    [
      [sender, account],
      [receiver, account],
    ],
  );
});

test('[sep12.get.transaction] what a transaction requires of its own changes the status for it alone', async () => {
  const { rows, transactions } = ledger();
  await using anchor = await openTestAnchor({ transactions });
  const account = randomAccount();
  const id = await register(anchor, account);
  const fields = {
    birth_date: {},
    tax_id: {},
    photo_id_front: {},
    source: { description: 'Source of the money', optional: true },
  };
  rows.set(`large ${sender}`, { customer: { account, id }, fields });
  rows.set(`small ${sender}`, { customer: { account, id } });
  const get = async (query: string) => (await anchor.json(account, 'GET', `/customer?type=${sender}${query}`)).body;
  const plain = await get('');
  assert.equal(plain.status, 'ACCEPTED');
  assert.deepEqual(await get('&transaction_id=small'), plain);
  const large = await get('&transaction_id=large');
  assert.equal(large.status, 'NEEDS_INFO');
  assertSepAnswer(large);
  assert.deepEqual(Object.keys(large.fields).sort(), ['address', 'birth_date', 'photo_id_front', 'source', 'tax_id']);
  const optional = Object.entries<{ optional?: boolean }>(large.fields).filter(([, field]) => field.optional === true);
  assert.deepEqual(optional.map(([name]) => name).sort(), ['address', 'source'], 'birth_date is required here');
  assert.deepEqual(large.fields.source, { type: 'string', description: 'Source of the money', optional: true });
  assert.deepEqual(await get(''), plain, 'nothing of it stays with the type');

  const texts = { type: sender, transaction_id: 'large', birth_date: '1990-01-31', tax_id: 'X-1', source: 'work' };
  const put = await putForm(anchor, account, texts, { photo_id_front: jpegBytes() });
  assert.deepEqual([put.status, put.body], [202, { id }]);
  const done = await get('&transaction_id=large');
  assert.equal(done.status, 'ACCEPTED');
  assertSepAnswer(done);
  const held = ['tax_id', 'source', 'photo_id_front', 'birth_date'];
  for (const name of held) assert.equal(done.provided_fields[name].status, 'ACCEPTED', name);
  assert.equal((await get('')).provided_fields.tax_id, undefined, 'the type alone does not speak of it');
});

test('[sep12.get.transaction] values for a transaction are checked like all others', async () => {
  const { rows, transactions } = ledger();
  await using anchor = await openTestAnchor({ transactions });
  const account = randomAccount();
  rows.set(`tx ${sender}`, { customer: { account }, fields: { birth_date: {}, tax_id: {} } });
  const put = await anchor.json(account, 'PUT', '/customer', { type: sender, transaction_id: 'tx', birth_date: 'x' });
  assert.equal(put.status, 400);
  assert.match(put.body.error, /^'birth_date' is invalid/);
  const withdraw = { type: sender, transaction_id: 'tx', tax_id: '' };
  await anchor.json(account, 'PUT', '/customer', { ...withdraw, tax_id: '1' });
  assert.equal((await anchor.json(account, 'PUT', '/customer', withdraw)).status, 400, 'required here');
});

test('[sep12.get.transaction] before anybody is registered, a transaction says what it will ask, and PUT registers whom it concerns', async () => {
  const { rows, transactions } = ledger();
  await using anchor = await openTestAnchor({ transactions });
  const account = randomAccount();
  rows.set(`tx ${sender}`, { customer: { account, memo: '7', memoType: 'id' }, fields: { tax_id: {} } });
  const query = `/customer?transaction_id=tx&type=${sender}`;
  for (const sub of [account, `${account}:7`, muxedAddress(account, '7')]) {
    const got = await anchor.json(sub, 'GET', query);
    assert.deepEqual([got.status, got.body.status, got.body.id], [200, 'NEEDS_INFO', undefined]);
    assert.ok('tax_id' in got.body.fields);
  }
  const put = await anchor.json(account, 'PUT', '/customer', {
    ...person,
    type: sender,
    transaction_id: 'tx',
    tax_id: '1',
  });
  assert.equal(put.status, 202);
  assert.equal((await anchor.json(`${account}:7`, 'GET', '/customer')).body.id, put.body.id);
  assert.equal(
    (await anchor.json(account, 'GET', '/customer')).body.id,
    undefined,
    'the account itself is somebody else',
  );
});

test('[ruling.10] a transaction of another subject is 404, byte for byte as one that does not exist', async () => {
  const { rows, transactions } = ledger();
  await using anchor = await openTestAnchor({ transactions });
  const account = randomAccount();
  const id = await register(anchor, `${account}:7`);
  rows.set(`by-id ${sender}`, { customer: { account, id } });
  rows.set(`by-memo ${sender}`, { customer: { account, memo: '7' } });
  rows.set(`unregistered ${sender}`, { customer: { account, memo: '9' } });
  rows.set(`lie ${sender}`, { customer: { account: randomAccount(), id } });
  const texts = new Set<string>();
  const subs = [randomAccount(), `${account}:8`, muxedAddress(account, '8'), `${randomAccount()}:7`];
  for (const sub of subs) {
    for (const transaction of ['nothing', 'by-id', 'by-memo', 'unregistered', 'lie']) {
      const query = new URLSearchParams({ transaction_id: transaction, type: sender });
      const got = await anchor.call(sub, 'GET', `/customer?${query}`);
      const put = await anchor.call(sub, 'PUT', '/customer', { body: query });
      assert.deepEqual([got.status, put.status], [404, 404], `${sub} ${transaction}`);
      texts.add(await got.text()).add(await put.text());
    }
  }
  assert.deepEqual([...texts], ['{"error":"transaction not found"}']);
  for (const sub of [account, `${account}:7`])
    for (const transaction of ['lie', 'nothing'])
      assert.equal(
        (await anchor.json(sub, 'GET', `/customer?transaction_id=${transaction}&type=${sender}`)).status,
        404,
      );
  const other = await anchor.json(account, 'GET', `/customer?transaction_id=by-id&type=${receiver}`);
  assert.equal(other.status, 404, 'it concerns nobody of this type');
});

test('[ruling.10] [ruling.6] an id or a memo beside a transaction must name the same customer', async () => {
  const { rows, transactions } = ledger();
  await using anchor = await openTestAnchor({ transactions });
  const account = randomAccount();
  const [seven, eight] = [await register(anchor, `${account}:7`), await register(anchor, `${account}:8`)];
  rows.set(`by-id ${sender}`, { customer: { account, id: seven } });
  rows.set(`by-memo ${sender}`, { customer: { account, memo: '7' } });
  rows.set(`nobody ${sender}`, { customer: { account, memo: '9' } });
  const asks: readonly (readonly [status: number, query: Record<string, string>, ...transactions: string[]])[] = [
    [200, { id: seven }, 'by-id', 'by-memo'],
    [200, { memo: '7' }, 'by-id', 'by-memo'],
    [200, { id: seven, memo: '7' }, 'by-id', 'by-memo'],
    [200, { account: muxedAddress(account, '7') }, 'by-id', 'by-memo'],
    [200, { memo: '9' }, 'nobody'],
    [400, { id: eight }, 'by-id', 'by-memo', 'nobody'],
    [400, { memo: '8' }, 'by-id', 'by-memo', 'nobody'],
    [400, { memo: '10' }, 'by-id', 'by-memo', 'nobody'],
    [400, { memo: '7', memo_type: 'text' }, 'by-id', 'by-memo'],
    [400, { memo: '9', memo_type: 'text' }, 'nobody'],
    [404, { id: 'nobody' }, 'by-id', 'by-memo', 'nobody'],
  ];
  for (const [status, query, ...ids] of asks) {
    for (const transaction of ids) {
      const all = new URLSearchParams({ ...query, transaction_id: transaction, type: sender });
      const got = await anchor.json(account, 'GET', `/customer?${all}`);
      assert.equal(got.status, status, String(all));
      if (status === 400) assert.match(got.body.error, /^'transaction_id' is invalid: it concerns another customer/);
      if (status === 404) assert.deepEqual(got.body, { error: 'customer not found' });
    }
  }
});

test('[ruling.10] a transaction whose customer was deleted is 404, and no transaction is looked up for a type that is not known', async () => {
  const { rows, asked, transactions } = ledger();
  await using anchor = await openTestAnchor({ transactions });
  const sub = randomAccount();
  const id = await register(anchor, sub);
  rows.set(`tx ${sender}`, { customer: { account: sub, id } });
  await anchor.json(sub, 'DELETE', `/customer/${sub}`);
  const got = await anchor.json(sub, 'GET', `/customer?transaction_id=tx&type=${sender}`);
  assert.deepEqual([got.status, got.body], [404, { error: 'transaction not found' }]);
  asked.length = 0;
  assert.equal((await anchor.json(sub, 'GET', '/customer?transaction_id=tx&type=nope')).status, 400);
  assert.equal((await anchor.json(sub, 'GET', '/customer?transaction_id=tx')).status, 400);
  assert.deepEqual(asked, []);
});
