import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeStrkey } from '../../src/stellar/strkey.ts';
import { person } from '../sep12/support.ts';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { call, operators, tokens } from './operator-call.ts';

const program = {
  types: { basic: { decision: 'review', fields: { first_name: {}, last_name: {}, email_address: {} } } },
} as const;

interface Listed {
  readonly id: number;
  readonly state: string;
  readonly outcome: string;
  readonly target: string;
}

/** A customer whose wallet was told PROCESSING. */
async function toldCustomer(anchor: TestAnchor, url: string): Promise<{ account: string; id: string }> {
  const account = randomAccount();
  const { id } = (await anchor.json(account, 'PUT', '/customer', { first_name: 'Ada' })).body;
  assert.equal((await anchor.json(account, 'PUT', '/customer/callback', { url })).status, 200);
  await anchor.json(account, 'PUT', '/customer', { ...person, email_address: 'ada@example.com' });
  return { account, id };
}

async function list(anchor: TestAnchor, query: string): Promise<readonly Listed[]> {
  return (await call(anchor, tokens.vic, 'GET', `/operator/deliveries?${query}`)).body.deliveries;
}

async function untilListed(anchor: TestAnchor, query: string, count: number): Promise<readonly Listed[]> {
  for (let turn = 0; turn < 300; turn++) {
    const listed = await list(anchor, query);
    if (listed.length >= count) return listed;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return assert.fail(`never ${count} of ${query}`);
}

function rawKey({ anchor }: TestAnchor): Uint8Array {
  return decodeStrkey('account', anchor.settings.signer.account) ?? assert.fail('no key');
}

test('[outbox.rest] an operator lists deliveries, looks at the attempts of one and has one or a range told again', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  await using receiver = await callbackReceiver(rawKey(anchor));
  const { id: customer } = await toldCustomer(anchor, receiver.url);
  await receiver.received(1);
  const [delivery = assert.fail('none')] = await untilListed(anchor, `customer=${customer}&state=delivered`, 1);
  assert.deepEqual(await list(anchor, 'customer=somebody-else'), []);
  assert.deepEqual(await list(anchor, 'from=2100-01-01'), []);

  const shown = (await call(anchor, tokens.vic, 'GET', `/operator/deliveries/${delivery.id}`)).body;
  assert.deepEqual(
    shown.attempts.map(({ outcome, httpStatus }: { outcome: string; httpStatus: number }) => [outcome, httpStatus]),
    [['delivered', 200]],
  );

  const again = await call(anchor, tokens.lea, 'POST', '/operator/deliveries', { id: delivery.id });
  assert.deepEqual([again.status, again.body], [200, { made: 1 }]);
  await receiver.received(2);
  assert.deepEqual(receiver.posts[1]?.body, receiver.posts[0]?.body);

  await untilListed(anchor, `customer=${customer}&state=delivered`, 2);
  const range = await call(anchor, tokens.lea, 'POST', '/operator/deliveries', { from: '2000-01-01', customer });
  assert.deepEqual(range.body, { made: 1 }, 'once for each customer and type');
  await receiver.received(3);
  assert.ok(receiver.posts.every(({ fault }) => fault === undefined));
});

test('[outbox.rest] pages go on where the one before ended, and leave nothing out', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  await using receiver = await callbackReceiver(rawKey(anchor));
  for (let n = 0; n < 5; n++) await toldCustomer(anchor, receiver.url);
  const all = await untilListed(anchor, 'state=delivered&limit=500', 5);
  const seen: number[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const after: string = next === '' ? '' : `&after=${next}`;
    const page = (await call(anchor, tokens.vic, 'GET', `/operator/deliveries?state=delivered&limit=2${after}`)).body;
    seen.push(...page.deliveries.map(({ id }: Listed) => id));
    next = page.next;
  }
  assert.deepEqual(
    seen,
    all.map(({ id }) => id),
  );
});

test('[outbox.rest] a target that fails is listed and can be tried again at once', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  let isWell = false;
  await using receiver = await callbackReceiver(rawKey(anchor), () => ({ status: isWell ? 200 : 500 }));
  await toldCustomer(anchor, receiver.url);
  await receiver.received(1);
  await untilListed(anchor, 'state=pending', 1);
  let targets: readonly { target: string; pending: number }[] = [];
  for (let turn = 0; turn < 300 && targets.length === 0; turn++) {
    targets = (await call(anchor, tokens.vic, 'GET', '/operator/targets')).body.targets;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(
    targets.map(({ target, pending }) => [target, pending]),
    [[receiver.host, 1]],
  );
  isWell = true;
  const enabled = await call(anchor, tokens.lea, 'POST', '/operator/targets', { enable: receiver.host });
  assert.deepEqual(enabled.body, { enabled: true });
  await untilListed(anchor, 'state=delivered', 1);
  const twice = await call(anchor, tokens.lea, 'POST', '/operator/targets', { enable: receiver.host });
  assert.deepEqual(twice.body, { enabled: false });
});

test('[outbox.rest] viewers and reviewers look, leads act; what cannot be read is refused by name, and redelivers nothing', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  for (const token of [tokens.vic, tokens.rob]) {
    assert.equal((await call(anchor, token, 'POST', '/operator/deliveries', { id: 1 })).status, 403);
    assert.equal((await call(anchor, token, 'POST', '/operator/targets', { enable: 'x' })).status, 403);
  }
  assert.equal((await call(anchor, tokens.vic, 'GET', '/operator/deliveries/999')).status, 404);
  assert.equal((await call(anchor, tokens.lea, 'POST', '/operator/deliveries', { id: 999 })).status, 404);
  for (const body of [
    ...['[]', {}, { id: 'x' }, { id: 1, state: 'failed' }, { id: 1.5 }, { state: 'failed' }, { from: 'soon' }],
    ...[{ from: '' }, { from: 5 }, { from: '2026-01-01', custmer: 'x' }, { from: '2026-01-01', state: 'lost' }],
  ])
    assert.equal((await call(anchor, tokens.lea, 'POST', '/operator/deliveries', body)).status, 400, String(body));
  for (const body of [{}, { enable: 1 }, { enable: '' }, { target: 'x' }])
    assert.equal((await call(anchor, tokens.lea, 'POST', '/operator/targets', body)).status, 400);
  for (const query of ['state=x', 'kind=x', 'from=x', 'limit=0', 'after=x'])
    assert.equal((await call(anchor, tokens.vic, 'GET', `/operator/deliveries?${query}`)).status, 400, query);
  assert.equal((await call(anchor, tokens.vic, 'GET', '/operator/deliveries/x')).status, 400);
});
