import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProgramDefinition } from '../../../src/kyc/program.ts';
import { randomAccount } from '../../support/test-anchor.ts';
import { codeOf, hit, openReviewWorld, operators, type ReviewWorld, type TestWallet } from './review-world.ts';

const { rob, rita, lea, liz, ada, abe } = operators;
const accept = { act: 'accept', type: 'basic' };

/** Someone with a screening hit, and a proposal of rob's to accept them. */
async function proposed(world: ReviewWorld): Promise<{ id: string; wallet: TestWallet; proposal: string }> {
  world.says.screening = hit;
  const { id, wallet } = await world.customer();
  const { outcome, proposal, approver } = await world.act(rob, id, accept);
  assert.deepEqual([outcome, approver], ['proposed', 'lead']);
  return { id, wallet, proposal: proposal ?? '' };
}

const approve = { approve: true };

test('[review.four-eyes] what a check of four eyes found is cleared by two: nothing happens before the second', async () => {
  await using world = await openReviewWorld();
  const { id, wallet, proposal } = await proposed(world);
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'PROCESSING');
  const { outcome } = await world.desk.settle(lea, proposal, approve);
  assert.equal(outcome, 'done');
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'ACCEPTED');
  const { acts } = await world.desk.show(rob, id, 'en');
  assert.deepEqual(
    acts.map(({ act, operator, proposedBy }) => [act, operator, proposedBy]),
    [['accept', 'lea', 'rob']],
  );
  assert.equal(await codeOf(world.desk.settle(liz, proposal, approve)), 'not_found');
});

test('[review.four-eyes] nobody approves of what they proposed, under whatever spelling or role', async () => {
  await using world = await openReviewWorld();
  world.says.screening = hit;
  const { id, wallet } = await world.customer();
  const { proposal = '' } = await world.act(lea, id, accept);
  assert.equal(await codeOf(world.desk.settle(lea, proposal, approve)), 'forbidden');
  assert.equal(await codeOf(world.desk.settle({ name: 'LEA', role: 'admin' }, proposal, approve)), 'forbidden');
  assert.equal(await codeOf(world.desk.settle(rita, proposal, approve)), 'forbidden');
  const { proposal: second = '' } = await world.act(lea, id, accept);
  for (const one of [proposal, second]) assert.equal(await codeOf(world.desk.settle(lea, one, approve)), 'forbidden');
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'PROCESSING');
});

test('[review.four-eyes] an approval is of the customer as they were when it was proposed', async () => {
  await using world = await openReviewWorld();
  const changes: ((id: string, wallet: TestWallet) => Promise<unknown>)[] = [
    (_, wallet) => world.put(wallet, { last_name: 'King' }, { type: 'basic' }),
    (_, wallet) => world.put(wallet, { city: 'London' }, { type: 'basic' }),
    (id) => world.act(rita, id, { act: 'set-risk', risk: 'high' }),
    (id) => world.act(rita, id, { act: 'escalate' }),
  ];
  for (const change of changes) {
    const { id, wallet, proposal } = await proposed(world);
    await change(id, wallet);
    assert.equal(await codeOf(world.desk.settle(lea, proposal, approve)), 'stale');
    assert.equal((await world.get(wallet, { type: 'basic' })).status, 'PROCESSING');
    assert.ok((await world.desk.proposals(lea)).every((waiting) => waiting.id !== proposal));
  }
});

test('[review.four-eyes] of two approvals at once, or an approval and a withdrawal, one counts', async () => {
  await using world = await openReviewWorld();
  for (let round = 0; round < 5; round++) {
    const { proposal } = await proposed(world);
    const outcomes = await Promise.all([
      codeOf(world.desk.settle(lea, proposal, approve)),
      codeOf(world.desk.settle(liz, proposal, approve)),
    ]);
    assert.equal(outcomes.filter((code) => code === 'done').length, 1, outcomes.join());
    const other = await proposed(world);
    const [approved, withdrawn] = await Promise.all([
      codeOf(world.desk.settle(lea, other.proposal, approve)),
      codeOf(world.desk.settle(rob, other.proposal, { approve: false })),
    ]);
    const { status } = await world.get(other.wallet, { type: 'basic' });
    assert.equal(status, approved === 'done' ? 'ACCEPTED' : 'PROCESSING');
    assert.ok(approved === 'done' || withdrawn === 'done');
  }
});

