import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileProgram } from '../../src/kyc/compile-program.ts';
import type { Condition, CustomerType } from '../../src/kyc/program.ts';
import { keysReadBy, type ResolvedTransaction, resolveByNames, resolveType } from '../../src/kyc/resolve-type.ts';
import { checkKinds } from '../support/check-kinds.ts';

const own = { type: 'string', description: 'x' };

function typeWith(rules: object, more: object = {}): CustomerType {
  const fields = {
    first_name: {},
    city: { optional: true, description: 'Home' },
    id_country_code: {},
    'organization.name': { optional: true },
  };
  const type = { decision: 'automatic', fields, checks: ['screen'], ...more };
  const checks = { screen: { use: 'watchman' }, age: { use: 'watchman', fields: ['first_name'] } };
  const unlisted = { never: { when: { field: 'first_name', is: 'nobody' }, checks: ['age'] } };
  return compileProgram({ types: { t: type }, rules: { ...rules, ...unlisted }, checks }, checkKinds).defaultType;
}

const knowing = (values: Readonly<Record<string, string>>) => (key: string) => values[key];

function rulesThatHold(
  when: unknown,
  values: Readonly<Record<string, string>>,
  transaction?: ResolvedTransaction,
): boolean {
  const type = typeWith({ r: { when, review: true } });
  return resolveType(type, knowing(values), transaction).rules.includes('r');
}

test('[program.resolve] a Mexican document asks for a CLABE, and no other document does', () => {
  const type = typeWith({ mexico: { when: { field: 'id_country_code', is: 'MEX' }, ask: { clabe_number: {} } } });
  const keysFor = (country: string): string[] => [
    ...resolveType(type, knowing({ id_country_code: country })).fields.keys(),
  ];
  assert.deepEqual(keysFor('MEX'), [...type.fields.keys(), 'clabe_number']);
  assert.deepEqual(keysFor('USA'), [...type.fields.keys()]);
  assert.equal(resolveType(type, knowing({})).fields, type.fields, 'nothing added is nothing copied');
});

test('[program.resolve] an amount above 1,000 of an asset asks for proof of income; 1,000 itself does not', () => {
  const when = { amount: { above: '1000', asset: 'USDC' } };
  const asset = 'stellar:USDC:GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN';
  assert.ok(rulesThatHold(when, {}, { amount: '1000.0000001', asset }));
  assert.ok(!rulesThatHold(when, {}, { amount: '1000.00', asset }));
  assert.ok(!rulesThatHold(when, {}, { amount: '5000', asset: 'iso4217:MXN' }));
  assert.ok(rulesThatHold(when, {}, { amount: '5000' }), 'an asset that is not said may be this one');
  assert.ok(rulesThatHold(when, {}, { asset }), 'an amount that is not said may be above any');
  assert.ok(!rulesThatHold(when, {}, { asset: 'iso4217:MXN' }));
  assert.ok(!rulesThatHold(when, {}));
  assert.throws(() => rulesThatHold(when, {}, { amount: 'lots' }), TypeError);
});

test('[program.resolve] a condition on what is not given does not hold, isNot included', () => {
  assert.ok(!rulesThatHold({ field: 'city', isNot: 'Rome' }, {}));
  assert.ok(rulesThatHold({ field: 'city', isNot: 'Rome' }, { city: 'Oslo' }));
  assert.ok(rulesThatHold({ not: { field: 'city', is: 'Rome' } }, {}));
  assert.ok(rulesThatHold({ field: 'city', given: false }, {}));
  assert.ok(rulesThatHold({ field: 'first_name', given: true }, { given_name: '' }), 'a file is given without a text');
});

test('[program.resolve] whom it is about is said by the type, else by an organization’s name', () => {
  const rules = { r: { when: { subject: 'organization' }, review: true } };
  const holdsFor = (more: object, values: Readonly<Record<string, string>>): boolean =>
    resolveType(typeWith(rules, more), knowing(values)).review;
  assert.ok(!holdsFor({}, {}));
  assert.ok(holdsFor({}, { 'organization.name': 'ACME' }));
  assert.ok(holdsFor({ subject: 'organization' }, {}));
});

test('[program.resolve] rules add up: fields that are asked twice, checks, review, and the highest risk', () => {
  const when = { field: 'first_name', given: true };
  const type = typeWith(
    {
      a: {
        when,
        ask: { city: { optional: true, description: 'Other words' }, sex: { optional: true } },
        checks: ['screen', 'age'],
        risk: 'low',
      },
      b: { when, ask: { sex: {}, email_address: { verify: true, optional: true } }, risk: 'high' },
    },
    { risk: 'medium' },
  );
  const { rules, fields, checks, review, risk } = resolveType(type, knowing({ given_name: 'Ada' }));
  assert.deepEqual(rules, ['a', 'b']);
  assert.deepEqual([fields.get('city')?.optional, fields.get('city')?.description], [true, 'Home']);
  assert.deepEqual([fields.get('sex')?.optional, fields.get('email_address')?.verify], [false, true]);
  assert.deepEqual([checks, review, risk], [['screen', 'age'], false, 'high']);
  assert.equal(resolveType(type, knowing({})).risk, 'medium');
  const city = { city: {} };
  assert.equal(resolveType(type, knowing({}), { fields: city }).fields.get('city')?.optional, false);
});

