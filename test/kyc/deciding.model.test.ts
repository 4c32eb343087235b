import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changeFacts } from '../../src/kyc/change-facts.ts';
import type { CheckResult } from '../../src/kyc/checks/check.ts';
import type { Dossier } from '../../src/kyc/dossier.ts';
import { withFieldRuling, withTypeRuling } from '../../src/kyc/facts.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { type CauseKind, isLawful, type StandingState, statusOf } from '../../src/kyc/states.ts';
import type { CustomerReply } from '../../src/sep12/customer-reply.ts';
import { assertKind } from '../support/answer-schema.ts';
import { type DecidingWorld, openDecidingWorld } from '../support/deciding-world.ts';
import { engines } from '../support/engines.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { DecidingModel, type Expected } from './deciding-model.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Three types of which two start from another, rules on a value and on amounts, checks of every manner, documents, reviews. */
const first: ProgramDefinition = {
  types: {
    base: {
      decision: 'automatic',
      fields: { given_name: {}, city: { optional: true }, email_address: { verify: true } },
      checks: ['name'],
    },
    plus: {
      extends: 'base',
      fields: { id_expiration_date: {}, id_number: {} },
      checks: ['papers', 'sanctions'],
    },
    seen: { extends: 'base', decision: 'review', fields: { postal_code: { optional: true } } },
  },
  rules: {
    paris: { when: { field: 'city', is: 'Paris' }, ask: { tax_id: {} }, checks: ['extra'] },
    large: { when: { amount: { above: '1000' } }, types: ['plus'], ask: { address: {} }, review: true },
  },
  checks: {
    name: { use: 'test', fields: ['given_name'], again: 'daily', settings: { name: 'name' } },
    papers: { use: 'lasting', fields: ['id_number', 'id_expiration_date'], settings: { name: 'papers' } },
    sanctions: { use: 'two', fields: ['given_name', 'id_number'], settings: { name: 'sanctions' } },
    extra: { use: 'early', fields: ['given_name', 'tax_id'], settings: { name: 'extra' } },
  },
  review: { maxResubmissions: 2 },
  expiry: { documents: { id_expiration_date: ['id_number'] }, reviewMonths: { low: 3 } },
};

/** What the program may become: it asks for more; a check is set otherwise and more may be sent again; a type and a rule are gone. */
const programs: readonly ProgramDefinition[] = [
  first,
  {
    ...first,
    types: {
      ...first.types,
      base: { ...first.types['base'], fields: { ...first.types['base']?.fields, postal_code: {} } },
    },
  },
  {
    ...first,
    checks: {
      ...first.checks,
      name: { use: 'test', fields: ['given_name'], settings: { name: 'name', strict: true } },
    },
    review: { maxResubmissions: 5 },
  },
  { ...first, types: { base: first.types['base'] ?? {}, plus: first.types['plus'] ?? {} } },
];

const amounts: Readonly<Record<string, string>> = { small: '500', great: '1500' };
const domain: Readonly<Record<string, readonly string[]>> = {
  given_name: ['Ada', 'Eve'],
  city: ['Rome', 'Paris', ''],
  email_address: ['ada@example.com', 'eve@example.com'],
  id_expiration_date: ['2029-12-01', '2030-01-20', '2031-01-01'],
  id_number: ['1', '2'],
  tax_id: ['7', '8'],
  address: ['here', 'there'],
  postal_code: ['1010', '2020'],
};

type Answer = CheckResult | 'away';
const answers: readonly Answer[] = [
  { outcome: 'pass' },
  { outcome: 'fail', reason: 'wrong-format' },
  { outcome: 'fail', reason: 'name-mismatch', fields: ['given_name'] },
  { outcome: 'fail', reason: 'suspected-fraud', final: true },
  { outcome: 'review', reason: 'duplicate' },
  { outcome: 'review', reason: 'sanctions', finding: 'entry-7' },
  { outcome: 'pending', reference: 'r', retryAfterMs: minuteMs },
  'away',
];

/** The system with the customer it is about, and whatever of them happened outside. */
interface Real {
  readonly world: DecidingWorld;
  account: string;
  id: string | undefined;
  /** Codes that left, with the value they are for. */
  readonly codes: { readonly code: string; readonly value: unknown; readonly at: number; tries: number }[];
}

