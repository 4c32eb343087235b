import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckKind, CheckResult } from '../../src/kyc/checks/check.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { parseAddress } from '../../src/stellar/address.ts';
import { decodeStrkey } from '../../src/stellar/strkey.ts';
import { call, operators, tokens } from '../http/operator-call.ts';
import { type CallbackReceiver, callbackReceiver } from '../support/callback-receiver.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

/** A check that answers when the test lets it. */
function heldCheck(): { readonly kind: CheckKind; readonly answer: (result: CheckResult) => void } {
  let waiting = Promise.withResolvers<CheckResult>();
  const run = async (): Promise<CheckResult> => {
    const result = await waiting.promise;
    waiting = Promise.withResolvers();
    return result;
  };
  const open = (): { run: typeof run } => ({ run });
  const about = { name: 'held', inputs: ['given_name', 'family_name'], early: false, fourEyes: false } as const;
  return { kind: { ...about, faultsOf: () => [], open }, answer: (result) => waiting.resolve(result) };
}

const program: ProgramDefinition = {
  checks: { held: { use: 'held' } },
  types: { basic: { decision: 'automatic', fields: { first_name: {}, last_name: {} }, checks: ['held'] } },
};

async function untilStatus(anchor: TestAnchor, sub: string, status: string): Promise<void> {
  for (let n = 0; n < 400; n++) {
    if ((await anchor.json(sub, 'GET', '/customer')).body.status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`never ${status}`);
}

function rawKey(anchor: TestAnchor): Uint8Array {
  const account = anchor.anchor.settings.signer.account;
  assert.equal(parseAddress(account)?.kind, 'account');
  return decodeStrkey('account', account) ?? assert.fail('no key');
}

test('[sep12.callback.post] [sep12.callback.signature] [ruling.26] whoever listens is told what whoever polls sees: each status once, signed, with the GET body, until ACCEPTED', async () => {
  const { kind, answer } = heldCheck();
  await using anchor = await openTestAnchor({ program, checkKinds: [kind] });
  await using receiver = await callbackReceiver(rawKey(anchor));
  const sub = randomAccount();
  const polled: string[] = [];
  const poll = async (status: string): Promise<void> => {
    await untilStatus(anchor, sub, status);
    polled.push(JSON.stringify((await anchor.json(sub, 'GET', '/customer')).body));
  };
  await anchor.json(sub, 'PUT', '/customer', {});
  assert.equal((await anchor.json(sub, 'PUT', '/customer/callback', { url: receiver.url })).status, 200);
  const step = async (act: () => Promise<unknown> | undefined, status: string): Promise<void> => {
    await act();
    await poll(status);
    await receiver.received(polled.length);
  };
  const put = (body: object) => () => anchor.json(sub, 'PUT', '/customer', body);
  await step(put({ first_name: 'Ada', last_name: 'Lovelace' }), 'PROCESSING');
  await step(async () => answer({ outcome: 'fail', reason: 'name-mismatch', fields: ['family_name'] }), 'NEEDS_INFO');
  await step(put({ last_name: 'Byron' }), 'PROCESSING');
  await step(async () => answer({ outcome: 'pass' }), 'ACCEPTED');
  await anchor.json(sub, 'PUT', '/customer', { last_name: 'King' });
  await untilStatus(anchor, sub, 'PROCESSING');
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(
    receiver.posts.map(({ body }) => body.toString()),
    polled,
  );
  assert.deepEqual(
    receiver.posts.map(({ fault }) => fault),
    polled.map(() => undefined),
  );
  await anchor.json(sub, 'PUT', '/customer/callback', { url: receiver.url });
  await step(async () => answer({ outcome: 'pass' }), 'ACCEPTED');
  assert.equal(receiver.posts.length, polled.length, 'a callback set again is told again');
});

test('[sep12.callback.200] [ruling.25] two wallets of one customer are told each by its own callback, of the id it knows; one replaces its own alone, and one that is unlinked is told no more', async () => {
  const { kind, answer } = heldCheck();
  await using anchor = await openTestAnchor({ program, operators, checkKinds: [kind] });
  const act = async (id: string, act: object): Promise<number> => {
    const { version } = (await call(anchor, tokens.lea, 'GET', `/operator/customers/${id}`)).body;
    return (await call(anchor, tokens.lea, 'POST', `/operator/customers/${id}`, { ...act, version })).status;
  };
  await using one = await callbackReceiver(rawKey(anchor));
  await using two = await callbackReceiver(rawKey(anchor));
  await using newer = await callbackReceiver(rawKey(anchor));
  const [first, second] = [randomAccount(), `${randomAccount()}:7`];
  const ids: string[] = [];
  for (const sub of [first, second]) ids.push((await anchor.json(sub, 'PUT', '/customer', {})).body.id);
  const [merged = '', id = ''] = ids;
  const into = (await call(anchor, tokens.lea, 'GET', `/operator/customers/${id}`)).body;
  assert.equal(await act(merged, { act: 'merge', into: id, intoVersion: into.version }), 200);
  const set = async (sub: string, { url }: CallbackReceiver): Promise<void> =>
    assert.equal((await anchor.json(sub, 'PUT', '/customer/callback', { url })).status, 200);
  await set(first, one);
  await set(second, two);

  await anchor.json(first, 'PUT', '/customer', { first_name: 'Ada', last_name: 'Lovelace' });
  await Promise.all([one.received(1), two.received(1)]);
  for (const [sub, receiver] of [
    [first, one],
    [second, two],
  ] as const) {
    const { body } = await anchor.json(sub, 'GET', '/customer');
    assert.deepEqual(JSON.parse(receiver.posts[0]?.body.toString() ?? ''), body);
  }
  assert.deepEqual(
    [one, two].map(({ posts }) => JSON.parse(posts[0]?.body.toString() ?? '').id),
    [merged, id],
  );

  await set(first, newer);
  answer({ outcome: 'fail', reason: 'name-mismatch', fields: ['family_name'] });
  await Promise.all([newer.received(1), two.received(2)]);
  const [account, memo] = second.split(':');
  assert.equal(await act(id, { act: 'unlink', account, memo }), 200);
  await anchor.json(first, 'PUT', '/customer', { last_name: 'Byron' });
  await newer.received(2);
  answer({ outcome: 'pass' });
  await newer.received(3);
  assert.deepEqual(
    [one, two, newer].map(({ posts }) => posts.map(({ body }) => JSON.parse(body.toString()).status)),
    [['PROCESSING'], ['PROCESSING', 'NEEDS_INFO'], ['NEEDS_INFO', 'PROCESSING', 'ACCEPTED']],
  );
  assert.ok([one, two, newer].every(({ posts }) => posts.every(({ fault }) => fault === undefined)));
});

test('[sep12.callback.post] nothing is told of a customer who is erased', async () => {
  const { kind, answer } = heldCheck();
  await using anchor = await openTestAnchor({ program, checkKinds: [kind] });
  await using receiver = await callbackReceiver(rawKey(anchor));
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', {});
  await anchor.json(sub, 'PUT', '/customer/callback', { url: receiver.url });
  await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada', last_name: 'Lovelace' });
  await receiver.received(1);
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
  answer({ outcome: 'pass' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(receiver.posts.length, 1);
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.status, 'NEEDS_INFO');
});
