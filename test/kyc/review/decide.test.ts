import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customerReply } from '../../../src/sep12/customer-reply.ts';
import { codeOf, openReviewWorld, operators } from './review-world.ts';

const { rob, rita, lea, vic } = operators;

test('[review.accept] a reviewer accepts whom a person must decide on: ACCEPTED with every field', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'PROCESSING');
  const { outcome, version, standings } = await world.act(rob, id, { act: 'accept', type: 'basic' });
  assert.equal(outcome, 'done');
  assert.equal(version, await world.version(id));
  const answer = await world.get(wallet, { type: 'basic' });
  assert.equal(answer.status, 'ACCEPTED');
  assert.deepEqual(standings?.find(({ type }) => type === 'basic')?.answer, answer);
});

test('[review.accept] nobody is accepted whose data is missing, whose checks are unfinished or have failed, or who is decided on', async () => {
  await using world = await openReviewWorld();
  const accept = (id: string, type = 'basic'): Promise<string> => codeOf(world.act(rob, id, { act: 'accept', type }));
  const missing = await world.customer({ first_name: 'Ada' });
  assert.equal(await accept(missing.id), 'not_possible');
  const wallet = { account: (await world.customer()).wallet.account };
  const unfinished = await world.put(wallet, { first_name: 'Grace' }, { type: 'basic' });
  assert.equal(await accept(unfinished), 'not_possible');
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'PROCESSING');
  world.says.screening = { outcome: 'fail', reason: 'wrong-format', fields: ['given_name'] };
  const failed = await world.customer();
  assert.equal(await accept(failed.id), 'not_possible');
  world.says.screening = { outcome: 'fail', reason: 'under-age', final: true };
  const rejected = await world.customer();
  assert.equal(await accept(rejected.id), 'not_possible');
  assert.equal((await world.get(rejected.wallet, { type: 'basic' })).status, 'REJECTED');
  world.says.screening = { outcome: 'pass' };
  const accepted = await world.customer();
  assert.equal(await accept(accepted.id), 'done');
  assert.equal(await accept(accepted.id), 'not_possible');
  assert.equal(await accept(accepted.id, 'quick'), 'not_possible');
});

test('[sep12.provided.rejected] [sep12.provided.error] a rejected field is asked for again with its reason in the language asked for; sent again, it is PROCESSING', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer({ first_name: 'Ada', last_name: 'Lovelace', city: 'Xyz' });
  await world.act(rob, id, {
    act: 'reject-field',
    type: 'basic',
    fields: ['city'],
    reason: 'odd-city',
    note: 'looks made up',
  });
  const answer = await world.get(wallet, { type: 'basic', lang: 'es' });
  assert.equal(answer.status, 'NEEDS_INFO');
  assert.deepEqual(Object.keys(answer.fields ?? {}), ['city', 'photo_id_front']);
  assert.equal(answer.providedFields?.['city']?.status, 'REJECTED');
  assert.equal(answer.providedFields?.['city']?.error, 'Ciudad rara');
  assert.equal((await world.get(wallet, { type: 'basic', lang: 'vi' })).providedFields?.['city']?.error, 'Odd city');
  await world.put(wallet, { city: 'London' }, { type: 'basic' });
  await world.runChecks();
  const again = await world.get(wallet, { type: 'basic' });
  assert.equal(again.status, 'PROCESSING');
  assert.equal(again.providedFields?.['city']?.status, 'PROCESSING');
  await world.act(rob, id, { act: 'accept', type: 'basic' });
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'ACCEPTED');
});

test('[review.cap] what is rejected more often than the program lets it be sent again is over', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer({ first_name: 'Ada', last_name: 'Lovelace', city: 'A' });
  const reject = { act: 'reject-field', type: 'basic', fields: ['city'], reason: 'odd-city' };
  for (const city of ['B', 'C']) {
    await world.act(rob, id, reject);
    assert.equal((await world.get(wallet, { type: 'basic' })).status, 'NEEDS_INFO');
    await world.put(wallet, { city }, { type: 'basic' });
  }
  const { standings } = await world.act(rob, id, { ...reject, preview: true });
  assert.equal(standings?.[0]?.answer.status, 'REJECTED');
  await world.act(rob, id, reject);
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'REJECTED');
  await world.put(wallet, { city: 'D' }, { type: 'basic' });
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'REJECTED');
});

