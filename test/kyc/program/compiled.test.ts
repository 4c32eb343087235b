import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileProgram } from '../../../src/kyc/compile-program.ts';
import type { Program } from '../../../src/kyc/program.ts';
import { checkKinds, standIn } from '../../support/check-kinds.ts';

const fields = { first_name: {}, birth_date: {}, id_expiration_date: { optional: true }, mobile_number: {} };
const compile = (more: object = {}, type: object = {}): Program =>
  compileProgram({ types: { t: { decision: 'automatic', fields, ...type } }, ...more }, checkKinds);

test('[program.checks] a check has its kind’s inputs as far as they are asked for, or those it names, and its kind’s manners', () => {
  const checks = {
    sanctions: { use: 'watchman', again: 'daily', settings: { url: 'http://localhost', minMatch: 0.9 } },
    named: { use: 'watchman', fields: ['first_name'], again: 'weekly' },
    age: { use: 'minimum-age', again: 'monthly' },
    papers: { use: 'document-expiry' },
  };
  const program = compile({ checks }, { checks: Object.keys(checks) });
  const { terms, ...sanctions } = program.checks.get('sanctions') ?? assert.fail();
  assert.match(terms, /^[0-9a-f]{16}$/);
  assert.deepEqual(sanctions, {
    name: 'sanctions',
    kind: 'watchman',
    inputs: ['given_name', 'birth_date'],
    early: false,
    fourEyes: true,
    isLasting: true,
    needsInput: true,
    findsOthers: false,
    againAfterMs: 86_400_000,
    settings: { url: 'http://localhost', minMatch: 0.9 },
  });
  assert.deepEqual(program.checks.get('named')?.inputs, ['given_name']);
  assert.equal(program.checks.get('named')?.againAfterMs, 7 * 86_400_000);
  assert.equal(program.checks.get('age')?.againAfterMs, 30 * 86_400_000);
  assert.equal(program.checks.get('age')?.early, true);
  assert.equal(program.checks.get('papers')?.againAfterMs, undefined);
});

test('[program.checks] kinds are given from outside, so that an anchor can have its own', () => {
  const own = standIn('our-own', ['city'], []);
  const definition = {
    types: { t: { decision: 'review', fields: { city: {} }, checks: ['c'] } },
    checks: { c: { use: 'our-own' } },
  };
  assert.deepEqual(compileProgram(definition, new Map([[own.name, own]])).checks.get('c')?.inputs, ['city']);
});

test('[program.rules] names in conditions are those values are held under, and what a rule asks for is ready', () => {
  const when = {
    all: [
      { field: 'first_name', is: 'Ada' },
      { not: { any: [{ field: 'first_name', given: false }, { subject: 'organization' }] } },
    ],
  };
  const program = compile(
    { rules: { r: { when, ask: { last_name: {}, 'organization.name': {} }, risk: 'high' } } },
    { subject: 'organization' },
  );
  const rule = program.defaultType.rules[0] ?? assert.fail();
  assert.deepEqual(rule.when, {
    all: [
      { field: 'given_name', is: 'Ada' },
      { not: { any: [{ field: 'given_name', given: false }, { subject: 'organization' }] } },
    ],
  });
  assert.deepEqual([...rule.fields.keys()], ['family_name', 'organization.name']);
  assert.deepEqual([rule.risk, rule.review, rule.checks], ['high', false, []]);
  assert.ok(program.fields.has('family_name'), 'what rules ask for can be sent');
});

test('[program.rules] an own field that every type of the rule asks for need not be described again', () => {
  const nick = { nick: { type: 'string', description: { en: 'x', pt: 'y' }, optional: true } };
  const rules = { r: { when: { field: 'first_name', given: true }, ask: { nick: {} } } };
  const program = compile({ rules }, { fields: { ...fields, ...nick } });
  const asked = program.defaultType.rules[0]?.fields.get('nick');
  assert.deepEqual([asked?.description, asked?.optional], [nick.nick.description, false]);
});

test('[program.policies] review and expiry are read, defaulted and keyed', () => {
  const program = compile({
    review: {
      maxResubmissions: 2,
      slaHours: 8,
      reasons: { old: { kind: 'retry', text: { en: 'Too old', sw: 'Nzee' } } },
    },
    expiry: { documents: { id_expiration_date: ['first_name'] }, warnDays: 7, reviewMonths: { high: 12 } },
  });
  assert.deepEqual(program.review, {
    maxResubmissions: 2,
    slaMs: 28_800_000,
    reasons: new Map([['old', { kind: 'retry', text: { en: 'Too old', sw: 'Nzee' } }]]),
    search: [],
  });
  assert.deepEqual(program.expiry, {
    documents: new Map([['id_expiration_date', ['given_name']]]),
    warnMs: 7 * 86_400_000,
    reviewMonths: { high: 12 },
  });
  assert.ok(program.languages.has('sw'));
  const { review, expiry } = compile();
  assert.deepEqual(review, { maxResubmissions: 9, slaMs: 86_400_000, reasons: new Map(), search: [] });
  assert.deepEqual(expiry, { documents: new Map(), warnMs: 30 * 86_400_000, reviewMonths: {} });
});

test('[program.verify] a code goes where the format says; an own field says what it holds and is read as that', () => {
  const own = { type: 'string', description: 'x' };
  const program = compile(
    {},
    {
      fields: {
        email_address: { verify: true },
        mobile_number: {},
        a: { ...own, verify: 'email' },
        b: { ...own, verify: 'phone' },
        c: { ...own, verify: false },
      },
    },
  );
  const told = [...program.defaultType.fields.values()].map(({ name, verify, format }) => [
    name,
    verify,
    format.format,
  ]);
  assert.deepEqual(told, [
    ['email_address', true, 'email'],
    ['mobile_number', false, 'mobile_phone'],
    ['a', true, 'email'],
    ['b', true, 'phone'],
    ['c', false, 'text'],
  ]);
});

test('[program.revision] the same said in another order or with a $schema is the same program; anything else said is another', () => {
  const revisionOf = (definition: unknown): string => compileProgram(definition).revision;
  const one = {
    types: { a: { decision: 'review', fields: { city: {}, sex: {} } }, b: { decision: 'review', fields: {} } },
    defaultType: 'a',
  };
  const other = {
    $schema: './x.json',
    defaultType: 'a',
    types: { b: { fields: {}, decision: 'review' }, a: { fields: { sex: {}, city: {} }, decision: 'review' } },
  };
  assert.equal(revisionOf(one), revisionOf(other));
  assert.match(revisionOf(one), /^[0-9a-f]{16}$/);
  assert.notEqual(revisionOf({ ...one, defaultType: 'b' }), revisionOf(one));
  assert.notEqual(revisionOf({ ...one, unknownFields: 'reject' }), revisionOf(one));
  const { defaultType: _, ...ordered } = one;
  const { a, b } = one.types;
  assert.notEqual(revisionOf({ types: { b, a } }), revisionOf(ordered), 'the first type is the default one');
});

test('[program.revision] it changes with what checks look at by themselves, since their kind decides that', () => {
  const definition = {
    types: { t: { decision: 'review', fields: { city: {}, sex: {} }, checks: ['c'] } },
    checks: { c: { use: 'k' } },
  };
  const revisionWith = (inputs: string[]): string =>
    compileProgram(definition, new Map([['k', standIn('k', inputs, [])]])).revision;
  assert.notEqual(revisionWith(['city']), revisionWith(['city', 'sex']));
  assert.equal(revisionWith(['city']), revisionWith(['city', 'postal_code']), 'nobody asks for that');
});
