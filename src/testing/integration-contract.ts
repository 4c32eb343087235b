import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CustomerIntegration } from '../sep12/integration.ts';
import { assertRefused, CustomerProbe, randomAccount } from './customer-probe.ts';

/** What the cases are run against. The hints are optional: what they make possible is checked only with them. */
export interface IntegrationHarness {
  /** Fresh, or at least not used by another case at the same time. */
  readonly integration: CustomerIntegration;
  /** The customer type to ask for. Default: none is named. */
  readonly type?: string;
  /** Values and files that leave nothing required of that type. */
  readonly complete?: {
    readonly fields?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, { readonly contentType: string; readonly bytes: Uint8Array }>>;
  };
  /** A field and a value for it that is refused, such as `{ email_address: 'nobody' }`. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Called when the case has ended, well or not. */
  close?(): Promise<void>;
}

/** One thing that every {@link CustomerIntegration} must do. */
export interface IntegrationCase {
  /** A sentence. */
  readonly name: string;
  /** Rejects, saying what is wrong, when the integration does not. */
  run(harness: IntegrationHarness): Promise<void>;
}

type SignIn = (account?: string, memo?: string) => CustomerProbe;
type Check = (signIn: SignIn, harness: IntegrationHarness) => Promise<void>;

/** The contract of the port, as data. @see SEP-12 § API Endpoints */
export const integrationCases: readonly IntegrationCase[] = [
  checking('a stranger is NEEDS_INFO with fields and without an id', async (signIn) => {
    const got = await signIn().get();
    assert.equal(got.status, 'NEEDS_INFO');
    assert.equal(got.id, undefined, 'nobody is registered, so there is no id');
    assert.ok(Object.keys(got.fields ?? {}).length > 0, 'a stranger is told what is asked');
  }),
  checking('a language that nobody speaks is no error', async (signIn) => {
    await signIn().get({ lang: 'tlh' });
  }),
  checking('put registers a customer, also without a value', async (signIn) => {
    const user = signIn();
    const id = await user.put();
    assert.equal((await user.get()).id, id);
  }),
  checking('the same subject keeps its id', async (signIn, { complete }) => {
    const user = signIn();
    const id = await user.put();
    assert.equal(await user.put(complete), id);
    assert.equal(await user.put({}, { id }), id, 'with the id in the request, too');
  }),
  checking('a customer is found by id and by account and memo alike', async (signIn, { complete }) => {
    const account = randomAccount();
    for (const user of [signIn(account), signIn(account, '7')]) {
      const id = await user.put(complete);
      const got = await user.get();
      assert.equal(got.id, id);
      assert.deepEqual(await user.get({ id }), got);
    }
    assert.deepEqual(await signIn(account).get({ memo: '7' }), await signIn(account, '7').get());
  }),
  checking('the account itself, its memos, and memos of different types are customers of their own', async (signIn) => {
    const user = signIn();
    const asked = [{}, { memo: '7' }, { memo: '8' }, { memo: '7', memoType: 'text' }] as const;
    const ids: string[] = [];
    for (const one of asked) {
      assert.equal((await user.get(one)).id, undefined, 'not registered yet');
      ids.push(await user.put({}, one));
    }
    assert.equal(new Set(ids).size, asked.length, 'each has an id of its own');
    for (const [index, one] of asked.entries()) assert.equal((await user.get(one)).id, ids[index]);
  }),
  checking('the same memo of two accounts is two customers', async (signIn) => {
    assert.notEqual(await signIn(randomAccount(), '7').put(), await signIn(randomAccount(), '7').put());
  }),
  checking('who signed in without a memo reaches every customer of the account by id', async (signIn) => {
    const account = randomAccount();
    const id = await signIn(account, '7').put();
    assert.equal((await signIn(account).get({ id })).id, id);
    assert.equal(await signIn(account).put({}, { id, memo: '7' }), id);
  }),
  checking("another subject's id is CustomerNotFound, as one that never was", async (signIn, { complete }) => {
    const account = randomAccount();
    const id = await signIn(account, '7').put(complete);
    const never = await assertRefused(signIn().get({ id: randomUUID() }), 'an unknown id', 'customer_not_found');
    for (const stranger of [signIn(), signIn(randomAccount(), '7'), signIn(account, '8')]) {
      const foreign = await assertRefused(stranger.get({ id }), "get of another's id", 'customer_not_found');
      assert.equal(foreign.message, never.message, 'the two cannot be told apart');
      await assertRefused(stranger.put(complete, { id }), "put with another's id", 'customer_not_found');
      assert.equal((await stranger.get()).id, undefined, 'and nobody was registered');
    }
    await assertRefused(signIn().put({}, { id: randomUUID() }), 'put with an unknown id', 'customer_not_found');
  }),
  checking('an id that contradicts the memo is InvalidRequest', async (signIn) => {
    const user = signIn();
    const id = await user.put({}, { memo: '7' });
    await user.put({}, { memo: '8' });
    for (const memo of ['8', '9']) {
      await assertRefused(user.get({ id, memo }), 'get', 'invalid_request', 'invalid_field');
      await assertRefused(user.put({}, { id, memo }), 'put', 'invalid_request', 'invalid_field');
    }
    await user.get({ id, memo: '7' });
  }),
  checking('the same put again changes nothing', async (signIn, { complete }) => {
    const user = signIn();
    const id = await user.put(complete);
    const before = await user.get();
    assert.equal(await user.put(complete), id);
    assert.deepEqual(await user.get(), before);
  }),
  checking('fifty first puts at once are one customer', async (signIn, { complete }) => {
    const account = randomAccount();
    const ids = await Promise.all(Array.from({ length: 50 }, () => signIn(account, '7').put(complete)));
    assert.equal(new Set(ids).size, 1);
    assert.equal((await signIn(account, '7').get()).id, ids[0]);
  }),
  checking('with all that is required a customer is no longer NEEDS_INFO', async (signIn, { complete }) => {
    if (complete === undefined) return;
    const user = signIn();
    await user.put(complete);
    const { status } = await user.get();
    assert.ok(status === 'ACCEPTED' || status === 'PROCESSING', `the status is ${status}`);
  }),
  checking('a value that is refused is InvalidRequest and leaves nothing', async (signIn, { refused }) => {
    if (refused === undefined) return;
    const user = signIn();
    await assertRefused(user.put({ fields: refused }), 'put', 'invalid_request', 'invalid_field');
    assert.equal((await user.get()).id, undefined, 'nobody was registered');
  }),
  checking('a refused value changes nothing of what is held', async (signIn, { complete, refused }) => {
    if (refused === undefined) return;
    const user = signIn();
    await user.put(complete);
    const before = await user.get();
    const fields = { ...complete?.fields, ...refused };
    await assertRefused(user.put({ fields }), 'put', 'invalid_request', 'invalid_field');
    assert.deepEqual(await user.get(), before);
  }),
  checking('who was deleted is a stranger, and the id is gone for good', async (signIn, { complete }) => {
    const user = signIn();
    const id = await user.put(complete);
    await user.delete();
    assert.deepEqual(await user.get(), await signIn().get(), 'as somebody who never was here');
    await assertRefused(user.get({ id }), 'get by the old id', 'customer_not_found');
    await assertRefused(user.delete(), 'a second delete', 'customer_not_found');
    assert.notEqual(await user.put(), id, 'who comes back is somebody new');
    await assertRefused(user.get({ id }), 'get by the old id', 'customer_not_found');
  }),
  checking('delete takes the one customer that is named', async (signIn) => {
    const user = signIn();
    await assertRefused(user.delete(), 'delete of a stranger', 'customer_not_found');
    const [own, seven] = [await user.put(), await user.put({}, { memo: '7' })];
    await assertRefused(user.delete({ memo: '8' }), 'delete of an unknown memo', 'customer_not_found');
    await assertRefused(user.delete({ memo: '7', memoType: 'text' }), 'delete of another type', 'customer_not_found');
    await user.delete({ memo: '7' });
    assert.equal((await user.get()).id, own);
    await assertRefused(user.get({ id: seven }), 'get of the deleted', 'customer_not_found');
  }),
  checking('callback, if there is one, is for customers within reach', async (signIn, { integration }) => {
    if (integration.callback === undefined) return;
    const account = randomAccount();
    const user = signIn(account, '7');
    await assertRefused(user.callback(), 'for a stranger', 'customer_not_found');
    const id = await user.put();
    await user.callback();
    await user.callback({ id });
    await signIn(account).callback({ memo: '7' });
    await assertRefused(signIn().callback({ id }), "with another's id", 'customer_not_found');
    await assertRefused(signIn(account, '8').callback({ id }), "with another memo's id", 'customer_not_found');
    await user.delete();
    await assertRefused(user.callback({ id }), 'with a deleted id', 'customer_not_found');
  }),
  checking('putVerification, if there is one, is for customers within reach', async (signIn, { integration }) => {
    if (integration.putVerification === undefined) return;
    const account = randomAccount();
    const id = await signIn(account, '7').put();
    await assertRefused(signIn().putVerification(randomUUID()), 'with an unknown id', 'customer_not_found');
    await assertRefused(signIn().putVerification(id), "with another's id", 'customer_not_found');
    await assertRefused(signIn(account, '8').putVerification(id), "with another memo's id", 'customer_not_found');
  }),
  checking('moreInfoUrl, if there is one, is a URL for a browser', async (signIn) => {
    const url = await signIn().moreInfoUrl();
    if (url !== undefined) assert.match(URL.parse(url)?.protocol ?? '', /^https?:$/, 'an absolute http(s) URL');
  }),
];

/**
 * Registers every case with a test runner: `test(name, run)` of node:test, Vitest and their like.
 * @param makeHarness is called anew for each case
 */
export function runIntegrationCases(
  test: (name: string, run: () => Promise<void>) => unknown,
  makeHarness: () => IntegrationHarness | Promise<IntegrationHarness>,
): void {
  for (const { name, run } of integrationCases) {
    test(name, async () => {
      const harness = await makeHarness();
      try {
        await run(harness);
      } finally {
        await harness.close?.();
      }
    });
  }
}

function checking(name: string, check: Check): IntegrationCase {
  const run = async (harness: IntegrationHarness): Promise<void> => {
    const { integration, type } = harness;
    await check((account = randomAccount(), memo) => new CustomerProbe(integration, type, account, memo), harness);
  };
  return { name, run };
}
