import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KycError } from '../../src/errors.ts';
import type { RunnerParts } from '../../src/payments/execute-payments.ts';
import type { Payment } from '../../src/payments/payment.ts';
import type { RailsContext, RailsOutcome } from '../../src/payments/rails.ts';
import type { Store } from '../../src/store/store.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { asset, complete, lead, openPaymentWorld, type PaymentWorld, statusOf } from './world.ts';

// Random orders of everything that can happen to payments and their customers, against a plain reading of what was put and ruled. Workers are killed between
// any two of their steps.

type Role = 'sender' | 'receiver';
type Field = 'first_name' | 'last_name' | 'occupation' | 'bank_account_number' | 'id_expiration_date';

/** What the test knows of a customer by what it did itself. */
interface Known {
  readonly id: string;
  readonly account: string;
  readonly role: Role;
  readonly values: Map<string, string>;
  /** Values that rails or operators refused. */
  readonly refused: Map<string, string>;
  isRejected: boolean;
  isErased: boolean;
}

const kills = ['nowhere', 'before begin', 'after begin', 'after the call'] as const;
const answers = ['completed', 'pending_external', 'error', 'throws', 'other account', 'more data'] as const;

type Op =
  | { readonly op: 'put'; readonly who: number; readonly field: Field; readonly value: string }
  | { readonly op: 'complete'; readonly who: number }
  | { readonly op: 'reject' | 'reopen' | 'erase'; readonly who: number }
  | { readonly op: 'checks' | 'catch up' | 'tidy' }
  | { readonly op: 'create'; readonly from: number; readonly to: number; readonly amount: string }
  | { readonly op: 'money'; readonly which: number; readonly isLess: boolean }
  | { readonly op: 'mend' | 'return'; readonly which: number }
  | { readonly op: 'exchange'; readonly who: number }
  | { readonly op: 'advance'; readonly which: number }
  | { readonly op: 'work'; readonly answer: (typeof answers)[number]; readonly kill: (typeof kills)[number] }
  | { readonly op: 'wait'; readonly ms: number };

