import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileProgram } from '../../../src/kyc/compile-program.ts';
import type { CustomerType } from '../../../src/kyc/program.ts';
import { checkKinds } from '../../support/check-kinds.ts';

const program = compileProgram(
  {
    types: {
      gold: { extends: 'silver', decision: 'review', fields: { city: {} }, checks: ['person', 'papers'], risk: 'high' },
      basic: {
        description: { en: 'Basic', es: 'Básico' },
        decision: 'automatic',
        processingMessage: 'Wait',
        subject: 'person',
        release: 'when-provided',
        fields: {
          first_name: {},
          tier: { type: 'string', description: 'Your tier', choices: ['a', 'b'], optional: true },
          city: { optional: true, description: 'Where you live' },
          email_address: { verify: true },
        },
        checks: ['person'],
      },
      silver: { extends: 'basic', description: 'Silver', fields: { given_name: {}, tier: {}, id_expiration_date: {} } },
    },
    rules: {
      all: { when: { subject: 'person' }, review: true },
      upper: { types: ['silver'], when: { subject: 'person' }, review: true },
      top: { types: ['gold'], when: { subject: 'person' }, review: true },
    },
    checks: { person: { use: 'watchman' }, papers: { use: 'document-expiry' } },
  },
  checkKinds,
);
const typeOf = (name: string): CustomerType => program.types.get(name) ?? assert.fail(name);
const [basic, silver, gold] = ['basic', 'silver', 'gold'].map(typeOf) as [CustomerType, CustomerType, CustomerType];

test('[program.extends] texts, decision, subject, risk and release are inherited unless said again, along the whole chain', () => {
  assert.deepEqual([basic.decision, silver.decision, gold.decision], ['automatic', 'automatic', 'review']);
  assert.deepEqual([silver.description, gold.description], ['Silver', 'Silver']);
  assert.deepEqual([silver.processingMessage, gold.subject, gold.release], ['Wait', 'person', 'when-provided']);
  assert.deepEqual([basic.risk, silver.risk, gold.risk], ['low', 'low', 'high']);
});

test('[program.extends] fields keep their places, new ones follow, and one in its other spelling is the same', () => {
  const keys = ['given_name', 'tier', 'city', 'email_address'];
  assert.deepEqual([...basic.fields.keys()], keys);
  assert.deepEqual([...silver.fields.keys()], [...keys, 'id_expiration_date']);
  assert.equal(basic.fields.get('given_name')?.name, 'first_name');
  assert.equal(silver.fields.get('given_name')?.name, 'given_name');
});

test('[program.extends] a field that is named again is required unless it says otherwise, and keeps all else', () => {
  assert.equal(basic.fields.get('tier')?.optional, true);
  assert.equal(silver.fields.get('tier')?.optional, false);
  assert.equal(silver.fields.get('tier')?.description, 'Your tier');
  assert.deepEqual(silver.fields.get('tier')?.format.choices, ['a', 'b']);
  assert.equal(silver.fields.get('city')?.optional, true, 'what is not named again stays');
  assert.equal(gold.fields.get('city')?.optional, false);
  assert.equal(gold.fields.get('city')?.description, 'Where you live');
  assert.equal(gold.fields.get('email_address')?.verify, true);
});

test('[program.extends] checks come on top of the base’s, none twice', () => {
  assert.deepEqual([basic.checks, silver.checks, gold.checks], [['person'], ['person'], ['person', 'papers']]);
});

test('[program.extends] a rule for a type is for those that start from it', () => {
  const names = (type: CustomerType): string[] => type.rules.map(({ name }) => name);
  assert.deepEqual([names(basic), names(silver), names(gold)], [['all'], ['all', 'upper'], ['all', 'upper', 'top']]);
});
