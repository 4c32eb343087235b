import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Operator, type Role, roles } from '../../../src/kyc/review/operator.ts';
import { otherActs } from '../../../src/kyc/review/read-order.ts';
import { actRoles } from '../../../src/kyc/review/rule-of.ts';
import { randomAccount } from '../../support/test-anchor.ts';
import { codeOf, openReviewWorld, operators, type ReviewWorld } from './review-world.ts';

interface Row {
  readonly act: string;
  readonly body: (world: ReviewWorld) => Promise<Record<string, unknown>> | Record<string, unknown>;
  /** The least role that may. */
  readonly from: Role;
}

const of = (act: string, from: Role, body: Record<string, unknown> = {}): Row => ({ act, from, body: () => body });

/** Written out, not taken from the code: every act and who may. */
const rows: readonly Row[] = [
  of('accept', 'reviewer', { type: 'basic' }),
  of('reject', 'reviewer', { reason: 'not-eligible' }),
  of('accept-field', 'reviewer', { type: 'basic', fields: ['first_name'] }),
  of('reject-field', 'reviewer', { type: 'basic', fields: ['first_name'], reason: 'wrong-format' }),
  of('ask-again', 'reviewer', { type: 'basic', fields: ['first_name'] }),
  of('reopen', 'reviewer', { type: 'quick' }),
  of('escalate', 'reviewer'),
  of('return', 'lead'),
  of('set-risk', 'reviewer', { risk: 'high' }),
  of('erase', 'lead'),
  of('claim', 'reviewer', { type: 'basic' }),
  of('release', 'reviewer', { type: 'basic' }),
  of('note', 'reviewer', { note: 'x' }),
  { act: 'link', from: 'lead', body: () => ({ account: randomAccount() }) },
  of('unlink', 'lead', { account: randomAccount() }),
  of('hold', 'lead', { reason: 'a subpoena' }),
  of('lift-hold', 'lead'),
  {
    act: 'merge',
    from: 'lead',
    body: async (world) => {
      const { id } = await world.customer();
      return { into: id, intoVersion: await world.version(id) };
    },
  },
];

test('[review.roles] every act is in the table', () => {
  assert.deepEqual(rows.map(({ act }) => act).sort(), [...Object.keys(actRoles), ...otherActs].sort());
});

for (const { act, from, body } of rows) {
  test(`[review.roles] ${act} takes the role ${from}`, async () => {
    await using world = await openReviewWorld();
    for (const role of roles) {
      const { id, wallet } = await world.customer();
      if (act === 'reopen') await world.put(wallet, {}, { type: 'quick' }).then(() => world.runChecks());
      const operator: Operator = { name: `some-${role}`, role };
      const code = await codeOf(world.act(operator, id, { act, ...(await body(world)) }));
      // What the role may and the state does not allow is refused for that reason.
      const isAllowed = roles.indexOf(role) >= roles.indexOf(from);
      assert.equal(code === 'forbidden', !isAllowed, `${role}: ${code}`);
      if (act === 'lift-hold' && isAllowed) assert.equal(code, 'not_possible', role);
      else if (isAllowed && act !== 'release' && act !== 'unlink') assert.equal(code, 'done', role);
    }
  });
}

test('[review.roles] a viewer reads, values masked, and neither notes nor findings; nobody sees a card number whole', async () => {
  const fields = { first_name: {}, last_name: { optional: true }, 'card.number': { optional: true } };
  await using world = await openReviewWorld({ types: { basic: { decision: 'review', fields } } });
  const { id } = await world.customer({ first_name: 'Augusta', last_name: 'King', 'card.number': '4242424242424242' });
  const seen = async (operator: Operator): Promise<unknown[]> =>
    Object.values((await world.desk.show(operator, id, 'en')).fields).map(({ value }) => value);
  assert.deepEqual(await seen(operators.vic), ['••••ta', '••••', '••••42']);
  assert.deepEqual(await seen(operators.rob), ['Augusta', 'King', '••••4242']);
  for (const read of [() => world.desk.queue(operators.vic, {}), () => world.desk.proposals(operators.vic)])
    await assert.doesNotReject(read());
  assert.ok(world.desk.reasons(operators.vic).length > 0);
  for (const settle of [true, false])
    assert.equal(await codeOf(world.desk.settle(operators.vic, 'x', { approve: settle })), 'forbidden');
});

test('[review.roles] what is refused for the role is so whether the customer exists or not', async () => {
  await using world = await openReviewWorld();
  for (const act of ['accept', 'link', 'note', 'claim']) {
    const body = { act, version: 1, type: 'basic', account: randomAccount(), note: 'x' };
    const { type: _, account: __, note: ___, ...rest } = body;
    const own = {
      accept: { type: 'basic' },
      link: { account: body.account },
      note: { note: 'x' },
      claim: { type: 'basic' },
    }[act];
    const { version, ...without } = { ...rest, ...own };
    const sent = act === 'claim' ? without : { ...without, version };
    assert.equal(await codeOf(world.desk.act(operators.vic, 'nobody', sent)), 'forbidden', act);
    assert.equal(await codeOf(world.desk.act(operators.ada, 'nobody', sent)), 'customer_not_found', act);
  }
});
