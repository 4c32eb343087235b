import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { openTestAnchor, randomAccount, randomContract } from '../support/test-anchor.ts';
import { person, reply, rowsIn, versionOf } from './support.ts';

test('[ruling.1] [sep12.auth.sub] G… with memo 7 and M… with id 7 are one customer, whichever comes first', async () => {
  await using anchor = await openTestAnchor();
  for (const isMuxedFirst of [true, false]) {
    const account = randomAccount();
    const spellings = [muxedAddress(account, '7'), `${account}:7`];
    const [first = '', second = ''] = isMuxedFirst ? spellings : spellings.toReversed();
    const put = await anchor.json(first, 'PUT', '/customer', person);
    const again = await anchor.json(second, 'PUT', '/customer', person);
    assert.equal(again.body.id, put.body.id, 'both spellings PUT to one customer');
    assert.equal(versionOf(anchor, put.body.id), 1, 'and the second PUT found its data there');
    assert.equal((await anchor.json(second, 'GET', '/customer')).body.status, 'ACCEPTED');
    assert.equal((await anchor.json(account, 'GET', '/customer?memo=7')).body.id, put.body.id);
    assert.equal((await anchor.json(second, 'DELETE', `/customer/${account}`)).status, 200);
    assert.equal((await anchor.json(first, 'GET', '/customer')).body.id, undefined, 'deleted for both');
  }
});

test('[ruling.1] ids above 2^53 are told apart to the last digit, in JSON numbers too', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const put = async (memo: string): Promise<string> => {
    const init = { body: `{"memo":${memo}}`, headers: { 'content-type': 'application/json' } };
    return (await reply(await anchor.call(account, 'PUT', '/customer', init))).body.id;
  };
  const ids = [await put('10638330804770506835'), await put('10638330804770506836'), await put('9007199254740993')];
  assert.equal(new Set(ids).size, 3);
  const got = await anchor.json(muxedAddress(account, '10638330804770506835'), 'GET', '/customer');
  assert.equal(got.body.id, ids[0]);
});

test('[ruling.2] [sep12.auth.memo-match] [sep12.auth.muxed-match] beside a token with a memo the memo must be equal', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  for (const sub of [`${account}:7`, muxedAddress(account, '7')]) {
    for (const query of ['', 'memo=7', 'memo=7&memo_type=id', 'memo=7&memo_type=text', 'memo_type=hash']) {
      assert.equal((await anchor.json(sub, 'GET', `/customer?${query}`)).status, 200, query);
    }
    for (const memo of ['8', '007', '+7', ' 7', 'seven']) {
      const put = await anchor.json(sub, 'PUT', '/customer', { memo, ...person });
      assert.equal(put.status, 403, memo);
      assert.deepEqual(put.body, { error: "'memo' is not the user that is signed in" }, memo);
    }
  }
  assert.equal(rowsIn(anchor, 'customers'), 0, 'nobody was registered by a refused PUT');
});

test('[ruling.3] [sep12.auth.any-memo] a plain token registers users under any memo, each reached by it and by id', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const ids = await Promise.all(
    ['1', '2', '3'].map(async (memo) => (await anchor.json(account, 'PUT', '/customer', { memo, ...person })).body.id),
  );
  assert.equal(new Set(ids).size, 3);
  for (const [index, id] of ids.entries()) {
    assert.equal((await anchor.json(account, 'GET', `/customer?memo=${index + 1}`)).body.id, id);
    assert.equal((await anchor.json(account, 'GET', `/customer?id=${id}`)).body.status, 'ACCEPTED');
  }
  assert.equal(
    (await anchor.json(account, 'GET', '/customer')).body.id,
    undefined,
    'the account itself is not one of them',
  );
});

test('[ruling.3] [sep12.get.memo-type] memos of the same characters and different types are different customers', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const digits = '1234567890123456789';
  const hash = Buffer.from(digits.padEnd(32)).toString('base64');
  const memos = [
    { memo: digits },
    { memo: digits, memo_type: 'text' },
    { memo: hash, memo_type: 'hash' },
    { memo: hash.slice(0, 28), memo_type: 'text' },
  ];
  const puts = await Promise.all(memos.map((memo) => anchor.json(account, 'PUT', '/customer', memo)));
  assert.equal(new Set(puts.map((put) => put.body.id)).size, memos.length);
  const byType = await anchor.json(account, 'PUT', '/customer', { memo: digits, memo_type: 'id' });
  assert.equal(byType.body.id, puts[0]?.body.id, 'id is the default type');
});

test('[ruling.3] [sep12.get.memo-type] a hash memo whose plus became a space on its way is still that memo', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const memo = Buffer.alloc(32, 0xfb).toString('base64');
  const put = await anchor.json(account, 'PUT', '/customer', { memo, memo_type: 'hash' });
  const got = await anchor.json(account, 'GET', `/customer?memo=${memo}&memo_type=hash`);
  assert.ok(memo.includes('+'));
  assert.equal(got.body.id, put.body.id);
});

