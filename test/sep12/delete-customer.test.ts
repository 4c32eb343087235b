import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { jpegBytes, openTestAnchor, randomAccount, randomContract } from '../support/test-anchor.ts';
import { barePart, blobsOf, multipart, person, putForm, reply, rowsIn, withdrawer } from './support.ts';

const json = { 'content-type': 'application/json' };

/** A DELETE as a client sends it; `memo` says whether it names user 7 of the account. */
interface Shape {
  readonly memo: boolean;
  readonly query?: string;
  readonly init: (account: string) => RequestInit;
}

/** The DELETEs of the wallets of today, as raw bytes. */
const shapes: Readonly<Record<string, Shape>> = {
  'no body and no content type (iOS, Kotlin)': { memo: false, init: () => ({}) },
  'an empty JSON object (TypeScript)': { memo: false, init: () => ({ headers: json, body: '{}' }) },
  'a JSON memo (TypeScript, Kotlin)': { memo: true, init: () => ({ headers: json, body: '{"memo":"7"}' }) },
  'a JSON memo as a number': { memo: true, init: () => ({ headers: json, body: '{"memo":7,"memo_type":"id"}' }) },
  'a JSON account (Anchor Platform)': {
    memo: false,
    init: (account) => ({ headers: json, body: JSON.stringify({ account }) }),
  },
  'a JSON content type and no body': { memo: false, init: () => ({ headers: json }) },
  'another content type and no body': { memo: false, init: () => ({ headers: { 'content-type': 'text/plain' } }) },
  'multipart with memo and memo_type (Flutter, PHP)': {
    memo: true,
    init: () => multipart([barePart('memo', '7'), barePart('memo_type', 'id')]),
  },
  'an empty multipart form (Flutter, PHP)': { memo: false, init: () => multipart([]) },
  'a form with a memo': {
    memo: true,
    init: () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'memo=7&memo_type=id' }),
  },
  'a memo in the query (KMP)': { memo: true, query: '?memo=7&memo_type=id', init: () => ({}) },
  'empty parameters': { memo: false, query: '?memo=&memo_type=', init: () => ({ headers: json, body: '{"memo":""}' }) },
};

for (const [title, { memo, query = '', init }] of Object.entries(shapes)) {
  test(`[ruling.23] [sep12.delete.200] [sep12.delete.memo] DELETE works with ${title}`, async () => {
    await using anchor = await openTestAnchor();
    const account = randomAccount();
    const own = await anchor.json(account, 'PUT', '/customer', person);
    const user = await anchor.json(account, 'PUT', '/customer', { memo: '7', ...person });
    const [deleted, kept] = memo ? [user, own] : [own, user];
    const response = await reply(await anchor.call(account, 'DELETE', `/customer/${account}${query}`, init(account)));
    assert.deepEqual([response.status, response.body], [200, {}]);
    assert.equal((await anchor.json(account, 'GET', `/customer?id=${deleted.body.id}`)).status, 404);
    assert.equal(
      (await anchor.json(account, 'GET', `/customer?id=${kept.body.id}`)).status,
      200,
      'nobody else is gone',
    );
  });
}

test('[ruling.23] [sep12.delete.200] afterwards the customer is a stranger: no id, no rows, no files', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const stranger = (await anchor.json(sub, 'GET', '/customer?type=sep6-withdraw')).body;
  const { id } = (await putForm(anchor, sub, withdrawer, { photo_id_front: jpegBytes(), photo_id_back: jpegBytes() }))
    .body;
  assert.equal((await blobsOf(anchor)).length, 2);
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer?type=sep6-withdraw')).body, stranger);
  assert.equal((await anchor.json(sub, 'GET', `/customer?id=${id}`)).status, 404);
  assert.equal(
    (await anchor.json(sub, 'PUT', '/customer', { id, ...person })).status,
    404,
    'the old id revives nobody',
  );
  for (const table of ['customers', 'identities', 'field_values', 'files'] as const) {
    assert.equal(rowsIn(anchor, table), 0, table);
  }
  assert.deepEqual(await blobsOf(anchor), []);
});

test('[ruling.23] [sep12.delete.404] a second DELETE is 404, and so is one of a stranger', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 404, 'never registered');
  await anchor.json(sub, 'PUT', '/customer', person);
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
  const second = await anchor.json(sub, 'DELETE', `/customer/${sub}`);
  assert.deepEqual([second.status, second.body], [404, { error: 'customer not found' }]);
});

test('[ruling.23] of ten DELETEs at once one is 200 and nine are 404', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await putForm(anchor, sub, person, { photo_id_front: jpegBytes() });
  const replies = await Promise.all(Array.from({ length: 10 }, () => anchor.json(sub, 'DELETE', `/customer/${sub}`)));
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array<number>(9).fill(404)]);
});

test('[ruling.23] who registers again after DELETE is a new customer without the old data', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const first = await anchor.json(sub, 'PUT', '/customer', person);
  await anchor.json(sub, 'DELETE', `/customer/${sub}`);
  const second = await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada' });
  assert.notEqual(second.body.id, first.body.id);
  const got = await anchor.json(sub, 'GET', '/customer');
  assert.deepEqual(Object.keys(got.body.provided_fields), ['first_name']);
});

test('[sep12.delete.owner] [sep12.delete.200] each kind of subject deletes itself, in either spelling of its account', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const muxed = muxedAddress(account, '7');
  const contract = randomContract();
  for (const [sub, path] of [
    [account, account],
    [`${account}:7`, account],
    [`${account}:7`, muxed],
    [muxed, account],
    [muxed, muxed],
    [contract, contract],
  ] as const) {
    await anchor.json(sub, 'PUT', '/customer', person);
    assert.equal((await anchor.json(sub, 'DELETE', `/customer/${path}`)).status, 200, `${sub} as ${path}`);
    assert.equal((await anchor.json(sub, 'GET', '/customer')).body.id, undefined);
  }
  assert.equal(rowsIn(anchor, 'customers'), 0);
});

test('[sep12.delete.memo] a plain account deletes the user its memo names, by every type of memo', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const memos = [
    { memo: '7' },
    { memo: '7', memo_type: 'text' },
    { memo: Buffer.alloc(32, 0xfb).toString('base64'), memo_type: 'hash' },
  ];
  for (const memo of memos) await anchor.json(account, 'PUT', '/customer', { ...memo, ...person });
  for (const [index, memo] of memos.entries()) {
    const init = index === 0 ? multipart([barePart('memo', '7')]) : { headers: json, body: JSON.stringify(memo) };
    assert.equal((await anchor.call(account, 'DELETE', `/customer/${account}`, init)).status, 200);
    assert.equal(rowsIn(anchor, 'customers'), memos.length - index - 1, 'one at a time');
  }
});

test('[ruling.23] a memo that differs between query and body is 400 and deletes nobody', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  for (const memo of ['7', '8']) await anchor.json(account, 'PUT', '/customer', { memo, ...person });
  const refused = await anchor.json(account, 'DELETE', `/customer/${account}?memo=7`, { memo: '8' });
  assert.deepEqual([refused.status, refused.body], [400, { error: "'memo' differs between query and body" }]);
  assert.equal(rowsIn(anchor, 'customers'), 2);
  const agreed = await anchor.json(account, 'DELETE', `/customer/${account}?memo=7`, { memo: '7' });
  assert.equal(agreed.status, 200);
});
