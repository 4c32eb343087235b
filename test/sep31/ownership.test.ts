import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../src/stellar/address.ts';
import type { TestAnchor } from '../support/test-anchor.ts';
import { openSep31, receiverData, senderData } from './world.ts';

/** Somebody who has signed in. */
interface Token {
  readonly account: string;
  readonly memo: string | undefined;
  readonly sub: string;
}

interface Owned {
  readonly owner: string;
  readonly id: string;
}

interface Made extends Token {
  readonly id: string;
}

const none: Owned = { owner: '', id: 'no-such-customer' };

function tokensOf(accounts: readonly string[]): Token[] {
  return accounts.flatMap((account) => [
    { account, memo: undefined, sub: account },
    { account, memo: '1', sub: `${account}:1` },
    { account, memo: '9', sub: muxedAddress(account, '9') },
  ]);
}

async function register(anchor: TestAnchor, owner: string, memo: string, role: 'sender' | 'receiver'): Promise<Owned> {
  const data = role === 'sender' ? senderData : receiverData;
  const body = { memo, memo_type: 'id', type: `sep31-${role}`, ...data };
  return { owner, id: (await anchor.json(owner, 'PUT', '/customer', body)).body.id };
}

/** What ruling 35 says of asking for a payment between the two; answers the payment where it is taken. */
async function assertPost(anchor: TestAnchor, token: Token, from: Owned, to: Owned): Promise<Made | undefined> {
  const body = { amount: 5, asset_code: 'USDC', sender_id: from.id, receiver_id: to.id };
  const reply = await anchor.json(token.sub, 'POST', '/sep31/transactions', body);
  const isOwn = from.owner === token.account && to.owner === token.account;
  const name = `${token.sub} from ${from.owner || 'nobody'} to ${to.owner || 'nobody'}`;
  assert.equal(reply.status, isOwn ? 201 : 400, name);
  if (isOwn) return { ...token, id: reply.body.id };
  const field = from.owner === token.account ? 'receiver_id' : 'sender_id';
  assert.equal(reply.body.error, `'${field}' is invalid: expected the id of a customer of yours`, name);
  return undefined;
}

/** What ruling 6 says of reaching a payment: a token with a memo reaches that memo's, a plain one all under its account. */
async function assertReach(anchor: TestAnchor, token: Token, made: Made, missing: unknown): Promise<void> {
  const isOwn = token.account === made.account && (token.memo === undefined || token.memo === made.memo);
  const name = `${token.sub} about a transaction of ${made.sub}`;
  for (const [method, path, body, good] of [
    ['GET', '', undefined, 200],
    ['PUT', '/callback', { url: 'https://anchor.example/callback' }, 204],
    ['PATCH', '', { fields: { transaction: {} } }, 400],
  ] as const) {
    const reply = await anchor.json(token.sub, method, `/sep31/transactions/${made.id}${path}`, body);
    assert.equal(reply.status, isOwn ? good : 404, `${method} ${name}`);
    if (!isOwn) assert.deepEqual(reply.body, missing, 'as what never was');
  }
  const asked = await anchor.json(token.sub, 'GET', `/customer?transaction_id=${made.id}&type=sep31-sender`);
  const reaches = token.account === made.account && (token.memo === undefined || token.memo === '1');
  assert.equal(asked.status, reaches ? 200 : 404, `GET /customer ${name}`);
}

test('[sep31.post.foreign] [sep31.get.404] [ruling.35] customers and transactions of another anchor are refused in every combination, as what never was', async () => {
  await using world = await openSep31();
  const { anchor, sender, other } = world;
  const accounts = [sender.account, other.account];
  const senders = [none, ...(await Promise.all(accounts.map((owner) => register(anchor, owner, '1', 'sender'))))];
  const receivers = [none, ...(await Promise.all(accounts.map((owner) => register(anchor, owner, '2', 'receiver'))))];
  const tokens = tokensOf(accounts);
  const asked = tokens.flatMap((token) => senders.flatMap((from) => receivers.map((to) => [token, from, to] as const)));
  const answered: (Made | undefined)[] = [];
  for (const [token, from, to] of asked) answered.push(await assertPost(anchor, token, from, to));
  const made = answered.filter((payment) => payment !== undefined);
  assert.equal(made.length, 6, 'one of nine for each of six tokens');
  const missing = await anchor.json(sender.account, 'GET', '/sep31/transactions/no-such-transaction');
  assert.equal(missing.status, 404);
  for (const token of tokens) for (const payment of made) await assertReach(anchor, token, payment, missing.body);
});
