import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import { randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { openSep6 } from './world.ts';

/** Somebody who has signed in. */
interface Token {
  /** Whose transfers these are: of tokens with the same one they are the same. */
  readonly owner: string;
  readonly account: string;
  readonly sub: string;
}

/** A muxed account is its account with a memo: both tokens of that user are one subject. */
function tokensOf(account: string): Token[] {
  return [
    { owner: account, account, sub: account },
    { owner: `${account}:1`, account, sub: `${account}:1` },
    { owner: `${account}:9`, account, sub: `${account}:9` },
    { owner: `${account}:9`, account, sub: muxedAddress(account, '9') },
  ];
}

interface Made extends Token {
  readonly id: string;
  readonly stellarTransactionId: string;
  readonly externalTransactionId: string;
}

async function assertReach({ json }: TestAnchor, { sub, owner }: Token, transfer: Made, never: object): Promise<void> {
  const isOwn = transfer.owner === owner;
  const name = `${sub} and the transfer of ${transfer.sub}`;
  const { id, stellarTransactionId, externalTransactionId } = transfer;
  const references = {
    id,
    stellar_transaction_id: stellarTransactionId,
    external_transaction_id: externalTransactionId,
  };
  for (const [by, value] of Object.entries(references)) {
    const reply = await json(sub, 'GET', `/sep6/transaction?${by}=${value}`);
    assert.equal(reply.status, isOwn ? 200 : 404, name);
    assert.deepEqual(isOwn ? reply.body.transaction.id : reply.body, isOwn ? id : never, name);
  }
  const patched = await json(sub, 'PATCH', `/sep6/transactions/${id}`, { transaction: {} });
  assert.equal(patched.status, isOwn ? 400 : 404, name);
  const paged = await json(sub, 'GET', `/sep6/transactions?asset_code=EURC&paging_id=${id}`);
  if (!isOwn) assert.deepEqual(paged.body, { transactions: [] }, name);
}

test('[sep6.get.404] [sep6.history.memo] [sep6.patch.404] transfers are reached by exactly the account and memo that asked for them; all others are as what never was', async () => {
  await using world = await openSep6();
  const { anchor } = world;
  const tokens = [...tokensOf(randomAccount()), ...tokensOf(randomAccount())];
  const made: Made[] = [];
  for (const [n, token] of tokens.entries()) {
    const query = new URLSearchParams({ asset_code: 'EURC', account: token.account });
    const { status, body } = await anchor.json(token.sub, 'GET', `/sep6/deposit?${query}`);
    assert.equal(status, 200);
    const references = { stellarTransactionId: `${n}`.repeat(64), externalTransactionId: `bank-${n}` };
    made.push({ ...token, id: body.id, ...references });
    await anchor.anchor.payments?.update(body.id, references);
  }
  const never = await anchor.json(tokens[0]?.sub, 'GET', '/sep6/transaction?id=never');
  assert.equal(never.status, 404);
  for (const token of tokens) {
    for (const transfer of made) await assertReach(anchor, token, transfer, never.body);
    const { sub, owner, account } = token;
    const { body } = await anchor.json(sub, 'GET', `/sep6/transactions?asset_code=EURC&account=${account}`);
    const own = made.filter((transfer) => transfer.owner === owner).map(({ id }) => id);
    assert.deepEqual(body.transactions.map(({ id }: { id: string }) => id).sort(), own.sort(), sub);
  }
});

test('[sep6.history.account] an account that is not the one that is signed in is refused', async () => {
  await using world = await openSep6();
  const { anchor } = world;
  const [account, other] = [randomAccount(), randomAccount()];
  const statusOf = async (sub: string, named: string): Promise<number> =>
    (await anchor.json(sub, 'GET', `/sep6/transactions?asset_code=USDC&account=${named}`)).status;
  assert.equal(await statusOf(account, account), 200);
  assert.equal(await statusOf(account, other), 403);
  assert.equal(await statusOf(account, 'nobody'), 403);
  assert.equal(await statusOf(account, muxedAddress(account, '9')), 403);
  assert.equal(await statusOf(`${account}:9`, muxedAddress(account, '9')), 200);
  assert.equal(await statusOf(`${account}:9`, account), 200);
  assert.equal(await statusOf(`${account}:8`, muxedAddress(account, '9')), 403);
});

test('[sep6.deposit.customer-id] a customer is named by an id of the subject’s own reach', async () => {
  await using world = await openSep6();
  const { anchor } = world;
  const [account, other] = [randomAccount(), randomAccount()];
  const data = { type: 'sep6-deposit', first_name: 'Ada', last_name: 'Lovelace' };
  const { id } = (await anchor.json(account, 'PUT', '/customer', { ...data, memo: '7' })).body;
  const ask = async (sub: string): Promise<readonly [number, string | undefined]> => {
    const path = `/sep6/deposit?asset_code=EURC&account=${account}&customer_id=${id}`;
    const { status, body } = await anchor.json(sub, 'GET', path);
    return [status, body.error ?? body.how];
  };
  const refused = [400, "'customer_id' is invalid: expected the id of a customer of yours"];
  assert.deepEqual(await ask(account), [200, 'Pay into 137']);
  assert.deepEqual(await ask(`${account}:7`), [200, 'Pay into 137']);
  assert.deepEqual(await ask(`${account}:8`), refused);
  assert.deepEqual(await ask(other), refused);
});