const who = fc.nat(3);
const ops: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      who,
      field: fc.constantFrom<Field>('first_name', 'last_name', 'bank_account_number'),
      value: fc.constantFrom('One', 'Two', 'BadOne', 'OddOne'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      who: fc.constantFrom(2, 3),
      field: fc.constant<Field>('id_expiration_date'),
      value: fc.constantFrom('2030-01-02', '2040-01-01'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ op: fc.constant('complete' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constantFrom('reject' as const, 'reopen' as const, 'erase' as const), who }),
  },
  { weight: 5, arbitrary: fc.record({ op: fc.constantFrom('checks' as const, 'catch up' as const, 'tidy' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('create' as const),
      from: fc.nat(1),
      to: fc.nat(1),
      amount: fc.constantFrom('10', '5000'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('money' as const),
      which: fc.nat(5),
      isLess: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constantFrom('mend' as const, 'return' as const), which: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('exchange' as const), who: fc.constantFrom(2, 3) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('advance' as const), which: fc.nat(3) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      op: fc.constant('work' as const),
      answer: fc.constantFrom(...answers),
      kill: fc.constantFrom(...kills),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('wait' as const),
      ms: fc.constantFrom(1_000, 40_000, 3_700_000, 90_000_000),
    }),
  },
);

class Killed extends Error {}

/** A store whose user dies at that point: what it wrote by then stays, and nothing after it is done. */
function dyingStore(store: Store, kill: (typeof kills)[number]): Store {
  const { payments } = store;
  const dying = Object.create(payments, {
    begin: {
      value: async (...args: Parameters<Store['payments']['begin']>) => {
        if (kill === 'before begin') throw new Killed();
        const isBegun = await payments.begin(...args);
        if (kill === 'after begin') throw new Killed();
        return isBegun;
      },
    },
    settle: {
      value: async (...args: Parameters<Store['payments']['settle']>) => {
        if (kill === 'after the call') throw new Killed();
        return payments.settle(...args);
      },
    },
    claim: { value: payments.claim.bind(payments) },
    find: { value: payments.find.bind(payments) },
    findSeals: { value: payments.findSeals.bind(payments) },
  });
  return Object.create(store, {
    payments: { value: dying },
    findCustomerById: { value: store.findCustomerById.bind(store) },
    listValues: { value: store.listValues.bind(store) },
    updateCustomer: { value: store.updateCustomer.bind(store) },
  });
}

class Model {
  readonly world: PaymentWorld;
  readonly customers: Known[] = [];
  readonly created: string[] = [];
  /** Withdrawals of SEP-6 that are exchanged: no rails pay them, the anchor does. */
  readonly exchanges: string[] = [];
  /** By idempotency key: what the rails did. They pay once under each key. */
  readonly done = new Map<string, RailsOutcome>();
  readonly paid = new Map<string, number>();
  /** By payment, what came for it, by transaction. */
  readonly received = new Map<string, Map<string, number>>();
  /** By payment, what was asked for. */
  readonly asked = new Map<string, string>();
  readonly returned = new Set<string>();
  readonly #underWay = new Set<string>();
  readonly #account = randomAccount();
  readonly faults: string[] = [];

  constructor(world: PaymentWorld) {
    this.world = world;
    world.deciding.judge = (_, { values }) => {
      const name = values.get('given_name') ?? '';
      if (name.startsWith('Bad')) return { outcome: 'fail', reason: 'name-mismatch', fields: ['given_name'] };
      return name.startsWith('Odd') ? { outcome: 'review', reason: 'screening-hit' } : { outcome: 'pass' };
    };
  }

  async register(role: Role): Promise<void> {
    const account = randomAccount();
    const id = await this.world.deciding.put(account, role);
    const known = { id, account, role, values: new Map(), refused: new Map(), isRejected: false, isErased: false };
    this.customers.push(known);
  }

  async run(op: Op): Promise<void> {
    const { deciding } = this.world;
    switch (op.op) {
      case 'put':
        return this.#put(op.who, { [op.field]: op.value });
      case 'complete':
        return this.#put(op.who, complete[this.#of(op.who).role]);
      case 'reject':
      case 'reopen':
      case 'erase':
        return this.#rule(this.#of(op.who), op.op);
      case 'checks':
        await deciding.runChecks();
        return;
      case 'catch up':
        return deciding.catchUp();
      case 'tidy':
        return this.world.tidy();
      case 'create':
        return this.#create(op.from, 2 + op.to, op.amount);
      case 'money':
      case 'mend':
      case 'return': {
        const id = this.created[op.which % Math.max(1, this.created.length)];
        if (id === undefined) return;
        if (op.op === 'money') return this.#receive(id, op.isLess);
        return op.op === 'mend' ? this.#mend(id) : this.#return(id);
      }
      case 'exchange':
        return this.#exchange(this.#of(op.who));
      case 'advance':
        return this.#advance(this.exchanges[op.which % Math.max(1, this.exchanges.length)]);
      case 'work':
        return this.#work(op.answer, op.kill);
      case 'wait':
        deciding.now += op.ms;
    }
  }

  #of(index: number): Known {
    return this.customers[index] ?? assert.fail('no such customer');
  }

  async #put(index: number, fields: Readonly<Record<string, string>>): Promise<void> {
    const known = this.#of(index);
    if (known.isErased) return;
    await this.world.deciding.put(known.account, known.role, { fields });
    for (const [name, value] of Object.entries(fields)) known.values.set(name, value);
  }

  async #rule(known: Known, act: 'reject' | 'reopen' | 'erase'): Promise<void> {
    const { builtIn, store } = this.world.deciding;
    if (known.isErased) return;
    if (act === 'erase') {
      await store.deleteCustomer(known.id);
      known.isErased = true;
      return;
    }
    const record = await store.findCustomerById(known.id);
    const body = act === 'reject' ? { act, type: known.role, reason: 'not-eligible' } : { act, type: known.role };
    try {
      const { outcome } = await builtIn.desk.act(lead, known.id, { ...body, version: record?.version });
      // To let somebody in again takes two people.
      if (outcome === 'done') known.isRejected = act === 'reject';
    } catch (error) {
      assert.ok(error instanceof KycError, String(error));
    }
  }

  async #create(from: number, to: number, amount: string): Promise<void> {
    const [sender, receiver] = [this.#of(from), this.#of(to)];
    if (sender.isErased || receiver.isErased) return;
    try {
      const id = await this.world.create(sender.id, receiver.id, amount);
      this.created.push(id);
      this.asked.set(id, amount);
    } catch (error) {
      assert.ok(error instanceof KycError && (sender.isRejected || receiver.isRejected), String(error));
    }
  }

  /** All that was asked for, or less; the same transaction each time. */
  async #receive(id: string, isLess = false): Promise<void> {
    const money = isLess
      ? { stellarTransactionId: `less ${id}`, amount: '1' }
      : { stellarTransactionId: id, amount: this.asked.get(id) ?? assert.fail() };
    await this.world.payments.paymentReceived(id, money);
    const came = this.received.get(id) ?? new Map<string, number>();
    this.received.set(id, came.set(money.stellarTransactionId, Number(money.amount)));
  }

  #cameFor(id: string): number {
    return [...(this.received.get(id)?.values() ?? [])].reduce((sum, amount) => sum + amount, 0);
  }

  /** Somebody wants a payment that failed to go on: as it is or, if that is refused, by what came. */
  async #mend(id: string): Promise<void> {
    const { payments } = this.world;
    const { status, fundedAt } = await payments.get(id);
    if (status !== 'error') return;
    try {
      await payments.update(id, { status: 'pending_receiver' });
    } catch (error) {
      assert.ok(error instanceof KycError && error.code === 'not_possible' && fundedAt !== undefined, String(error));
      const amountIn = String(this.#cameFor(id));
      await assert.rejects(
        payments.update(id, { status: 'pending_receiver', amountIn: `${amountIn}.1`, amountOut: '1' }),
      );
      await payments.update(id, { status: 'pending_receiver', amountIn, amountOut: amountIn });
    }
  }

  /** The bank returns what was paid out. */
  async #return(id: string): Promise<void> {
    const { payments } = this.world;
    if ((await payments.get(id)).status !== 'completed') return;
    const refunds = { amountRefunded: '1', amountFee: '0', payments: [{ id: 'back', amount: '1', fee: '0' }] };
    await payments.update(id, { status: 'refunded', refunds });
    this.returned.add(id);
  }

  async #exchange({ id: customerId, isErased, isRejected }: Known): Promise<void> {
    if (isErased) return;
    try {
      const id = await this.world.payments.create({
        ...({ protocol: 'sep-6', kind: 'withdrawal-exchange', owner: { account: randomAccount() } } as const),
        parties: [{ role: 'customer', customerId, knownAs: customerId, type: 'receiver' }],
        details: { amountIn: '100', amountInAsset: asset, amountOutAsset: 'iso4217:BRL' },
      });
      this.exchanges.push(id);
    } catch (error) {
      assert.ok(error instanceof KycError && isRejected, String(error));
    }
  }

  /** The anchor goes as far as it is let: an account, the money, what goes out, done. */
  async #advance(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const { payments } = this.world;
    const { status: from, fundedAt } = await payments.get(id);
    try {
      if (from === 'pending_user_transfer_start')
        await payments.paymentReceived(id, { stellarTransactionId: id, amount: '95', asset });
      else if (fundedAt === undefined)
        await payments.update(id, { status: 'pending_user_transfer_start', stellarAccount: this.#account });
      else await payments.update(id, { status: 'completed', amountOut: '500' });
    } catch (error) {
      assert.ok(error instanceof KycError && error.code === 'not_possible', String(error));
      return;
    }
    const payment = await payments.get(id);
    if (
      payment.status === from ||
      payment.status === 'pending_anchor' ||
      payment.status === 'pending_customer_info_update'
    )
      return;
    const known = this.customers.find((one) => one.id === payment.parties[0]?.customerId) ?? assert.fail();
    assert.equal(this.#faultOf(known, payment), undefined, `${from} to ${payment.status}`);
  }

  /** Two workers at once, of which the first one may be killed. */
  async #work(answer: (typeof answers)[number], kill: (typeof kills)[number]): Promise<void> {
    const pay = (payment: Payment, context: RailsContext) => this.#pay(payment, context, answer);
    const store = dyingStore(this.world.deciding.store, kill);
    const changes: Partial<RunnerParts> = kill === 'nowhere' ? {} : { store };
    await Promise.all([this.world.runner(pay, changes).runDue(), this.world.runner(pay).runDue()]);
    assert.deepEqual(this.faults, []);
  }

  async #pay(
    payment: Payment,
    { idempotencyKey }: RailsContext,
    answer: (typeof answers)[number],
  ): Promise<RailsOutcome> {
    if (this.#underWay.has(payment.id)) this.faults.push(`${payment.id} twice at the same time`);
    this.#underWay.add(payment.id);
    if (Number(payment.details.amountIn) > this.#cameFor(payment.id))
      this.faults.push(`${payment.id} is worth more than came`);
    if (this.returned.has(payment.id)) this.faults.push(`${payment.id} had come back`);
    for (const { customerId, type } of payment.parties) {
      const known = this.customers.find(({ id }) => id === customerId);
      const fault = known === undefined ? 'is unknown' : this.#faultOf(known, payment);
      if (fault !== undefined) this.faults.push(`the ${type} ${fault} and the payment is executed`);
    }
    // While the bank takes its time, another worker looks for something to do.
    await this.world.runner((other, context) => this.#pay(other, context, answer)).runDue();
    this.#underWay.delete(payment.id);
    const known = this.done.get(idempotencyKey);
    if (known !== undefined) return known;
    return this.#payOnce(payment, idempotencyKey, answer);
  }

  #payOnce(payment: Payment, key: string, answer: (typeof answers)[number]): RailsOutcome {
    if (answer === 'throws') throw new Error('the bank is away');
    if (answer === 'other account' || answer === 'more data') {
      const field = answer === 'more data' ? 'bank_number' : 'bank_account_number';
      const outcome: RailsOutcome = { status: 'pending_customer_info_update', fields: [{ role: 'receiver', field }] };
      this.done.set(key, outcome);
      const receiver = this.customers.find(
        ({ id }) => id === payment.parties.find(({ role }) => role === 'receiver')?.customerId,
      );
      receiver?.refused.set(field, receiver.values.get(field) ?? '');
      return outcome;
    }
    if (answer !== 'error') this.paid.set(payment.id, (this.paid.get(payment.id) ?? 0) + 1);
    const outcome: RailsOutcome = { status: answer };
    this.done.set(key, outcome);
    return outcome;
  }

  /** Why a customer is not accepted, by a plain reading of what the test did. */
  #faultOf({ role, values, isRejected, isErased }: Known, { details }: Payment): string | undefined {
    if (isErased) return 'is erased';
    if (isRejected) return 'is rejected';
    const needed = role === 'receiver' ? ['first_name', 'bank_account_number'] : ['first_name', 'last_name'];
    if (role === 'sender' && Number(details.amountIn) > 1000) needed.push('occupation');
    const missing = needed.find((name) => !values.has(name));
    if (missing !== undefined) return `lacks ${missing}`;
    if (role === 'sender') return undefined;
    if (/^(Bad|Odd)/.test(values.get('first_name') ?? '')) return 'has a name that did not pass';
    const expires = values.get('id_expiration_date');
    const isExpired = expires !== undefined && Date.parse(expires) + 36 * 3_600_000 <= this.world.deciding.now;
    return isExpired ? 'has a document that has expired' : undefined;
  }

  /** Everything is mended, and time goes by: what is not over by then is stuck. */
  async finish(): Promise<void> {
    const { deciding } = this.world;
    for (const [index, known] of this.customers.entries()) {
      if (known.isErased) continue;
      await this.#put(index, {
        ...complete[known.role],
        ...(known.role === 'receiver' && { bank_account_number: '999', id_expiration_date: '2049-01-01' }),
      });
    }
    for (const id of this.created) await this.#receive(id);
    for (let round = 0; round < 16; round++) {
      await this.#sendOtherAccounts(round);
      await deciding.runChecks();
      await deciding.catchUp();
      await this.#work('completed', 'nowhere');
      for (const id of this.exchanges) await this.#advance(id);
      deciding.now += 3_700_000;
    }
    await this.world.tidy();
    for (const id of this.created) await this.#assertOver(id);
    for (const id of this.exchanges) await this.#assertExchanged(id);
    assert.deepEqual(await deciding.store.payments.listClosable(10), []);
  }

  /** Rails whose worker was killed answer as they did, so that an account that came meanwhile may be refused in its turn: the customer sends another. */
  async #sendOtherAccounts(round: number): Promise<void> {
    for (const [index, { role, isErased }] of this.customers.entries())
      if (role === 'receiver' && !isErased) await this.#put(index, { bank_account_number: String(1000 + round) });
  }

  async #assertOver(id: string): Promise<void> {
    const payment = await this.world.payments.get(id);
    const { status, details, parties } = payment;
    assert.ok((this.paid.get(id) ?? 0) <= 1, 'nothing is paid under two keys');
    if (status === 'completed' || status === 'pending_external') assert.equal(this.paid.get(id), 1, status);
    const known = parties.map(({ customerId }) => this.customers.find(({ id: one }) => one === customerId));
    const isOver = ['completed', 'pending_external', 'refunded'].includes(status);
    if (this.returned.has(id)) assert.equal(status, 'refunded', 'what came back stays so');
    const isEnded = status === 'error' && details.fault !== undefined;
    // Whom people have to look at, nobody has looked at here; and what rails asked for beyond the type was not sent.
    const isWaiting = known.some((one) => one?.refused.has('bank_number')) || (await this.#isInReview(payment));
    assert.ok(isOver || isEnded || isWaiting, `${status} is stuck`);
    const moves = await this.world.payments.listMoves(id);
    assert.equal(moves.at(-1)?.to, status);
    for (const [index, move] of moves.entries()) assert.equal(move.from, moves[index - 1]?.to, 'no move is lost');
    if (details.fault === 'customer-erased') assert.ok(known.some((one) => one?.isErased));
  }

  async #assertExchanged(id: string): Promise<void> {
    const payment = await this.world.payments.get(id);
    const { status, details, parties } = payment;
    const known = this.customers.find((one) => one.id === parties[0]?.customerId);
    // Rails of another payment may have asked for what nobody sends here.
    const isWaiting = (await this.#isInReview(payment)) || known?.refused.has('bank_number');
    assert.ok(status === 'completed' || details.fault !== undefined || isWaiting, `${status} is stuck`);
    if (status === 'completed') assert.equal(details.amountOut, '500');
  }

  async #isInReview({ parties }: Payment): Promise<boolean> {
    return parties.some(({ clearance }) => clearance === 'working');
  }
}

