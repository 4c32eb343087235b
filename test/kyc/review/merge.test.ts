import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomerContext } from '../../../src/sep12/integration.ts';
import { callbackName } from '../../../src/store/callback-store.ts';
import type { FileReference } from '../../../src/store/files/sealed-files.ts';
import { openVault } from '../../../src/vault/vault.ts';
import { jpegBytes, randomAccount } from '../../support/test-anchor.ts';
import { codeOf, hit, openReviewWorld, operators, type ReviewWorld, type TestWallet } from './review-world.ts';

const { rob, lea, ada, abe } = operators;

async function merge(world: ReviewWorld, from: string, into: string): Promise<void> {
  await world.act(lea, from, { act: 'merge', into, intoVersion: await world.version(into) });
}

function contextOf({ account }: TestWallet): CustomerContext {
  return { subject: { sub: account, account }, requestId: 'test' };
}

test('[review.merge] wallets of both reach the one customer, each by the id it knows, and PUT answers that id', async () => {
  await using world = await openReviewWorld();
  const [one, two] = [await world.customer(), await world.customer()];
  await merge(world, one.id, two.id);
  for (const { id, wallet } of [one, two]) {
    assert.equal(await world.put(wallet, { city: 'London' }, { type: 'basic' }), id);
    assert.equal(await world.put(wallet, { city: 'Paris' }, { type: 'basic', id }), id);
    assert.equal((await world.get(wallet, { type: 'basic' })).id, id);
    assert.equal((await world.get(wallet, { type: 'basic', id })).id, id);
  }
  const stranger = { account: randomAccount() };
  for (const { id } of [one, two])
    assert.equal(await codeOf(world.get(stranger, { type: 'basic', id })), 'customer_not_found');
  assert.equal(await codeOf(world.get(two.wallet, { type: 'basic', id: one.id })), 'customer_not_found');
  assert.equal((await world.desk.show(rob, one.id, 'en')).customerId, two.id);
});

test('[review.merge] of three that become one, the first still goes by its own id', async () => {
  await using world = await openReviewWorld();
  const [one, two, three] = [await world.customer(), await world.customer(), await world.customer()];
  await merge(world, one.id, two.id);
  await merge(world, two.id, three.id);
  for (const { id, wallet } of [one, two, three]) assert.equal(await world.put(wallet, {}, { type: 'basic' }), id);
  assert.equal((await world.store.accounts.listIdentities(three.id)).length, 3);
});

test('[review.merge] values that the one lacked come along, sealed anew, files too; its own stay; what is left over is gone', async () => {
  await using world = await openReviewWorld();
  const one = await world.customer({ first_name: 'Ada', last_name: 'Lovelace', city: 'London' });
  const bytes = jpegBytes();
  await world.put(one.wallet, {}, { type: 'basic', file: bytes });
  const two = await world.customer({ first_name: 'Augusta' });
  await merge(world, one.id, two.id);
  const { fields } = await world.desk.show(rob, two.id, 'en');
  const values = Object.fromEntries(Object.entries(fields).map(([key, { value }]) => [key, value]));
  const photo = { contentType: 'image/jpeg', sizeBytes: bytes.length };
  assert.deepEqual(values, { given_name: 'Augusta', family_name: 'Lovelace', city: 'London', photo_id_front: photo });
  assert.equal(await world.store.findCustomerById(one.id), undefined);
  const files = await world.store.files.listFiles(two.id);
  assert.deepEqual(
    files.map(({ field }) => field),
    ['photo_id_front'],
  );
  const record = await world.store.findCustomerById(two.id);
  assert.ok(record);
  const vault = await openVault(world.builtIn.parts.keyRing, two.id, record.wrappedKey);
  const sealed = (await world.store.listValues(two.id, record.version))?.find(
    ({ field }) => field === 'photo_id_front',
  );
  const reference = JSON.parse(vault.open('photo_id_front', sealed?.sealed ?? Buffer.alloc(0))) as FileReference;
  const read: Uint8Array[] = [];
  for await (const chunk of world.files.open(reference)) read.push(chunk);
  assert.ok(Buffer.concat(read).equals(bytes));
  const fileId = `file_${reference.id}`;
  const { files: uploads } = world.builtIn.integration;
  for (const { id, wallet } of [one, two]) {
    const found = await uploads.find({ customerId: id }, contextOf(wallet));
    assert.deepEqual(
      found.map((file) => [file.fileId, file.customerId]),
      [[fileId, id]],
    );
  }
});