test('[sep12.status.reopen] an accepted customer may be asked again, or be decided on again', async () => {
  await using world = await openReviewWorld();
  for (const type of ['basic', 'quick']) {
    const { id, wallet } = await world.customer(undefined, type);
    if (type === 'basic') await world.act(rob, id, { act: 'accept', type });
    assert.equal((await world.get(wallet, { type })).status, 'ACCEPTED');
    await world.act(rob, id, { act: 'ask-again', type, fields: ['last_name'] });
    const asked = await world.get(wallet, { type });
    assert.equal(asked.status, 'NEEDS_INFO');
    assert.ok('last_name' in (asked.fields ?? {}));
    await world.put(wallet, { last_name: 'King' }, { type });
    await world.runChecks();
    if (type === 'basic') await world.act(rob, id, { act: 'accept', type });
    assert.equal((await world.get(wallet, { type })).status, 'ACCEPTED');
    await world.act(rob, id, { act: 'reopen', type });
    assert.equal((await world.get(wallet, { type })).status, 'PROCESSING', type);
    await world.act(rob, id, { act: 'accept', type });
    assert.equal((await world.get(wallet, { type })).status, 'ACCEPTED');
  }
});

test('[review.reject] a customer is rejected for one type, or for all there are, for a reason that is final', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const reject = { act: 'reject', type: 'basic', reason: 'not-eligible' };
  assert.equal(await codeOf(world.act(rob, id, { ...reject, reason: 'document-unreadable' })), 'invalid_request');
  assert.equal(await codeOf(world.act(rob, id, { ...reject, reason: 'no-such' })), 'invalid_request');
  await world.act(rob, id, reject);
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'REJECTED');
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'PROCESSING');
  assert.equal(await codeOf(world.act(rob, id, reject)), 'not_possible');
  await world.act(rob, id, { act: 'reject', reason: 'sanctions' });
  for (const type of ['basic', 'quick', 'more', 'own'])
    assert.equal((await world.get(wallet, { type })).status, 'REJECTED');
  const { message } = await world.get(wallet, { type: 'quick' });
  assert.doesNotMatch(message ?? '', /sanction/i);
});

test('[review.field] a field is rejected for a reason that can be mended, if it is held and asked for', async () => {
  await using world = await openReviewWorld();
  const { id } = await world.customer();
  const reject = { act: 'reject-field', type: 'basic', fields: ['first_name'], reason: 'wrong-format' };
  for (const reason of ['sanctions', 'screening-hit', 'periodic-review', 'no-such', 'toString'])
    assert.equal(await codeOf(world.act(rob, id, { ...reject, reason })), 'invalid_request', reason);
  assert.equal(await codeOf(world.act(rob, id, { ...reject, fields: ['city'] })), 'not_possible');
  assert.equal(await codeOf(world.act(rob, id, { ...reject, fields: ['pet'] })), 'not_possible');
  assert.equal(await codeOf(world.act(rob, id, { ...reject, fields: [] })), 'invalid_field');
  assert.equal(await codeOf(world.act(rob, id, reject)), 'done');
});

test("[review.field] a person's word on a value goes before a check's", async () => {
  await using world = await openReviewWorld();
  world.says.names = { outcome: 'fail', reason: 'name-mismatch', fields: ['given_name'] };
  const { id, wallet } = await world.customer(undefined, 'quick');
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'NEEDS_INFO');
  await world.act(rob, id, { act: 'accept-field', type: 'quick', fields: ['first_name'] });
  assert.equal((await world.get(wallet, { type: 'quick' })).status, 'ACCEPTED');
});

test('[review.stale] a decision on data that has changed since is refused, and nothing is written', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const version = await world.version(id);
  await world.put(wallet, { city: 'London' }, { type: 'basic' });
  for (const body of [
    { act: 'accept', type: 'basic' },
    { act: 'reject', reason: 'not-eligible' },
    { act: 'ask-again', type: 'basic', fields: ['city'] },
    { act: 'set-risk', risk: 'high' },
    { act: 'escalate' },
    { act: 'note', note: 'x' },
  ])
    assert.equal(await codeOf(world.act(lea, id, { version, ...body })), 'stale', body.act);
  assert.equal((await world.get(wallet, { type: 'basic' })).status, 'PROCESSING');
  assert.deepEqual((await world.store.reviews.findFile(id)).acts, []);
});

test('[review.stale] of two reviewers who decide at once one decides, and the other is told to look again', async () => {
  await using world = await openReviewWorld();
  for (let round = 0; round < 10; round++) {
    const { id, wallet } = await world.customer();
    const version = await world.version(id);
    const outcomes = await Promise.all([
      codeOf(world.act(rob, id, { version, act: 'accept', type: 'basic' })),
      codeOf(world.act(rita, id, { version, act: 'reject', reason: 'not-eligible' })),
    ]);
    assert.deepEqual(outcomes.toSorted(), ['done', 'stale']);
    const { status } = await world.get(wallet, { type: 'basic' });
    assert.equal(status, outcomes[0] === 'done' ? 'ACCEPTED' : 'REJECTED');
  }
});

