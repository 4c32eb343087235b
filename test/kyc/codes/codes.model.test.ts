import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type CodeWorld,
  lastCode,
  minuteMs,
  openCodeWorld,
  otherThan,
  secondMs,
  type TestCustomer,
} from './code-world.ts';

/** What ought to be true of one customer's e-mail address, as simply as it can be said. */
interface Model {
  /** When the wish for a code was made that is not yet sent. */
  wanted: boolean;
  wantedAt: number;
  code: { at: number; value: number; tries: number; used: boolean } | undefined;
  value: number;
  confirmed: boolean;
  /** When codes were sent, to which value. */
  sends: { at: number; to: number }[];
}

interface Real {
  readonly world: CodeWorld;
  readonly customer: TestCustomer;
}

type Command = fc.AsyncCommand<Model, Real>;

const values = 3;
const lifetimeMs = 10 * minuteMs;
const patienceMs = 60 * minuteMs;
const dayMs = 24 * 60 * minuteMs;

function isGood({ code, value }: Model, now: number): boolean {
  return code !== undefined && code.value === value && now < code.at + lifetimeMs && code.tries < 5;
}

/** `wait`, `never` or `go`, by the limits as the documentation has them. */
function roomFor({ sends, value }: Model, now: number): 'go' | 'wait' | 'never' {
  const within = (ms: number, to?: number): number =>
    sends.filter((send) => send.at > now - ms && (to === undefined || send.to === to)).length;
  if (within(dayMs, value) >= 10 || within(dayMs) >= 20) return 'never';
  const isBusy = within(30 * secondMs, value) >= 1 || within(lifetimeMs, value) >= 5 || within(lifetimeMs) >= 5;
  return isBusy ? 'wait' : 'go';
}

class Give implements Command {
  readonly #value: number;
  constructor(value: number) {
    this.#value = value;
  }
  check = (model: Model): boolean => this.#value !== model.value;
  async run(model: Model, { world, customer }: Real): Promise<void> {
    await world.give(customer, 'email_address', `user${this.#value}@example.com`);
    Object.assign(model, { value: this.#value, wanted: true, wantedAt: world.now, code: undefined, confirmed: false });
  }
  toString = (): string => `give(${this.#value})`;
}

class Ask implements Command {
  check = ({ confirmed }: Model): boolean => !confirmed;
  async run(model: Model, { world, customer }: Real): Promise<void> {
    const subject = { customerId: customer.id, field: 'email_address', rev: customer.version };
    const isNoted = await world.store.codes.requestCode(subject, new Date(world.now));
    assert.equal(isNoted, !model.wanted && !isGood(model, world.now));
    if (isNoted) Object.assign(model, { wanted: true, wantedAt: world.now });
  }
  toString = (): string => 'ask';
}

class Send implements Command {
  check = (): boolean => true;
  async run(model: Model, { world }: Real): Promise<void> {
    const room = roomFor(model, world.now);
    if (world.now - model.wantedAt > patienceMs) model.wanted = false;
    const left = await world.send();
    assert.equal(left, model.wanted && room === 'go' ? 1 : 0);
    if (!model.wanted || room === 'wait') return;
    model.wanted = false;
    if (room === 'never') return;
    model.sends.push({ at: world.now, to: model.value });
    model.code = { at: world.now, value: model.value, tries: 0, used: false };
    assert.equal(world.email.sent.at(-1)?.to, `user${model.value}@example.com`);
  }
  toString = (): string => 'send';
}

class Guess implements Command {
  readonly #by: number;
  readonly #times: number;
  constructor(by: number, times: number) {
    this.#by = by;
    this.#times = times;
  }
  check = (_model: Model): boolean => true;
  async run(model: Model, { world, customer }: Real): Promise<void> {
    const sent = world.email.sent.length > 0 ? lastCode(world.email) : '000000';
    for (let time = 0; time < this.#times; time++) {
      const told = await world.guess(customer, { email_address: otherThan(sent, this.#by) });
      const short = told.replace(/^'.*is awaited$/, 'not awaited').replace(/^The provided.*/, 'wrong');
      assert.equal(short, this.#expect(model, world.now));
    }
  }
  #expect(model: Model, now: number): string {
    const { code } = model;
    const refused = (why: string): string => (model.confirmed ? 'not awaited' : why);
    if (code === undefined) return refused('wrong');
    if (now >= code.at + lifetimeMs)
      return refused('The confirmation code has expired. Enter the number or address again to get a new one.');
    if (code.tries >= 5)
      return refused(
        'There were too many wrong confirmation codes. Enter the number or address again to get a new one.',
      );
    code.tries += 1;
    if (this.#by !== 0) return refused('wrong');
    Object.assign(code, { tries: 0, used: true });
    model.wanted = false;
    if (model.confirmed) return 'nothing new';
    model.confirmed = true;
    return 'confirmed';
  }
  toString = (): string => `guess(${this.#by}, ${this.#times} times)`;
}

class Wait implements Command {
  readonly #ms: number;
  constructor(ms: number) {
    this.#ms = ms;
  }
  check = (): boolean => true;
  async run(_model: Model, { world }: Real): Promise<void> {
    world.now += this.#ms;
  }
  toString = (): string => `wait(${this.#ms / secondMs} s)`;
}

/** Another value and its code half a minute later, again and again: what meets the limits. */
class Renew implements Command {
  readonly #times: number;
  constructor(times: number) {
    this.#times = times;
  }
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    for (let time = 0; time < this.#times; time++) {
      await new Give((model.value + 1) % values).run(model, real);
      await new Wait(30 * secondMs).run(model, real);
      await new Send().run(model, real);
    }
  }
  toString = (): string => `renew(${this.#times} times)`;
}

const commands: fc.Arbitrary<Command>[] = [
  fc.integer({ min: 0, max: values - 1 }).map((value) => new Give(value)),
  fc.constant(new Ask()),
  fc.integer({ min: 1, max: 6 }).map((times) => new Renew(times)),
  fc.constant(new Send()),
  fc.constant(new Send()),
  fc.integer({ min: 1, max: 2 }).map((times) => new Guess(0, times)),
  fc.integer({ min: 1, max: 6 }).map((times) => new Guess(1, times)),
  fc.constantFrom(29, 30, 30, 30, 31).map((seconds) => new Wait(seconds * secondMs)),
  fc.constantFrom(1, 299, 569, 570, 599, 600, 3600, 3601).map((seconds) => new Wait(seconds * secondMs)),
];

test('[codes.model] sends, guesses, waits and new values in any order end as a simple model of them does', {
  timeout: 120_000,
}, async () => {
  await using world = await openCodeWorld();
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 80, size: 'max' }), async (sequence) => {
      world.now += 2 * dayMs;
      world.email.sent.length = 0;
      const customer = await world.customer({});
      const model: Model = { wanted: false, wantedAt: 0, code: undefined, value: -1, confirmed: false, sends: [] };
      await new Give(0).run(model, { world, customer });
      await fc.asyncModelRun(() => ({ model, real: { world, customer } }), sequence);
    }),
    { numRuns: 100 },
  );
});