test('[review.four-eyes] a proposal is withdrawn by whoever made it, or a lead', async () => {
  await using world = await openReviewWorld();
  const { proposal } = await proposed(world);
  assert.equal(await codeOf(world.desk.settle(rita, proposal, { approve: false })), 'forbidden');
  assert.equal(await codeOf(world.desk.settle(rob, proposal, { approve: false })), 'done');
  assert.equal(await codeOf(world.desk.settle(lea, proposal, approve)), 'not_found');
});

test('[review.four-eyes] neither accepting a field nor reopening gets one reviewer around the second', async () => {
  await using world = await openReviewWorld();
  world.says.screening = { outcome: 'fail', reason: 'name-mismatch', fields: ['given_name'] };
  const failed = await world.customer(undefined, 'quick');
  const field = { act: 'accept-field', type: 'quick', fields: ['first_name'] };
  assert.equal((await world.act(rob, failed.id, field)).outcome, 'proposed');
  world.says.screening = hit;
  const { id } = await world.customer(undefined, 'quick');
  assert.equal((await world.act(rob, id, field)).outcome, 'done');
  assert.equal((await world.act(rob, id, { act: 'accept', type: 'quick' })).outcome, 'proposed');
  await world.act(rob, id, { act: 'reject', type: 'quick', reason: 'not-eligible' });
  const { proposal = '' } = await world.act(rob, id, { act: 'reopen', type: 'quick' });
  await world.desk.settle(lea, proposal, approve);
  assert.equal((await world.act(rob, id, { act: 'accept', type: 'quick' })).outcome, 'proposed');
});

/** `basic` is screened while a rule holds, `other` always. */
const ruled: ProgramDefinition = {
  types: {
    basic: { decision: 'review', fields: { first_name: {}, city: { optional: true } } },
    other: { decision: 'automatic', fields: { first_name: {} }, checks: ['screening', 'names'] },
  },
  rules: { looked: { when: { field: 'city', is: 'Paris' }, types: ['basic'], checks: ['screening', 'names'] } },
  checks: { screening: { use: 'screening' }, names: { use: 'names' } },
};

test('[review.four-eyes] what a check of a rule found takes two whether the rule holds or not', async () => {
  await using world = await openReviewWorld(ruled);
  world.says.screening = hit;
  const { id, wallet } = await world.customer({ first_name: 'Ada' });
  await world.put(wallet, {}, { type: 'other' });
  await world.runChecks();
  assert.equal((await world.act(rob, id, accept)).outcome, 'proposed');
});

test('[review.accept] a word on what is asked for now does not cover what a rule asks for later', async () => {
  await using world = await openReviewWorld(ruled);
  world.says.names = { outcome: 'review', reason: 'duplicate', finding: 'twin' };
  const { id, wallet } = await world.customer({ first_name: 'Ada' });
  await world.put(wallet, {}, { type: 'other' });
  await world.runChecks();
  assert.equal((await world.act(rob, id, accept)).outcome, 'done');
  await world.put(wallet, { city: 'Paris' }, { type: 'basic' });
  await world.runChecks();
  const { standings } = await world.desk.show(rob, id, 'en');
  assert.equal(standings.find(({ type }) => type === 'basic')?.reason, 'duplicate');
});

test('[review.four-eyes] a clearance holds for the same finding, and not for another one', async () => {
  await using world = await openReviewWorld();
  const { id, wallet, proposal } = await proposed(world);
  await world.desk.settle(lea, proposal, approve);
  world.says.screening = { outcome: 'review', reason: 'screening-hit', finding: 'list:2' };
  await world.put(wallet, { last_name: 'King' }, { type: 'basic' });
  await world.runChecks();
  assert.equal((await world.act(rob, id, accept)).outcome, 'proposed');
});

test('[review.reopen] a final rejection is reopened by two, and a person accepts then, whatever the type', async () => {
  await using world = await openReviewWorld();
  world.says.screening = { outcome: 'fail', reason: 'sanctions', final: true };
  const { id, wallet } = await world.customer(undefined, 'quick');
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'REJECTED');
  const reopen = { act: 'reopen', type: 'quick' };
  assert.equal((await world.act(rob, id, { ...reopen, preview: true })).standings?.[0]?.answer.status, 'PROCESSING');
  const { proposal = '' } = await world.act(rob, id, reopen);
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'REJECTED');
  await world.desk.settle(lea, proposal, approve);
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'PROCESSING');
  const again = await world.act(lea, id, { act: 'accept', type: 'quick' });
  assert.equal(again.outcome, 'proposed');
  await world.desk.settle(liz, again.proposal ?? '', approve);
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'ACCEPTED');
});