test('[ruling.3] [sep12.get.400] a memo that does not fit its type is 400 and says what fits', async () => {
  await using anchor = await openTestAnchor();
  const misfits = [
    [{ memo: '18446744073709551616' }, /'memo' is invalid: expected an unsigned 64-bit number/],
    [{ memo: 'ü'.repeat(15), memo_type: 'text' }, /'memo' is invalid: expected 1 to 28 bytes/],
    [{ memo: randomBytes(31).toString('base64'), memo_type: 'hash' }, /'memo' is invalid: expected base64 of 32 bytes/],
    [{ memo: randomBytes(32).toString('hex'), memo_type: 'hash' }, /'memo' is invalid: expected base64 of 32 bytes/],
    [{ memo: '7', memo_type: 'ID' }, /'memo_type' is invalid: expected one of 'id', 'text', 'hash'/],
    [{ memo_type: 'id' }, /'memo_type' is invalid: expected together with 'memo'/],
  ] as const;
  for (const [params, message] of misfits) {
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', params);
    assert.equal(put.status, 400, JSON.stringify(params));
    assert.match(put.body.error, message);
  }
});

test('[ruling.4] [sep12.auth.contract-memo] a contract account registers, and any memo beside it is 400', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomContract();
  const put = await anchor.json(sub, 'PUT', '/customer', { account: sub, ...person });
  assert.equal(put.status, 202);
  for (const memo of ['0', '7', 'x']) {
    assert.equal((await anchor.json(sub, 'GET', `/customer?memo=${memo}`)).status, 400, memo);
    assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`, { memo })).status, 400, memo);
  }
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.id, put.body.id, 'a refused DELETE deletes nothing');
});

test('[ruling.5] [sep12.auth.account-match] the account may be named in either spelling, and another one is 403', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const muxed = muxedAddress(account, '7');
  const { id } = (await anchor.json(muxed, 'PUT', '/customer', person)).body;
  for (const sub of [`${account}:7`, muxed, account]) {
    assert.equal((await anchor.json(sub, 'GET', `/customer?account=${muxed}`)).body.id, id, `${sub} by M…`);
    assert.equal((await anchor.json(sub, 'GET', `/customer?account=${account}&memo=7`)).body.id, id, `${sub} by G…`);
    for (const other of [
      randomAccount(),
      randomContract(),
      muxedAddress(randomAccount(), '7'),
      account.toLowerCase(),
    ]) {
      const got = await anchor.json(sub, 'GET', `/customer?account=${other}`);
      assert.equal(got.status, 403);
      assert.deepEqual(got.body, { error: "'account' is not the account that is signed in" });
    }
  }
});

test('[ruling.5] [sep12.delete.owner] DELETE of another account or user is 404 and deletes nothing', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const { id } = (await anchor.json(`${account}:7`, 'PUT', '/customer', person)).body;
  const never = await anchor.json(randomAccount(), 'DELETE', `/customer/${randomAccount()}`);
  assert.equal(never.status, 404);
  for (const [sub, body] of [
    [randomAccount(), { memo: '7' }],
    [randomAccount(), undefined],
    [`${account}:8`, { memo: '7' }],
    [muxedAddress(account, '8'), undefined],
  ] as const) {
    const refused = await anchor.json(sub, 'DELETE', `/customer/${account}`, body);
    assert.equal(refused.status, 404);
    assert.deepEqual(refused.body, never.body, 'told as of an account nobody has heard of');
  }
  assert.equal((await anchor.json(`${account}:7`, 'GET', '/customer')).body.id, id, 'its owner still finds it');
});

test('[ruling.6] an id is no account: DELETE by id is 404, its own included', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', person)).body;
  for (const name of [id, randomUUID()])
    assert.equal((await anchor.json(sub, 'DELETE', `/customer/${name}`)).status, 404);
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.id, id);
});

test('[ruling.6] [sep12.get.id] an id with an agreeing memo is accepted, with a contradicting one 400', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const { id } = (await anchor.json(account, 'PUT', '/customer', { memo: '7', ...person })).body;
  assert.equal((await anchor.json(account, 'GET', `/customer?id=${id}&memo=7&account=${account}`)).status, 200);
  const put = await anchor.json(account, 'PUT', '/customer', { id, memo: '8', first_name: 'Eve' });
  assert.equal(put.status, 400);
  assert.match(put.body.error, /^'id' is invalid: it is not the customer of the 'memo'/);
  assert.equal(versionOf(anchor, id), 1, 'nothing was changed');
  assert.equal(rowsIn(anchor, 'customers'), 1, 'nobody was created');
});

test("[ruling.7] by default an account's own customer and those of its users live side by side", async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const own = await anchor.json(account, 'PUT', '/customer', person);
  const user = await anchor.json(`${account}:7`, 'PUT', '/customer', person);
  assert.deepEqual([own.status, user.status], [202, 202]);
  assert.notEqual(own.body.id, user.body.id);
  assert.equal((await anchor.json(account, 'DELETE', `/customer/${account}`)).status, 200);
  assert.equal(
    (await anchor.json(`${account}:7`, 'GET', '/customer')).body.id,
    user.body.id,
    'deleting one keeps the other',
  );
});