test('[program.resolve] the names of the rules that held, in any order, bring back the identical answer and look at nothing', () => {
  const when = { field: 'first_name', given: true };
  const type = typeWith({ a: { when, review: true }, b: { when, ask: { sex: {} } } });
  const resolved = resolveType(type, knowing({ given_name: 'x' }));
  assert.equal(resolveByNames(type, ['b', 'gone', 'a']), resolved);
  assert.notEqual(resolveByNames(type, ['a']), resolved);
  const extra = { tax_id: {}, pet: { type: 'string', description: 'Pet' } } as const;
  const withExtra = resolveType(type, knowing({ given_name: 'x' }), { fields: extra });
  assert.equal(resolveByNames(type, ['a', 'b'], structuredClone(extra)), withExtra);
  assert.deepEqual([...withExtra.fields.keys()].slice(-3), ['sex', 'tax_id', 'pet']);
});

test('[program.resolve] what is kept is bounded, whatever transactions ask for', () => {
  const type = typeWith({});
  const first = resolveByNames(type, []);
  for (let i = 0; i < 1000; i++) resolveByNames(type, [], { [`own_${i}`]: { type: 'string', description: 'x' } });
  const again = resolveByNames(type, []);
  assert.notEqual(again, first, 'it was forgotten');
  assert.deepEqual(again, first);
});

const keys = ['given_name', 'city', 'id_country_code', 'tier', 'organization.name'] as const;
const values = {
  given_name: ['Ada', 'Eve'],
  city: ['Rome', 'Oslo'],
  id_country_code: ['MEX', 'USA'],
  tier: ['a', 'b'],
  'organization.name': ['ACME'],
};
const held = fc.record(Object.fromEntries(keys.map((key) => [key, fc.constantFrom(...values[key])])), {
  requiredKeys: [],
}) as fc.Arbitrary<Record<string, string>>;
const amounts = fc.constantFrom('0', '0.5', '999.9999999', '1000', '1000.0', '1000.0000001', '20000');
const assets = fc.constantFrom('USDC', 'EURC');
const transactions = fc.record({ amount: amounts, asset: assets }, { requiredKeys: [] });

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .constantFrom(...keys)
    .chain((field) =>
      fc.oneof(
        fc.record({ field: fc.constant(field), is: fc.constantFrom(...values[field]) }),
        fc.record({ field: fc.constant(field), is: fc.constant(values[field]) }),
        fc.record({ field: fc.constant(field), isNot: fc.constantFrom(...values[field]) }),
        fc.record({ field: fc.constant(field), given: fc.boolean() }),
      ),
    ),
  fc.record({ amount: fc.record({ above: amounts, asset: assets }, { requiredKeys: ['above'] }) }),
  fc.record({ subject: fc.constantFrom('person' as const, 'organization' as const) }),
);
const conditions = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc
      .uniqueArray(tie('node'), { minLength: 1, maxLength: 3, selector: (part) => JSON.stringify(part) })
      .map((all) => ({ all })),
    fc
      .uniqueArray(tie('node'), { minLength: 1, maxLength: 3, selector: (part) => JSON.stringify(part) })
      .map((any) => ({ any })),
    tie('node').map((not) => ({ not })),
  ),
})).node;

type Given = Readonly<Record<string, string>>;

/** What a condition means, said as plainly as can be. */
function reference(condition: Condition, given: Given, transaction: ResolvedTransaction): boolean {
  const means = (part: Condition): boolean => reference(part, given, transaction);
  if ('all' in condition) return !condition.all.some((part) => !means(part));
  if ('any' in condition) return condition.any.filter(means).length > 0;
  if ('not' in condition) return !means(condition.not);
  if ('subject' in condition) return ('organization.name' in given ? 'organization' : 'person') === condition.subject;
  return 'amount' in condition ? amountMeans(condition.amount, transaction) : fieldMeans(condition, given);
}

/** These few amounts are exact as floating-point numbers, or far enough apart. */
function amountMeans(limit: { above: string; asset?: string }, { amount, asset }: ResolvedTransaction): boolean {
  const isIt = limit.asset === undefined || asset === undefined || asset === limit.asset;
  return isIt && (amount === undefined || Number(amount) > Number(limit.above));
}

function fieldMeans(condition: Extract<Condition, { field: string }>, given: Given): boolean {
  const value = given[condition.field];
  if ('given' in condition) return (value !== undefined) === condition.given;
  const listed = 'is' in condition ? [condition.is].flat() : [condition.isNot].flat();
  return value !== undefined && listed.includes(value) === 'is' in condition;
}

test('[program.resolve] for any conditions, values and transaction, the rules that hold are those of a plain reading', () => {
  const fields = {
    first_name: {},
    city: {},
    id_country_code: {},
    tier: { ...own, choices: ['a', 'b'] },
    'organization.name': { optional: true },
  };
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 5 }),
      held,
      transactions,
      (whens, given, transaction) => {
        const rules = Object.fromEntries(
          whens.map((when, i) => [`r${i}`, { when, review: true, ask: { [`own_${i}`]: own } }]),
        );
        const type = compileProgram({ types: { t: { decision: 'automatic', fields } }, rules }).defaultType;
        const read = new Set<string>();
        const resolved = resolveType(
          type,
          (key) => {
            read.add(key);
            return given[key];
          },
          transaction,
        );
        const expected = Object.keys(rules).filter((_, i) => reference(whens[i] as Condition, given, transaction));
        assert.deepEqual(resolved.rules, expected);
        assert.deepEqual(
          [...resolved.fields.keys()],
          [...type.fields.keys(), ...expected.map((name) => name.replace('r', 'own_'))],
        );
        assert.equal(resolved.review, expected.length > 0);
        assert.ok(
          [...read].every((key) => keysReadBy(type).has(key)),
          'nothing else is looked at',
        );
        assert.equal(resolveByNames(type, resolved.rules), resolved);
      },
    ),
    { numRuns: 1000 },
  );
});