test('[review.merge] a file that the customer who stays has too is the one that stays; the other is removed', async () => {
  await using world = await openReviewWorld();
  const [one, two] = [await world.customer(), await world.customer()];
  for (const { wallet } of [one, two]) await world.put(wallet, {}, { type: 'basic', file: jpegBytes() });
  const [lost] = await world.store.files.listFiles(one.id);
  const [kept] = await world.store.files.listFiles(two.id);
  await merge(world, one.id, two.id);
  assert.deepEqual(await world.store.findLiveFiles([lost?.id ?? '', kept?.id ?? '']), new Set([kept?.id]));
});

test('[review.merge] history, findings and notes of both are read of the one, with where they came from', async () => {
  await using world = await openReviewWorld();
  world.says.screening = hit;
  const one = await world.customer();
  await world.act(rob, one.id, { act: 'note', note: 'of one' });
  await world.act(rob, one.id, { act: 'set-risk', risk: 'high' });
  const moves = (await world.store.standings.listMoves(one.id)).length;
  const two = await world.customer();
  await world.act(rob, two.id, { act: 'note', note: 'of two' });
  await merge(world, one.id, two.id);
  const shown = await world.desk.show(rob, two.id, 'en');
  assert.deepEqual(
    shown.notes.map(({ text, origin }) => [text, origin]),
    [
      ['of one', one.id],
      ['of two', undefined],
    ],
  );
  assert.deepEqual(
    shown.evidence.map(({ found, origin }) => [found['list'], origin]).sort(),
    [
      ['ofac', one.id],
      ['ofac', undefined],
    ].sort(),
  );
  assert.equal(shown.history.filter(({ origin }) => origin === one.id).length, moves);
  assert.deepEqual(
    shown.acts.map(({ act, origin }) => [act, origin]),
    [
      ['set-risk', one.id],
      ['merge', undefined],
    ],
  );
  assert.ok(shown.standings.every(({ risk }) => risk === 'high'));
});

test('[review.merge] whom one is accepted and the other rejected for good is not merged, either way around', async () => {
  await using world = await openReviewWorld();
  const [one, two] = [await world.customer(), await world.customer()];
  await world.act(rob, one.id, { act: 'accept', type: 'basic' });
  await world.act(rob, two.id, { act: 'reject', reason: 'suspected-fraud' });
  for (const [from, into] of [
    [one.id, two.id],
    [two.id, one.id],
  ] as const)
    assert.equal(await codeOf(merge(world, from, into)), 'not_possible');
  assert.equal(await codeOf(merge(world, one.id, one.id)), 'not_possible');
  assert.equal((await world.get(one.wallet, { type: 'basic' })).status, 'ACCEPTED');
});

test('[review.merge] a rejection for good is not washed off by merging, nor are refusals, nor what a person said of a value', async () => {
  await using world = await openReviewWorld();
  const [one, two] = [await world.customer(), await world.customer()];
  await world.act(rob, one.id, { act: 'reject', type: 'basic', reason: 'suspected-fraud' });
  await merge(world, one.id, two.id);
  assert.equal((await world.get(two.wallet, { type: 'basic' })).status, 'REJECTED');

  world.says.screening = { outcome: 'fail', reason: 'sanctions', final: true };
  const found = await world.customer(undefined, 'quick');
  world.says.screening = { outcome: 'pass' };
  const clean = await world.customer({ first_name: 'Ada' });
  await merge(world, found.id, clean.id);
  for (const type of ['basic', 'quick'])
    assert.equal((await world.get(clean.wallet, { type })).status, 'REJECTED', type);

  const refused = await world.customer({ first_name: 'Ada', last_name: 'L', city: 'A' });
  const ask = { act: 'ask-again', type: 'basic', fields: ['city'] };
  await world.act(rob, refused.id, ask);
  await world.put(refused.wallet, { city: 'B' }, { type: 'basic' });
  await world.act(rob, refused.id, ask);
  const other = await world.customer();
  await merge(world, refused.id, other.id);
  assert.equal((await world.get(other.wallet, { type: 'basic' })).providedFields?.['city']?.status, 'REJECTED');
  await world.put(other.wallet, { city: 'C' }, { type: 'basic' });
  await world.act(rob, other.id, ask);
  assert.equal((await world.get(other.wallet, { type: 'basic' })).status, 'REJECTED');
});