test('[review.preview] what the customer would be answered is shown and nothing is stored', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const before = await world.get(wallet, { type: 'basic' });
  const version = await world.version(id);
  const ask = { act: 'ask-again', type: 'basic', fields: ['last_name'], lang: 'fr' };
  const { outcome, standings } = await world.act(rob, id, { ...ask, preview: true });
  assert.equal(outcome, 'preview');
  assert.equal(await world.version(id), version);
  assert.deepEqual(await world.get(wallet, { type: 'basic' }), before);
  await world.act(rob, id, ask);
  assert.deepEqual(standings?.[0]?.answer, await world.get(wallet, { type: 'basic', lang: 'fr' }));
});

test('[review.claim] a claim keeps other reviewers from deciding until it is let go of or runs out', async () => {
  await using world = await openReviewWorld();
  const { id } = await world.customer();
  const claim = { act: 'claim', type: 'basic' };
  await world.act(rob, id, claim);
  await world.act(rob, id, claim);
  assert.equal(await codeOf(world.act(rita, id, claim)), 'not_possible');
  assert.equal(await codeOf(world.act(rita, id, { act: 'accept', type: 'basic' })), 'not_possible');
  assert.equal(await codeOf(world.act(rita, id, { act: 'release', type: 'basic' })), 'not_possible');
  await world.act(rob, id, { act: 'release', type: 'basic' });
  await world.act(rita, id, claim);
  world.now += 31 * 60_000;
  await world.act(rob, id, claim);
  assert.equal((await world.store.reviews.findFile(id)).claims[0]?.operator, 'rob');
  await world.act(rob, id, { act: 'accept', type: 'basic' });
  assert.deepEqual((await world.store.reviews.findFile(id)).claims, []);
});

test('[review.claim] of ten who reach for one customer at once one holds them', async () => {
  await using world = await openReviewWorld();
  const { id } = await world.customer();
  const reached = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      codeOf(world.act({ name: `r${index}`, role: 'reviewer' }, id, { act: 'claim', type: 'basic' })),
    ),
  );
  assert.equal(reached.filter((code) => code === 'done').length, 1);
});

test('[review.escalate] an escalated customer is decided on by a lead, who may give them back', async () => {
  await using world = await openReviewWorld();
  const { id } = await world.customer();
  await world.act(rob, id, { act: 'escalate', note: 'over my head' });
  for (const body of [{ act: 'accept', type: 'basic' }, { act: 'set-risk', risk: 'high' }, { act: 'return' }])
    assert.equal(await codeOf(world.act(rob, id, body)), 'forbidden', body.act);
  await world.act(lea, id, { act: 'return' });
  assert.equal(await codeOf(world.act(rob, id, { act: 'accept', type: 'basic' })), 'done');
});

test('[review.escalate] a decision computed before an escalation does not slip past it', async () => {
  await using world = await openReviewWorld();
  const { id } = await world.customer();
  const version = await world.version(id);
  const outcomes = await Promise.all([
    codeOf(world.act(rita, id, { version, act: 'escalate' })),
    codeOf(world.act(rob, id, { version, act: 'accept', type: 'basic' })),
  ]);
  assert.equal(outcomes.filter((code) => code === 'done').length, 1);
});

test('[review.risk] the risk class is no way of accepting somebody who waits to be reviewed again', async () => {
  await using world = await openReviewWorld({
    types: { basic: { decision: 'automatic', fields: { first_name: {} } } },
    expiry: { reviewMonths: { high: 1, low: 24 } },
  });
  const { id, wallet } = await world.customer({ first_name: 'Ada' });
  await world.act(rob, id, { act: 'set-risk', risk: 'high' });
  world.now += 40 * 24 * 3_600_000;
  assert.equal((await world.get(wallet)).status, 'PROCESSING');
  await world.desk.show(rob, id, 'en');
  assert.equal(await codeOf(world.act(rob, id, { act: 'set-risk', risk: 'low' })), 'not_possible');
  await world.act(rob, id, { act: 'accept', type: 'basic' });
  assert.equal((await world.get(wallet)).status, 'ACCEPTED');
});

test('[review.note] a private note is sealed, shown to reviewers, and reaches neither a wallet nor the log', async () => {
  await using world = await openReviewWorld();
  const { id, wallet } = await world.customer();
  const secret = 'KNOWN-FRAUDSTER';
  await world.act(rob, id, { act: 'note', note: `${secret} 1` });
  await world.act(rob, id, { act: 'ask-again', type: 'basic', fields: ['last_name'], note: `${secret} 2` });
  const shown = await world.desk.show(rob, id, 'en');
  assert.deepEqual(
    shown.notes.map(({ text }) => text),
    [`${secret} 1`, `${secret} 2`],
  );
  assert.deepEqual((await world.desk.show(vic, id, 'en')).notes, []);
  const answers = [await world.get(wallet, { type: 'basic' }), await world.get(wallet, { type: 'quick' })];
  assert.doesNotMatch(JSON.stringify([answers.map(customerReply), world.lines]), /FRAUDSTER/);
  assert.doesNotMatch(JSON.stringify(await world.store.standings.listMoves(id)), /FRAUDSTER/);
});