test('[payments.model] [model.payments] whatever happens in whatever order: nothing is paid while a customer is not accepted, nothing twice, nothing is stuck or lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ops, { minLength: 12, maxLength: 50 }), async (all) => {
      await using world = await openPaymentWorld();
      const model = new Model(world);
      for (const role of ['sender', 'sender', 'receiver', 'receiver'] as const) await model.register(role);
      for (const op of all) await model.run(op);
      await model.finish();
    }),
    { numRuns: Number(process.env['MODEL_RUNS'] ?? 40) },
  );
});

test('[payments.model] a payment is paid as soon as both customers are accepted and its money came, in either order', async () => {
  for (const isMoneyFirst of [true, false]) {
    await using world = await openPaymentWorld();
    const model = new Model(world);
    for (const role of ['sender', 'sender', 'receiver', 'receiver'] as const) await model.register(role);
    await model.run({ op: 'create', from: 0, to: 0, amount: '5000' });
    const [id = ''] = model.created;
    assert.equal(await statusOf(world, id), 'pending_customer_info_update');
    const money = () => model.run({ op: 'money', which: 0, isLess: false });
    if (isMoneyFirst) await money();
    await model.run({ op: 'complete', who: 0 });
    await model.run({ op: 'complete', who: 2 });
    assert.equal(await statusOf(world, id), 'pending_customer_info_update', 'a check is still to be run');
    await model.run({ op: 'checks' });
    assert.equal(await statusOf(world, id), isMoneyFirst ? 'pending_receiver' : 'pending_sender');
    if (!isMoneyFirst) await money();
    await model.run({ op: 'work', answer: 'completed', kill: 'nowhere' });
    assert.equal(await statusOf(world, id), 'completed');
  }
});