test('[review.merge] what two people must look at is looked at again, and what two have passed over does not reject anew', async () => {
  await using world = await openReviewWorld();
  world.says.screening = hit;
  const one = await world.customer();
  world.says.screening = { outcome: 'pass' };
  const two = await world.customer();
  await world.act(rob, two.id, { act: 'accept', type: 'basic' });
  await merge(world, one.id, two.id);
  assert.equal((await world.get(two.wallet, { type: 'basic' })).status, 'PROCESSING');
  assert.equal((await world.act(rob, two.id, { act: 'accept', type: 'basic' })).outcome, 'proposed');

  world.says.screening = { outcome: 'fail', reason: 'sanctions', final: true };
  const pardoned = await world.customer(undefined, 'quick');
  world.says.screening = { outcome: 'pass' };
  for (const act of ['reopen', 'accept']) {
    const { proposal = '' } = await world.act(rob, pardoned.id, { act, type: 'quick' });
    await world.desk.settle(ada, proposal, { approve: true });
  }
  assert.equal((await world.get(pardoned.wallet, { type: 'quick' })).status, 'ACCEPTED');
  const other = await world.customer(undefined, 'quick');
  await merge(world, pardoned.id, other.id);
  assert.equal((await world.get(other.wallet, { type: 'quick' })).status, 'PROCESSING');
});

test('[review.merge] an acceptance does not come along: the customer who stays is judged by what they have', async () => {
  await using world = await openReviewWorld();
  const one = await world.customer();
  await world.act(rob, one.id, { act: 'accept', type: 'basic' });
  const two = await world.customer({ first_name: 'Ada' }, 'quick');
  await merge(world, one.id, two.id);
  await world.runChecks();
  assert.equal((await world.get(one.wallet, { type: 'basic' })).status, 'PROCESSING');
  const { items } = await world.desk.queue(rob, {});
  assert.deepEqual(
    items.map(({ customerId, type }) => [customerId, type]),
    [[two.id, 'basic']],
  );
});

test('[review.merge] the callbacks of both go on, each wallet is told of the id it knows, and sets its own alone from then on', async () => {
  await using world = await openReviewWorld();
  const { integration, parts } = world.builtIn;
  const set = (wallet: TestWallet, url: string): Promise<void> =>
    integration.callback({ account: wallet.account, lang: 'en', url }, contextOf(wallet));
  const [one, two, three] = [await world.customer(), await world.customer(), await world.customer()];
  await set(one.wallet, 'https://one.example/');
  await set(two.wallet, 'https://two.example/');
  const opened = async (id: string): Promise<Record<string, string>> => {
    const record = (await world.store.findCustomerById(id)) ?? assert.fail();
    const vault = await openVault(parts.keyRing, id, record.wrappedKey);
    const kept = await world.store.callbacks.listCallbacks(id);
    return Object.fromEntries(
      kept.map((one) => [one.knownAs, vault.open(callbackName(id, one.id), one.sealedUrl)] as const),
    );
  };
  await merge(world, one.id, two.id);
  assert.deepEqual(await opened(two.id), { [one.id]: 'https://one.example/', [two.id]: 'https://two.example/' });
  await set(one.wallet, 'https://one.example/anew');
  await merge(world, two.id, three.id);
  const expected = { [one.id]: 'https://one.example/anew', [two.id]: 'https://two.example/' };
  assert.deepEqual(await opened(three.id), expected);
  await set(three.wallet, 'https://three.example/');
  await set(two.wallet, 'https://two.example/anew');
  assert.deepEqual(await opened(three.id), {
    ...{ [one.id]: 'https://one.example/anew', [two.id]: 'https://two.example/anew' },
    [three.id]: 'https://three.example/',
  });
  for (const { id, wallet } of [one, two, three]) {
    const told = await integration.describe(three.id, 'basic', id);
    assert.deepEqual(told, await world.get(wallet, { type: 'basic' }));
  }
});