/** One thing that may happen. What it answers is told when something is wrong. */
interface Step {
  readonly said: string;
  /** Whether answers are held to the model after it; else what follows is decided without anybody having looked. */
  readonly isLooked: boolean;
  run(model: DecidingModel, real: Real): Promise<void>;
}

const pick = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);
const typeNames = Object.keys(first.types);

const puts = fc
  .record({
    type: pick(typeNames),
    fields: fc.record(
      mapValues(domain, (values) => pick(values)),
      { requiredKeys: [] },
    ),
    transactionId: fc.option(pick(Object.keys(amounts)), { nil: undefined, freq: 4 }),
  })
  .map(({ type, fields, transactionId }) => ({
    said: `put ${type} ${transactionId ?? ''} ${JSON.stringify(fields)}`,
    run: async (model: DecidingModel, real: Real) => {
      if (model.program.types[type] === undefined) return;
      const given = askedOf(model.program, fields);
      if (transactionId !== undefined) concern(real, transactionId);
      real.id = await real.world.put(real.account, type, { fields: given, ...(transactionId && { transactionId }) });
      model.give(given);
      model.open.set(transactionId === undefined ? type : `${type} ${transactionId}`, amounts[transactionId ?? '']);
    },
  }));

/** A good customer, so that many sequences get far. */
const good = fc.boolean().map((isThrough) => ({
  said: `all is given${isThrough ? ', confirmed and checked' : ''}`,
  run: async (model: DecidingModel, real: Real) => {
    const fields = mapValues(domain, (values) => values.at(-1) || 'Rome');
    const given = askedOf(model.program, fields);
    for (const type of Object.keys(model.program.types)) {
      real.id = await real.world.put(real.account, type, { fields: given });
      model.open.set(type, undefined);
    }
    model.give(given);
    if (!isThrough) return;
    await sendCodes(model, real);
    await guess(model, real, true);
    await runChecks(model, real, () => ({ outcome: 'pass' }));
  },
}));

const sends = fc.constant({ said: 'codes are sent', run: sendCodes });

const guesses = fc.boolean().map((isRight) => ({
  said: isRight ? 'the code is typed in' : 'a wrong code is typed in',
  run: (model: DecidingModel, real: Real) => guess(model, real, isRight),
}));

const runs = fc.dictionary(pick(Object.keys(first.checks ?? {})), pick(answers), { maxKeys: 2 }).map((said) => ({
  said: `checks say ${JSON.stringify(said)}`,
  run: async (model: DecidingModel, real: Real) => {
    await runChecks(model, real, (check) => said[check] ?? { outcome: 'pass' });
  },
}));

const rulings = fc
  .record({
    type: pick(typeNames),
    outcome: pick(['accepted', 'accepted', 'rejected', 'reopened', 'reopened'] as const),
  })
  .map(({ type, outcome }) => ({
    said: `${type} is ${outcome}`,
    run: async (model: DecidingModel, real: Real) => {
      await decide(real, (dossier, at) =>
        withTypeRuling(
          dossier,
          type,
          { outcome, by: 'ann', at, reason: 'not-eligible' },
          { asked: Object.keys(model.program.checks ?? {}), everAsked: Object.keys(model.program.checks ?? {}) },
        ),
      );
      if (real.id !== undefined) model.ruleType(type, outcome);
    },
  }));

const fieldRulings = fc
  .record({ key: pick(Object.keys(domain)), accepted: pick([true, true, false]) })
  .map(({ key, accepted }) => ({
    said: `${key} is ${accepted ? 'accepted' : 'refused'}`,
    run: async (model: DecidingModel, real: Real) => {
      const word = { by: 'ann', at: model.now } as const;
      const ruling = accepted ? { accepted, ...word } : { accepted, reason: 'document-mismatch', ...word };
      await decide(real, (dossier) => withFieldRuling(dossier, key, ruling));
      if (real.id !== undefined) model.ruleField(key, accepted);
    },
  }));

const waits = pick([minuteMs, minuteMs, 11 * minuteMs, dayMs, 4 * dayMs, 20 * dayMs, 100 * dayMs]).map((ms) => ({
  said: `${ms / minuteMs} minutes pass`,
  run: async (model: DecidingModel, { world }: Real) => {
    world.now += ms;
    model.now += ms;
  },
}));

const jobs = fc.constant({
  said: 'the jobs run',
  run: async (_model: DecidingModel, { world }: Real) => world.catchUp(),
});

