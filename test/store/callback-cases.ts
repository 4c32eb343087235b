import assert from 'node:assert/strict';
import type { CallbackSetter, SealedCallback } from '../../src/store/callback-store.ts';
import type { ClaimedDelivery, DeliveryState, NextStep, Settlement } from '../../src/store/outbox-store.ts';
import type { Move } from '../../src/store/standing-store.ts';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

/** What the callbacks of every adapter of the Store port must do, by name. */
export interface CallbackCase {
  readonly name: string;
  readonly run: (store: Store) => Promise<void>;
}

let made = 0;

/** A customer, and the wallets that lead to them. */
class Customer {
  readonly id = `called-${made++}`;
  readonly account = randomAccount();
  version = 1;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  static async create(store: Store): Promise<Customer> {
    const customer = new Customer(store);
    const { id, account } = customer;
    const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
    const nothing = { set: [], withdraw: [], files: [], consequences: noConsequences };
    await store.createCustomer({ id, identity: { account }, wrappedKey, ...nothing });
    return customer;
  }

  /** The wallet that registered the customer, or another one. */
  by(changes: Partial<CallbackSetter> = {}): CallbackSetter {
    return { account: this.account, knownAs: this.id, ...changes };
  }

  /** Links an account, or a user of one. */
  async link(account: string, user?: string): Promise<CallbackSetter> {
    const identity = { account, ...(user !== undefined && { memo: { type: 'id', value: user } as const }) };
    const entry = { index: 'identity', digest: Buffer.from(`${account}${user}`) };
    const act = { act: 'link', operator: 'ann' };
    const change = { customerId: this.id, version: this.version++, identity, entry, act };
    assert.equal(await this.#store.accounts.link(change), 'stored');
    return this.by(identity);
  }

  async unlink({ knownAs: _, ...identity }: CallbackSetter): Promise<void> {
    const change = { customerId: this.id, version: this.version++, identity, act: { act: 'unlink', operator: 'ann' } };
    assert.equal(await this.#store.accounts.unlink(change), 'stored');
  }

  /** Sets one, at a host of its own, under the id that it has or `id`. */
  async set(by: CallbackSetter, target: string, id?: string): Promise<string> {
    const held = await this.#store.callbacks.findCallback(this.id, by);
    const callback = { id: id ?? held?.id ?? `callback-${made++}`, customerId: this.id, by };
    return this.#store.callbacks.setCallback({ ...callback, sealedUrl: Buffer.from(target), target });
  }

  /** A change that whoever is to be told of sees. */
  async move(to = 'checking', type = 'basic'): Promise<void> {
    const move: Move = {
      ...{ type, transactionId: '', from: undefined, to, isVisible: true, status: 'PROCESSING' },
      ...{ cause: 'wallet', who: undefined, reason: undefined },
    };
    const at = { since: new Date(0), dueAt: undefined, program: 'p', risk: 'low', reason: undefined };
    const standings = [{ type, transactionId: '', state: to, ...at }];
    const nothing = { set: [], withdraw: [], files: [] };
    const consequences = { ...noConsequences, moves: [move], standings };
    const update = { id: this.id, version: this.version++, ...nothing, consequences };
    assert.equal((await this.#store.updateCustomer(update)).outcome, 'stored');
  }

  async urls(): Promise<readonly string[]> {
    return urlsOf(await this.#store.callbacks.listCallbacks(this.id));
  }

  /** What was made for a target, the newest first. */
  async states(target: string): Promise<readonly DeliveryState[]> {
    const listed = await this.#store.deliveries.list({ target, customerId: this.id }, 50);
    return listed.map(({ state }) => state);
  }
}

function urlsOf(callbacks: readonly SealedCallback[]): readonly string[] {
  return callbacks.map(({ sealedUrl }) => Buffer.from(sealedUrl).toString()).sort();
}

let hosts = 0;
const newHost = (): string => `host-${hosts++}.example`;

const soon = (): Date => new Date(Date.now() + 10_000);

/** Takes what is due for a target; nothing when it is none. */
async function take({ outbox }: Store, target: string): Promise<ClaimedDelivery | undefined> {
  const [claimed, ...more] = await outbox.claim([{ target, limit: 9 }], soon(), new Date(Date.now() + 60_000));
  assert.deepEqual(more, []);
  return claimed;
}

async function answer(
  { outbox }: Store,
  delivery: ClaimedDelivery | undefined,
  next: NextStep,
  health: 'well' | 'gone' = 'well',
): Promise<void> {
  assert.ok(delivery !== undefined);
  const attempt: Settlement = {
    ...{ delivery, outcome: health === 'gone' ? 'gone' : 'delivered', httpStatus: 200 },
    ...{ startedAt: new Date(), latencyMs: 1, next, target: { health } },
  };
  await outbox.settle(attempt, new Date());
}

const told = { state: 'delivered', isFinal: false } as const;
const toldTheEnd = { state: 'delivered', isFinal: true } as const;

function messageOf(delivery: ClaimedDelivery | undefined): Extract<ClaimedDelivery['message'], { kind: 'callback' }> {
  assert.ok(delivery?.message.kind === 'callback');
  return delivery.message;
}

/** Makes one customer of two, each with one callback, and what it moves. */
async function merge(store: Store, from: Customer, into: Customer): Promise<string> {
  const callbacks = await store.callbacks.listCallbacks(from.id);
  const { outcome } = await store.accounts.merge({
    from: { id: from.id, version: from.version },
    into: { id: into.id, version: into.version, set: [], withdraw: [], files: [], consequences: noConsequences },
    ...{ files: [], evidence: [], notes: [] },
    callbacks: callbacks.map((one) => ({ ...one, sealedUrl: Buffer.concat([one.sealedUrl, Buffer.from(' anew')]) })),
  });
  if (outcome === 'stored') into.version++;
  return outcome;
}

/** A customer with two wallets that are told at hosts of their own. */
async function ofTwo(store: Store): Promise<{ ada: Customer; other: CallbackSetter; a: string; b: string }> {
  const ada = await Customer.create(store);
  const other = await ada.link(randomAccount());
  const [a, b] = [newHost(), newHost()];
  assert.equal(await ada.set(ada.by(), a), 'stored');
  assert.equal(await ada.set(other, b), 'stored');
  return { ada, other, a, b };
}

export const callbackCases: readonly CallbackCase[] = [
  {
    name: 'a callback is found with the moment it was set and the id that its wallet knows',
    run: async (store) => {
      const ada = await Customer.create(store);
      assert.equal(await store.callbacks.findCallback(ada.id, ada.by()), undefined);
      const before = Date.now();
      assert.equal(await ada.set(ada.by(), 'wallet.example', 'b1'), 'stored');
      const found = await store.callbacks.findCallback(ada.id, ada.by());
      assert.deepEqual([found?.id, found?.knownAs, await ada.urls()], ['b1', ada.id, ['wallet.example']]);
      const setAt = found?.setAt.getTime() ?? 0;
      assert.ok(before <= setAt && setAt <= Date.now());
    },
  },
  {
    name: 'a callback replaces the one that its subject set before, of this customer alone, and at another moment',
    run: async (store) => {
      const [one, other] = [await Customer.create(store), await Customer.create(store)];
      const moments = new Set<number | undefined>();
      for (const url of ['first', 'second', 'second']) {
        assert.equal(await one.set(one.by(), url), 'stored');
        moments.add((await store.callbacks.findCallback(one.id, one.by()))?.setAt.getTime());
      }
      assert.equal(await other.set(other.by(), 'third'), 'stored');
      assert.deepEqual([await one.urls(), await other.urls(), moments.size], [['second'], ['third'], 3]);
    },
  },
  {
    name: 'another account, a user of the account and a plain account have one each, and each replaces their own',
    run: async (store) => {
      const { ada, other, a, b } = await ofTwo(store);
      const shared = randomAccount();
      const [seven, eight] = [await ada.link(shared, '7'), await ada.link(shared, '8')];
      const plain = ada.by({ account: shared });
      const setters = [seven, eight, plain];
      for (const [index, setter] of setters.entries()) assert.equal(await ada.set(setter, `of ${index}`), 'stored');
      assert.deepEqual(await ada.urls(), [a, b, 'of 0', 'of 1', 'of 2'].sort());
      assert.equal(await ada.set(eight, 'anew'), 'stored');
      assert.equal(await ada.set(other, b), 'stored');
      assert.deepEqual(await ada.urls(), [a, b, 'anew', 'of 0', 'of 2'].sort());
    },
  },
  {
    name: 'under another id than that of the callback it replaces, or that of another one, none is kept',
    run: async (store) => {
      const { ada, other, a, b } = await ofTwo(store);
      const [own, others] = await Promise.all([ada.by(), other].map((by) => store.callbacks.findCallback(ada.id, by)));
      assert.equal(await ada.set(ada.by(), 'new', 'some-id'), 'conflict');
      assert.equal(await ada.set(ada.by(), 'new', others?.id), 'conflict');
      assert.equal(await ada.set(await ada.link(randomAccount()), 'new', own?.id), 'conflict');
      assert.deepEqual(await ada.urls(), [a, b].sort());
    },
  },
  {
    name: 'for nobody, and for who does not lead to the customer, no callback is kept',
    run: async (store) => {
      const ada = await Customer.create(store);
      const seven = await ada.link(randomAccount(), '7');
      assert.equal(await new Customer(store).set(ada.by(), 'url'), 'unknown');
      for (const stranger of [
        ada.by({ account: randomAccount() }),
        ada.by({ knownAs: 'another' }),
        { ...seven, memo: { type: 'id', value: '8' } } as const,
        { ...seven, memo: { type: 'text', value: '7' } } as const,
      ])
        assert.equal(await ada.set(stranger, 'url'), 'unknown');
      assert.deepEqual(await ada.urls(), []);
    },
  },
  {
    name: 'all callbacks go with their customer, destroyed or kept, and none can be set afterwards',
    run: async (store) => {
      const retain = {
        deleteAfter: new Date(2e12),
        ground: 'law',
        sealedIdentities: Buffer.from('s'),
        keepIndexes: false,
      };
      for (const how of [{}, { retain }]) {
        const { ada, other } = await ofTwo(store);
        await ada.move();
        await store.deleteCustomer(ada.id, how);
        assert.deepEqual(await ada.urls(), []);
        for (const by of [ada.by(), other]) assert.equal(await ada.set(by, 'url'), 'unknown');
        assert.deepEqual(await store.deliveries.list({ customerId: ada.id, state: 'pending' }, 9), []);
      }
    },
  },
  {
    name: 'a callback leaves the version of its customer alone, and an update leaves the callback alone',
    run: async (store) => {
      const ada = await Customer.create(store);
      await ada.set(ada.by(), 'url');
      await ada.move();
      assert.deepEqual(await ada.urls(), ['url']);
    },
  },
  {
    name: 'a change makes a delivery for each callback; one that cannot be told holds up no other, nor replaces what waits there',
    run: async (store) => {
      const { ada, a, b } = await ofTwo(store);
      await ada.move();
      const dead = await take(store, a);
      await answer(store, dead, { state: 'pending', nextAt: new Date(2e12) });
      assert.equal(await take(store, a), undefined, 'it waits');
      const first = await take(store, b);
      assert.equal(messageOf(first).callback?.knownAs, ada.id);
      assert.notEqual(messageOf(first).callbackId, messageOf(dead).callbackId);
      await answer(store, first, told);
      await ada.move('in-review');
      assert.deepEqual(
        [await ada.states(a), await ada.states(b)],
        [
          ['pending', 'superseded'],
          ['pending', 'delivered'],
        ],
      );
      assert.equal((await take(store, b))?.attempts, 0);
    },
  },
  {
    name: 'the last word ends the posts of one callback and type, until that one is set again',
    run: async (store) => {
      const { ada, other, a, b } = await ofTwo(store);
      await ada.move();
      await answer(store, await take(store, a), toldTheEnd);
      await answer(store, await take(store, b), told);
      await ada.move('in-review');
      assert.deepEqual([await ada.states(a), await ada.states(b)], [['delivered'], ['pending', 'delivered']]);
      await ada.set(other, b);
      await ada.move('checking');
      assert.deepEqual(await ada.states(a), ['delivered'], "another one's setting is not this one's");
      await ada.set(ada.by(), a);
      await ada.move('in-review');
      assert.deepEqual(await ada.states(a), ['pending', 'delivered']);
    },
  },
  {
    name: 'a callback that is set anew gets what was still to be told there, and leaves what waits for another one alone',
    run: async (store) => {
      const { ada, a, b } = await ofTwo(store);
      await ada.move();
      for (const target of [a, b])
        await answer(store, await take(store, target), { state: 'pending', nextAt: new Date(2e12) });
      const host = newHost();
      await ada.set(ada.by(), host);
      assert.equal((await take(store, host))?.attempts, 0);
      assert.deepEqual([await ada.states(a), await ada.states(b)], [[], ['pending']]);
      assert.equal(await take(store, b), undefined);
    },
  },
  {
    name: 'who is gone for good is forgotten alone, unless set anew since',
    run: async (store) => {
      const { ada, other, a, b } = await ofTwo(store);
      await ada.move();
      const [one, two] = [await take(store, a), await take(store, b)];
      await ada.set(other, b);
      await answer(store, one, { state: 'failed' }, 'gone');
      await answer(store, two, { state: 'failed' }, 'gone');
      assert.deepEqual(await ada.urls(), [b]);
      assert.deepEqual([await ada.states(a), await ada.states(b)], [['failed'], ['pending']]);
    },
  },
  {
    name: 'what is told again is told by the callback that it was for, if that may be told',
    run: async (store) => {
      const { ada, a, b } = await ofTwo(store);
      await ada.move();
      await answer(store, await take(store, a), told);
      await answer(store, await take(store, b), toldTheEnd);
      const listed = await store.deliveries.list({ customerId: ada.id }, 9);
      const callbacks = await store.callbacks.listCallbacks(ada.id);
      assert.deepEqual(listed.map(({ callbackId }) => callbackId).sort(), callbacks.map(({ id }) => id).sort());
      const idOf = (target: string): number => listed.find((one) => one.target === target)?.id ?? 0;
      assert.equal(await store.deliveries.redeliver({ id: idOf(a) }, new Date()), 1);
      assert.equal(await store.deliveries.redeliver({ id: idOf(b) }, new Date()), 0);
      assert.deepEqual([await ada.states(a), await ada.states(b)], [['pending', 'delivered'], ['delivered']]);
    },
  },
  {
    name: 'an account that is taken from the customer takes its callback along: what waits there finds none; the others go on',
    run: async (store) => {
      const { ada, other, a, b } = await ofTwo(store);
      const shared = randomAccount();
      const [seven, eight] = [await ada.link(shared, '7'), await ada.link(shared, '8')];
      const plain = ada.by({ account: shared });
      for (const [setter, url] of [
        [seven, 'of 7'],
        [eight, 'of 8'],
        [plain, 'of all'],
      ] as const)
        assert.equal(await ada.set(setter, url), 'stored');
      await ada.move();
      await ada.unlink(other);
      assert.equal(messageOf(await take(store, b)).callback, undefined);
      assert.deepEqual(await ada.urls(), [a, 'of 7', 'of 8', 'of all'].sort());
      await ada.unlink(seven);
      assert.deepEqual(await ada.urls(), [a, 'of 8', 'of all'].sort(), 'the plain account has a user left');
      await ada.unlink(eight);
      assert.deepEqual(await ada.urls(), [a]);
      assert.equal(messageOf(await take(store, a)).callback?.knownAs, ada.id);
    },
  },
  {
    name: 'a merge keeps the callbacks of both, each with the id that its wallet knows; what waited is told, and what differs',
    run: async (store) => {
      const [one, two] = [await Customer.create(store), await Customer.create(store)];
      const [a, b] = [newHost(), newHost()];
      await one.set(one.by(), a);
      await two.set(two.by(), b);
      await one.move('accepted', 'ended');
      await answer(store, await take(store, a), toldTheEnd);
      await two.move('checking', 'ended');
      await answer(store, await take(store, b), toldTheEnd);
      await one.move('checking', 'waiting');
      assert.equal(await merge(store, one, two), 'stored');
      assert.deepEqual(await two.urls(), [`${a} anew`, b].sort());
      const listed = await store.deliveries.list({ customerId: two.id, state: 'pending' }, 9);
      assert.deepEqual(listed.map(({ target, type }) => [target, type]).sort(), [
        [a, 'ended'],
        [a, 'waiting'],
      ]);
      const waiting = messageOf(await take(store, a));
      assert.deepEqual([waiting.customerId, waiting.callback?.knownAs], [two.id, one.id]);
      assert.equal(
        (await store.callbacks.findCallback(two.id, { account: one.account, knownAs: one.id }))?.knownAs,
        one.id,
      );
    },
  },
  {
    name: 'a post that was under way while its customer was merged neither ends nor forgets the callback, and is made up for',
    run: async (store) => {
      for (const [next, health] of [
        [toldTheEnd, 'well'],
        [{ state: 'failed' }, 'gone'],
        [{ state: 'cancelled' }, 'well'],
      ] as const) {
        const [one, two] = [await Customer.create(store), await Customer.create(store)];
        const a = newHost();
        await one.set(one.by(), a);
        for (const customer of [one, two]) await customer.move('accepted');
        const underWay = await take(store, a);
        assert.equal(await merge(store, one, two), 'stored');
        await answer(store, underWay, next, health);
        assert.deepEqual(await two.urls(), [`${a} anew`]);
        assert.equal(messageOf(await take(store, a)).customerId, two.id);
      }
    },
  },
  {
    name: 'a merge that does not know of a callback, or of its last setting, is refused',
    run: async (store) => {
      const [one, two] = [await Customer.create(store), await Customer.create(store)];
      await one.set(one.by(), 'url');
      const { listCallbacks } = store.callbacks;
      const stale = await store.callbacks.listCallbacks(one.id);
      await one.set(one.by(), 'url');
      for (const known of [stale, []]) {
        store.callbacks.listCallbacks = async () => known;
        assert.equal(await merge(store, one, two), 'conflict');
      }
      store.callbacks.listCallbacks = listCallbacks;
      assert.equal(await merge(store, one, two), 'stored');
    },
  },
];