test('[review.reopen] what two people have reopened is not accepted by itself', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer(undefined, 'quick');
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'ACCEPTED');
  await world.act(rob, id, { act: 'reject', type: 'quick', reason: 'suspected-fraud' });
  const { proposal = '' } = await world.act(rob, id, { act: 'reopen', type: 'quick' });
  await world.desk.settle(lea, proposal, approve);
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'PROCESSING');
  await world.act(rita, id, { act: 'accept', type: 'quick' });
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'ACCEPTED');
});

test('[review.erase] an erasure takes a lead and an admin who are two; then the customer is a stranger, and the files are gone', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const photo = Buffer.from('ffd8fffe000300ffc0000b080010001001011100ffd9', 'hex');
  await world.put(wallet, {}, { type: 'basic', file: photo });
  const erase = { act: 'erase' };
  assert.equal(await codeOf(world.act(rob, id, erase)), 'forbidden');
  const { proposal = '', outcome } = await world.act(ada, id, { ...erase, note: 'asked by mail' });
  assert.equal(outcome, 'proposed');
  assert.equal(await codeOf(world.desk.settle(ada, proposal, approve)), 'forbidden');
  assert.equal(await codeOf(world.desk.settle(lea, proposal, approve)), 'forbidden');
  const [file] = await world.store.files.listFiles(id);
  await world.desk.settle(abe, proposal, approve);
  assert.equal(await codeOf(world.desk.show(abe, id, 'en')), 'customer_not_found');
  assert.equal((await world.get(wallet, { type: 'basic' })).id, undefined);
  assert.deepEqual(await world.store.findLiveFiles([file?.id ?? '']), new Set());
  assert.deepEqual(await world.desk.proposals(lea), []);
  const erased = (await world.desk.audit(lea, id, {})).lines.at(-1);
  assert.deepEqual(
    [erased?.action, erased?.actor, erased?.about],
    ['customer.erased', { kind: 'operator', id: 'abe' }, { proposedBy: 'ada' }],
    'both of them are in the line: nothing else of theirs is left',
  );
});

test('[review.erase] an erasure is of the customer as they were: what came since is not lost', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const { proposal = '' } = await world.act(lea, id, { act: 'erase' });
  await world.put(wallet, { city: 'London' }, { type: 'basic' });
  assert.equal(await codeOf(world.desk.settle(ada, proposal, approve)), 'stale');
  assert.equal(
    await world.store.deleteCustomer(id, { version: await world.version(id), proposal }).then((w) => w.outcome),
    'conflict',
  );
  assert.equal((await world.get(wallet, { type: 'basic' })).id, id);
});

test('[review.accept] whom a check blames for what the type does not ask for a person accepts, or two, where the check takes two', async () => {
  for (const [check, outcome] of [
    ['names', 'done'],
    ['screening', 'proposed'],
  ] as const) {
    await using world = await openReviewWorld();
    world.says[check] = { outcome: 'fail', reason: 'name-mismatch', fields: ['city'] };
    const { id, wallet } = await world.customer(undefined, 'quick');
    assert.equal((await world.get(wallet, { type: 'quick' })).status, 'PROCESSING');
    const accepted = await world.act(rob, id, { act: 'accept', type: 'quick' });
    assert.equal(accepted.outcome, outcome);
    if (accepted.proposal !== undefined) await world.desk.settle(lea, accepted.proposal, approve);
    assert.equal((await world.get(wallet, { type: 'quick' })).status, 'ACCEPTED');
  }
});

test('[review.four-eyes] whoever accepts a value before a check of four eyes has spoken does not get around the second', async () => {
  await using world = await openReviewWorld();
  const wallet = { account: randomAccount() };
  const id = await world.put(wallet, { first_name: 'Ada', last_name: 'Lovelace' }, { type: 'quick' });
  const field = { act: 'accept-field', type: 'quick', fields: ['first_name', 'last_name'] };
  assert.equal((await world.act(rob, id, field)).outcome, 'done');
  world.says.screening = { outcome: 'fail', reason: 'name-mismatch' };
  await world.runChecks();
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'NEEDS_INFO');
  assert.equal((await world.act(rob, id, field)).outcome, 'proposed');
});