const changes = pick(programs).map((program) => ({
  said: `the program is number ${programs.indexOf(program)}`,
  run: async (model: DecidingModel, { world }: Real) => {
    model.program = program;
    await world.use(program);
    await world.catchUp();
  },
}));

const deletions = fc.constant({
  said: 'the customer is deleted',
  run: async (model: DecidingModel, real: Real) => {
    if (real.id === undefined) return;
    await real.world.builtIn.integration.delete({ account: real.account });
    real.id = undefined;
    real.codes.length = 0;
    model.erase();
  },
});

const steps = fc
  .tuple(
    fc.oneof(
      { arbitrary: puts, weight: 5 },
      { arbitrary: good, weight: 5 },
      { arbitrary: sends, weight: 2 },
      { arbitrary: guesses, weight: 2 },
      { arbitrary: runs, weight: 7 },
      { arbitrary: rulings, weight: 2 },
      { arbitrary: fieldRulings, weight: 1 },
      { arbitrary: waits, weight: 3 },
      { arbitrary: jobs, weight: 1 },
      { arbitrary: changes, weight: 2 },
      { arbitrary: deletions, weight: 1 },
    ),
    fc.integer({ min: 0, max: 9 }).map((n) => n > 2),
  )
  .map(([step, isLooked]) => {
    const said = `${step.said}${isLooked ? '' : ' (nobody looks)'}`;
    return { ...step, isLooked, [fc.toStringMethod]: () => said } satisfies Step & fc.WithToStringMethod;
  });

/** How many sequences are tried: what is decided does not depend on the engine, what is read and written does, in fewer ways. */
const runsOn = { SQLite: Number(process.env['DECIDING_RUNS'] ?? 150), PostgreSQL: 10 };

for (const engine of engines) {
  test(`[kyc.deciding.model] ${engine.name}: after any sequence of what may happen every answer is what a plain reading of the facts says`, async () => {
    const runsOf = fc.asyncProperty(fc.array(steps, { minLength: 4, maxLength: 30 }), async (sequence) => {
      await using world = await openDecidingWorld(first, { engine });
      const model = new DecidingModel(first, world.now);
      const real: Real = { world, account: randomAccount(), id: undefined, codes: [] };
      for (const step of sequence) {
        model.notice();
        await step.run(model, real);
        model.settle();
        if (step.isLooked) await compare(model, real);
      }
      await finish(model, real);
    });
    const numRuns = runsOn[engine.name];
    const seed = process.env['DECIDING_SEED'];
    await fc.assert(runsOf, { numRuns, ...(seed !== undefined && { seed: Number(seed) }) });
  });
}

/** Every type, and the one for each transaction. */
async function compare(model: DecidingModel, real: Real): Promise<void> {
  for (const type of Object.keys(model.program.types)) {
    const transactions = type === 'plus' ? [undefined, ...Object.keys(amounts)] : [undefined];
    for (const transactionId of transactions) await compareOne(model, real, type, transactionId);
  }
}

async function compareOne(model: DecidingModel, real: Real, type: string, transactionId?: string): Promise<void> {
  if (transactionId !== undefined) concern(real, transactionId);
  const reply = await real.world.get(real.account, type, transactionId);
  const key = transactionId === undefined ? type : `${type} ${transactionId}`;
  const amount = amounts[transactionId ?? ''];
  const expected = real.id === undefined ? model.expect(key, amount) : model.look(key, amount);
  assertReply(reply, expected, key);
}

function assertReply(reply: CustomerReply, expected: Expected, key: string): void {
  assertKind('customer', reply);
  const { fields = {}, provided_fields = {}, status } = reply;
  const told = {
    status,
    fields: Object.keys(fields).sort(),
    provided: mapValues(provided_fields, ({ status: said }) => said),
  };
  const { state, provided } = expected;
  const wanted = { status: statusOf[state], fields: expected.fields.toSorted(), provided: { ...provided } };
  assert.deepEqual(told, wanted, key);
  for (const { status: said, error } of Object.values(provided_fields))
    assert.equal(error !== undefined, said === 'REJECTED', key);
}

