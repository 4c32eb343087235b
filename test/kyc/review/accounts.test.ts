import assert from 'node:assert/strict';
import { test } from 'node:test';
import { muxedAddress } from '../../../src/stellar/address.ts';
import { randomAccount, randomContract } from '../../support/test-anchor.ts';
import { codeOf, openReviewWorld, operators } from './review-world.ts';

const { rob, lea } = operators;

test('[review.link] a linked account reaches the same customer, an unlinked one is a stranger, and who did it is kept', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const other = { account: randomAccount(), memo: { type: 'id', value: '7' } } as const;
  assert.equal((await world.get(other, { type: 'basic' })).id, undefined);
  await world.act(lea, id, { act: 'link', account: other.account, memo: '7' });
  assert.deepEqual(await world.get(other, { type: 'basic' }), await world.get(wallet, { type: 'basic' }));
  assert.equal(await world.put(other, { city: 'London' }, { type: 'basic' }), id);
  assert.equal(await codeOf(world.get({ account: other.account }, { id, type: 'basic' })), 'done');
  await world.act(lea, id, { act: 'unlink', account: other.account, memo: '7', memoType: 'id' });
  assert.equal((await world.get(other, { type: 'basic' })).id, undefined);
  assert.equal(await codeOf(world.get(other, { id, type: 'basic' })), 'customer_not_found');
  const { acts } = await world.desk.show(rob, id, 'en');
  assert.deepEqual(
    acts.map(({ act, operator }) => [act, operator]),
    [
      ['link', 'lea'],
      ['unlink', 'lea'],
    ],
  );
});

test('[review.link] the last identity stays, another customer keeps theirs, and a wrong one is named', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const other = await world.customer();
  const link = (body: Record<string, unknown>, act = 'link'): Promise<string> =>
    codeOf(world.act(lea, id, { act, ...body }));
  assert.equal(await link({ account: wallet.account }, 'unlink'), 'not_possible');
  assert.equal(await link({ account: other.wallet.account }), 'not_possible');
  assert.equal(await link({ account: other.wallet.account }, 'unlink'), 'not_possible');
  assert.equal(await link({ account: wallet.account }), 'not_possible');
  for (const body of [
    { account: 'GABC' },
    { account: randomContract(), memo: '1' },
    { account: muxedAddress(randomAccount(), '1'), memo: '1' },
    { account: randomAccount(), memo: '007' },
    { account: randomAccount(), memo: '1', memoType: 'word' },
  ])
    assert.equal(await link(body), 'invalid_field', JSON.stringify(Object.keys(body)));
  for (const account of [randomContract(), muxedAddress(randomAccount(), '12')])
    assert.equal(await link({ account }), 'done');
  assert.equal((await world.store.accounts.listIdentities(id)).length, 3);
});

test('[review.link] a version that was not looked at links nothing, and of two unlinkings at once one identity stays', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const account = randomAccount();
  assert.equal(await codeOf(world.act(lea, id, { act: 'link', account, version: 99 })), 'stale');
  await world.act(lea, id, { act: 'link', account });
  await Promise.all(
    [wallet.account, account].map((one) => codeOf(world.act(lea, id, { act: 'unlink', account: one }))),
  );
  assert.equal((await world.store.accounts.listIdentities(id)).length, 1);
});

test('[review.link] a wallet whose account is taken from a customer is told nothing more of them: its callback goes, those of others stay', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const account = randomAccount();
  const set = (setter: string): Promise<void> =>
    world.builtIn.integration.callback(
      { account: setter, lang: 'en', url: 'https://wallet.example/' },
      { subject: { sub: setter, account: setter }, requestId: 'test' },
    );
  const isKept = async (setter: string): Promise<boolean> =>
    (await world.store.callbacks.findCallback(id, { account: setter, knownAs: id })) !== undefined;
  await world.act(lea, id, { act: 'link', account });
  await set(wallet.account);
  await set(account);
  assert.deepEqual([await isKept(wallet.account), await isKept(account)], [true, true]);
  await world.act(lea, id, { act: 'unlink', account });
  assert.deepEqual([await isKept(wallet.account), await isKept(account)], [true, false]);
  assert.equal(await codeOf(set(account)), 'customer_not_found');
});

test('[review.link] an account that somebody rejected went by washes nobody: it is linked to no other customer', async () => {
  await using world = await openReviewWorld();
  const { id } = await world.customer();
  for (const [reason, outcome] of [
    ['suspected-fraud', 'not_possible'],
    ['not-eligible', 'done'],
  ] as const) {
    const gone = await world.customer();
    await world.act(rob, gone.id, { act: 'reject', reason });
    await world.builtIn.integration.delete({ account: gone.wallet.account });
    assert.equal(await codeOf(world.act(lea, id, { act: 'link', account: gone.wallet.account })), outcome, reason);
  }
});