test('[review.merge] of two customers of one plain account its wallet goes on being told of either', async () => {
  await using world = await openReviewWorld();
  const account = randomAccount();
  const context = contextOf({ account });
  const { integration } = world.builtIn;
  const ids: string[] = [];
  for (const memo of ['7', '8']) {
    const wallet = { account, memo: { type: 'id', value: memo } } as const;
    ids.push(await world.put(wallet, { first_name: 'Ada', last_name: 'Lovelace', city: 'London' }, { type: 'basic' }));
    const url = `https://wallet.example/${memo}`;
    await integration.callback({ account, memo, memoType: 'id', lang: 'en', url }, context);
  }
  const [from = '', into = ''] = ids;
  await merge(world, from, into);
  const knownIds = async (): Promise<readonly string[]> =>
    (await world.store.callbacks.listCallbacks(into)).map(({ knownAs }) => knownAs).sort();
  assert.deepEqual(await knownIds(), ids.toSorted());
  await integration.callback({ account, id: from, lang: 'en', url: 'https://wallet.example/' }, context);
  assert.deepEqual(await knownIds(), ids.toSorted());
});

test('[review.merge] a merge of what has changed since, or changes meanwhile, is refused and changes nothing', async () => {
  await using world = await openReviewWorld();
  const [one, two] = [await world.customer(), await world.customer()];
  const [version, intoVersion] = [await world.version(one.id), await world.version(two.id)];
  const body = { act: 'merge', version, into: two.id, intoVersion };
  assert.equal(await codeOf(world.act(lea, one.id, { ...body, version: version + 1 })), 'stale');
  assert.equal(await codeOf(world.act(lea, one.id, { ...body, intoVersion: intoVersion + 1 })), 'stale');
  const outcomes = await Promise.all([
    codeOf(world.act(lea, one.id, body)),
    codeOf(world.act(lea, one.id, { ...body })),
    codeOf(world.act(lea, two.id, { act: 'merge', version: intoVersion, into: one.id, intoVersion: version })),
  ]);
  assert.equal(outcomes.filter((code) => code === 'done').length, 1, outcomes.join());
  const { id } = await world.customer();
  assert.equal(
    await codeOf(world.act(lea, id, { act: 'merge', into: 'nobody', intoVersion: 1 })),
    'customer_not_found',
  );
});

test('[review.merge] a note or a callback that comes while the merge is computed is not lost', async () => {
  await using world = await openReviewWorld();
  const { store } = world;
  const { listCallbacks } = store.callbacks;
  const [one, two] = [await world.customer(), await world.customer()];
  const late = async (id: string): Promise<void> => {
    await world.act(rob, id, { act: 'note', note: 'late' });
  };
  store.callbacks.listCallbacks = async (id) => {
    store.callbacks.listCallbacks = listCallbacks;
    await late(one.id);
    return listCallbacks.call(store.callbacks, id);
  };
  assert.equal(await codeOf(merge(world, one.id, two.id)), 'stale');
  await merge(world, one.id, two.id);
  assert.deepEqual(
    (await world.desk.show(rob, two.id, 'en')).notes.map(({ text }) => text),
    ['late'],
  );
});

test('[review.merge] erasing the one customer makes strangers of all their wallets, by whatever id', async () => {
  await using world = await openReviewWorld();
  const [one, two] = [await world.customer(), await world.customer()];
  await merge(world, one.id, two.id);
  const { proposal = '' } = await world.act(ada, two.id, { act: 'erase' });
  await world.desk.settle(abe, proposal, { approve: true });
  for (const { id, wallet } of [one, two]) {
    assert.equal((await world.get(wallet, { type: 'basic' })).id, undefined);
    assert.equal(await codeOf(world.get(wallet, { type: 'basic', id })), 'customer_not_found');
    assert.equal(await codeOf(world.desk.show(ada, id, 'en')), 'customer_not_found');
  }
});