/** Nothing is lost: whatever waits for a check gets it, what was told is what is answered, and how it came to be was lawful. */
async function finish(model: DecidingModel, real: Real): Promise<void> {
  model.notice();
  real.world.now += 7_200_000;
  model.now += 7_200_000;
  model.notice();
  await real.world.catchUp();
  await runChecks(model, real, () => ({ outcome: 'pass' }));
  model.settle();
  assert.deepEqual(model.unfinished(), [], 'checks that were not run');
  await compare(model, real);
  await real.world.catchUp();
  if (real.id === undefined) return;
  const { standings } = real.world.store;
  const moves = Map.groupBy(await standings.listMoves(real.id), ({ type, transactionId }) =>
    `${type} ${transactionId}`.trim(),
  );
  for (const [key, amount] of model.open) {
    const { state } = model.expect(key, amount);
    const path = moves.get(key) ?? [];
    assert.deepEqual([path.at(-1)?.to, path.at(-1)?.status], [state, statusOf[state]], `${key}: the last move`);
    let [from, status]: (string | undefined)[] = [];
    for (const move of path) {
      assert.ok(move.from === undefined || move.from === from, `${key}: ${from} → ${move.to} says from ${move.from}`);
      assert.ok(
        isLawful(move.from as StandingState | undefined, move.to as StandingState, move.cause as CauseKind),
        key,
      );
      assert.equal(move.isVisible, move.from === undefined || move.status !== status, `${key}: whether it is told`);
      [from, status] = [move.to, move.status];
    }
  }
  assert.equal(await standings.countOutdated(real.world.program.revision), 0);
}

async function sendCodes(model: DecidingModel, { world, codes, id }: Real): Promise<void> {
  const before = world.sent.length;
  await world.sendCodes();
  for (const { code, customerId } of world.sent.slice(before))
    if (customerId === id) codes.push({ code, value: model.held.get('email_address'), at: model.now, tries: 0 });
}

/** The right code is the one that was sent last, if it is of the value that is held, and not old or guessed at too often. */
async function guess(model: DecidingModel, real: Real, isRight: boolean): Promise<void> {
  const [last, value] = [real.codes.at(-1), model.held.get('email_address')];
  if (real.id === undefined) return;
  const code = isRight ? (last?.code ?? '123456') : String((Number(last?.code ?? 0) + 1) % 1_000_000);
  const isGood = last?.value === value && value !== undefined && model.now < (last?.at ?? 0) + 10 * minuteMs;
  const isTaken = await real.world.put(real.account, 'base', { codes: { email_address: code } }).then(
    () => true,
    () => false,
  );
  if (last !== undefined && isGood && !isRight) last.tries += 1;
  assert.equal(isTaken, isRight && isGood && (last?.tries ?? 0) < 5, 'whether the code is taken');
  if (isTaken) confirm(model, last, value);
}

function confirm(
  model: DecidingModel,
  last: Real['codes'][number] | undefined,
  value: ReturnType<DecidingModel['held']['get']>,
): void {
  if (value) value.confirmed = true;
  if (last) last.tries = 0;
  model.open.set('base', undefined);
}

async function runChecks(model: DecidingModel, real: Real, answer: (check: string) => Answer): Promise<void> {
  real.world.judge = (check) => {
    const said = answer(check);
    if (said === 'away') throw new Error('the service is away');
    if (said.outcome !== 'pending') model.hear(check, said);
    return said;
  };
  while ((await real.world.runChecks(1)) > 0) model.settle();
}

async function decide({ world, id }: Real, learn: (dossier: Dossier, now: number) => Dossier): Promise<void> {
  if (id === undefined) return;
  await changeFacts(world.builtIn.parts, id, { cause: () => ({ kind: 'operator', who: 'ann' }), learn });
}

/** The transaction is this customer's. */
function concern({ world, account }: Real, transactionId: string): void {
  const amount = amounts[transactionId] ?? '';
  world.transactions.set(transactionId, { customer: { account }, amount, asset: 'USDC' });
}

/** What some type or rule asks for; values of other fields are dropped. */
function askedOf(
  { types, rules = {} }: ProgramDefinition,
  fields: Readonly<Partial<Record<string, string>>>,
): Record<string, string> {
  const asked = [...Object.values(types).map((type) => type.fields), ...Object.values(rules).map(({ ask }) => ask)];
  const isAsked = (name: string): boolean => asked.some((some = {}) => name in some);
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value !== undefined && isAsked(name) ? [[name, value]] : [])),
  );
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, convert(value)]));
}
