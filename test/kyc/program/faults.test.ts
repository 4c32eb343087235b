import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileProgram, defineProgram } from '../../../src/kyc/compile-program.ts';
import type { ProgramDefinition } from '../../../src/kyc/program.ts';
import { checkKinds } from '../../support/check-kinds.ts';
import { faultCases } from './fault-cases.ts';
import { faultsOf, pathsOf } from './faults-of.ts';

for (const { what, program, paths } of faultCases) {
  test(`[program.faults] ${what} is told at ${paths.join(' and ')}`, () => {
    assert.deepEqual(pathsOf(program), paths, faultsOf(program));
  });
}

test('[program.faults] all faults of all parts are told at once', () => {
  const program = {
    types: { t: { decision: 'guess', fields: { nick: {} }, checks: ['age'] } },
    rules: { r: { when: { field: 'city', is: 'x' }, review: true } },
    checks: { age: { use: 'magic' } },
    review: { slaHours: -1 },
    expiry: { documents: { id_expiration_date: [] } },
  };
  assert.deepEqual(pathsOf(program), [
    'types.t.decision',
    'review.slaHours',
    'types.t.fields.nick.type',
    'types.t.fields.nick.description',
    'rules.r.when.field',
    'checks.age.use',
    'expiry.documents.id_expiration_date',
  ]);
});

test('[program.faults] names of objects that JavaScript knows are names like others', () => {
  const program = JSON.parse(
    '{"types":{"__proto__":{"decision":"review","fields":{}},"constructor":{"extends":"toString","decision":"review","fields":{"hasOwnProperty":{},"__proto__":{}}}}}',
  );
  assert.deepEqual(pathsOf(program), [
    'types.__proto__',
    'types.constructor.fields.__proto__',
    'types.constructor.extends',
    'types.constructor.fields.hasOwnProperty.type',
    'types.constructor.fields.hasOwnProperty.description',
    'types.constructor.fields.__proto__.type',
    'types.constructor.fields.__proto__.description',
  ]);
});

test('[program.define] a kind of check that may be the anchor’s own is told at the start, not where the program is written', () => {
  const program: ProgramDefinition = {
    types: { t: { decision: 'automatic', fields: { city: {} }, checks: ['c'] } },
    checks: { c: { use: 'our-own', fields: ['city'] } },
  };
  assert.equal(defineProgram(program), program);
  assert.throws(() => compileProgram(program), /checks\.c\.use: expected one of/);
});

const names = fc.constantFrom(
  'types',
  'rules',
  'checks',
  'review',
  'expiry',
  't',
  'r',
  'age',
  'fields',
  'ask',
  'when',
  'extends',
  'decision',
  'use',
  'settings',
  'documents',
  'reasons',
  'first_name',
  'given_name',
  'own',
  'choices',
  'description',
  'type',
  'verify',
  'all',
  'any',
  'not',
  'field',
  'is',
  'isNot',
  'given',
  'amount',
  'above',
  'subject',
  'value',
  'label',
  'en',
  '__proto__',
  'constructor',
);
const words = fc.constantFrom(
  't',
  'r',
  'age',
  'automatic',
  'string',
  'minimum-age',
  'first_name',
  'own',
  'MEX',
  '1000',
  '',
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'large', withCrossShrink: true },
    words,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

test('[program.faults] whatever JSON is given, the compiler makes a program of it or names its faults', () => {
  const near = fc
    .record({ types: json, rules: json, checks: json, review: json, expiry: json }, { requiredKeys: [] })
    .map((parts) => JSON.parse(JSON.stringify(parts)) as unknown);
  fc.assert(
    fc.property(fc.oneof(json, near), (definition) => {
      try {
        compileProgram(definition, checkKinds);
      } catch (error) {
        assert.ok(error instanceof TypeError, String(error));
        assert.match(error.message, /^The KYC program is not usable:\n( {2}[^\n]+: [^\n]+\n?)+/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('[program.faults] what is too deep for anybody is refused, not recursed into', () => {
  let deep: unknown = { subject: 'person' };
  for (let i = 0; i < 100_000; i++) deep = i % 2 ? { not: deep } : { all: [deep] };
  const type = { decision: 'review', fields: { birth_date: {} }, checks: ['age'] };
  const program = {
    types: {
      t: type,
      ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`t${i}`, { extends: i ? `t${i - 1}` : 't' }])),
    },
    rules: { r: { when: deep, review: true } },
    checks: { age: { use: 'minimum-age', settings: { years: deep } } },
  };
  assert.match(
    faultsOf(program),
    /at most 8 deep[\s\S]*checks\.age\.settings: expected .*8 deep[\s\S]*t499\.extends: expected at most/,
  );
});

test('[program.faults] a field that nobody knows is told with the SEP-9 field it was probably meant to be, and with none that is another word', () => {
  for (const [name, meant] of [
    ['fist_name', 'first_name'],
    ['frist_name', 'first_name'],
    ['familyname', 'family_name'],
    ['birthdate', 'birth_date'],
    ['Email_adress', 'email_address'],
    ['organization.VAT_nmuber', 'organization.VAT_number'],
    ['card.nunber', 'card.number'],
    ['sexx', 'sex'],
    ['id_numbre', 'id_number'],
    ['pet', undefined],
    ['set', 'sex'],
    ['shoe_size', undefined],
    ['favourite_colour', undefined],
    ['', undefined],
  ] as const) {
    const told = faultsOf({ types: { t: { decision: 'review', fields: { city: {}, [name]: {} } } } });
    assert.equal(/was '(.*?)' meant/.exec(told)?.[1], meant, `${name}: ${told}`);
  }
  const own = { type: 'string', description: 'Not a slip' };
  assert.equal(faultsOf({ types: { t: { decision: 'review', fields: { fist_name: own } } } }), '');
  const listed = {
    types: { t: { decision: 'review', fields: { first_name: {}, birth_date: {} }, checks: ['age'] } },
    rules: { r: { when: { field: 'brith_date', given: true }, review: true } },
    checks: { age: { use: 'minimum-age', settings: { years: 18 }, fields: ['birth_dat'] } },
    review: { search: ['last_nam', 'family_name'] },
  };
  const lines = faultsOf(listed)
    .split('\n')
    .filter((line) => line.includes('asks for'));
  assert.deepEqual(
    lines.map((line) => /was '(.*?)' meant/.exec(line)?.[1]),
    ['birth_date', 'birth_date', 'last_name', undefined],
    lines.join('\n'),
  );
});