test('[review.merge] whom people have reopened nobody accepts by merging: a person decides on the one customer', async () => {
  await using world = await openReviewWorld();
  for (const type of ['quick', 'basic']) {
    const one = await world.customer(undefined, 'quick');
    await world.act(rob, one.id, { act: 'reopen', type: 'quick' });
    assert.equal((await world.get(one.wallet, { type: 'quick' })).status, 'PROCESSING');
    const two = await world.customer(undefined, type);
    await merge(world, one.id, two.id);
    await world.runChecks();
    for (const { wallet } of [one, two])
      assert.equal((await world.get(wallet, { type: 'quick' })).status, 'PROCESSING', type);
    assert.equal((await world.act(rob, two.id, { act: 'accept', type: 'quick' })).outcome, 'done');
    assert.equal((await world.get(one.wallet, { type: 'quick' })).status, 'ACCEPTED');
  }

  world.says.screening = { outcome: 'fail', reason: 'sanctions', final: true };
  const found = await world.customer(undefined, 'quick');
  world.says.screening = { outcome: 'pass' };
  const { proposal = '' } = await world.act(rob, found.id, { act: 'reopen', type: 'quick' });
  await world.desk.settle(ada, proposal, { approve: true });
  const clean = await world.customer(undefined, 'quick');
  await world.act(rob, clean.id, { act: 'reopen', type: 'quick' });
  await world.act(rob, clean.id, { act: 'accept', type: 'quick' });
  await merge(world, found.id, clean.id);
  await world.runChecks();
  assert.equal(
    (await world.get(clean.wallet, { type: 'quick' })).status,
    'PROCESSING',
    'pardoned, and not accepted yet',
  );
});

test('[review.merge] the wallet whose callback goes on is told where its customer stands now, whatever the other wallet was told last', async () => {
  await using world = await openReviewWorld();
  const { integration } = world.builtIn;
  const { outbox, deliveries } = world.store;
  const set = (wallet: TestWallet, url: string): Promise<void> =>
    integration.callback({ account: wallet.account, lang: 'en', url }, contextOf(wallet));
  const [one, two] = [await world.customer(), await world.customer()];
  await set(two.wallet, 'https://two.example/');
  await world.act(rob, two.id, { act: 'accept', type: 'basic' });
  const [now, later] = [new Date(world.now), new Date(world.now + 60_000)];
  const [delivery, ...others] = await outbox.claim([{ target: 'two.example', limit: 9 }], now, later);
  assert.ok(delivery && others.length === 0);
  const attempt = { delivery, outcome: 'delivered', httpStatus: 200, startedAt: now, latencyMs: 1 } as const;
  const end = { next: { state: 'delivered', isFinal: true }, target: { health: 'well' } } as const;
  await outbox.settle({ ...attempt, ...end }, now);
  world.now += 1000;
  await set(one.wallet, 'https://one.example/');
  await merge(world, one.id, two.id);
  const waiting = await deliveries.list({ state: 'pending', kind: 'callback' }, 10);
  assert.deepEqual(
    waiting.map(({ target, type, customerId }) => [target, type, customerId]),
    [['one.example', 'basic', two.id]],
  );
});

test('[outbox.events] operators are told of a merge: which customer became part of which', async () => {
  await using world = await openReviewWorld();
  const [one, two] = [await world.customer(), await world.customer()];
  await merge(world, one.id, two.id);
  const { outbox } = world.store;
  await outbox.fanOut([{ id: 'ours', events: new Set(['customer.merged']) }], new Date(world.now));
  const [told, ...more] = await outbox.claim(
    [{ target: 'events/ours', limit: 9 }],
    new Date(world.now + 1000),
    new Date(world.now + 60_000),
  );
  assert.equal(more.length, 0);
  assert.ok(told?.message.kind === 'event');
  const { type, data } = JSON.parse(told.message.payload) as { type: string; data: unknown };
  assert.deepEqual([type, data], ['customer.merged', { customer_id: two.id, merged_id: one.id }]);
});
