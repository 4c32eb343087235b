import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blindFields } from '../../../src/kyc/blind-index.ts';
import type { FindDuplicates } from '../../../src/kyc/checks/check.ts';
import { duplicate } from '../../../src/kyc/checks/duplicate.ts';
import { runCheck } from './fixture.ts';

const finding =
  (...found: [index: string, customerId: string][]): FindDuplicates =>
  async () =>
    found.map(([index, customerId]) => ({ index, customerId }));

test('[kyc.checks.duplicate] a customer nobody shares anything with passes', async () => {
  assert.equal((await runCheck(duplicate, { services: { findDuplicates: finding() } })).outcome, 'pass');
  const self = finding(['document', 'customer-1']);
  assert.equal((await runCheck(duplicate, { services: { findDuplicates: self } })).outcome, 'pass');
});

test('[kyc.checks.duplicate] one who shares a document goes to a person, with whom and by what it was found', async () => {
  const findDuplicates = finding(['tax_id', 'c3'], ['document', 'c2'], ['document', 'c3']);
  assert.deepEqual(await runCheck(duplicate, { services: { findDuplicates } }), {
    outcome: 'review',
    reason: 'duplicate',
    evidence: { customers: ['c2', 'c3'], indexes: ['document', 'tax_id'] },
  });
});

test('[kyc.checks.duplicate] hands over the values of its own inputs and asks nothing else', async () => {
  const asked: unknown[] = [];
  const findDuplicates: FindDuplicates = async (...call) => {
    asked.push(call);
    return [];
  };
  await runCheck(duplicate, { values: { id_number: 'X1' }, services: { findDuplicates } });
  assert.deepEqual(asked, [['customer-1', new Map([['id_number', 'X1']])]]);
  assert.deepEqual(duplicate.inputs, blindFields);
});

test('[kyc.checks.duplicate] a program may leave out an index that says little', async () => {
  const findDuplicates = finding(['mobile_number', 'c2']);
  const settings = { indexes: ['document', 'tax_id'] };
  assert.equal((await runCheck(duplicate, { settings, services: { findDuplicates } })).outcome, 'pass');
});

test('[kyc.checks.duplicate] who cannot tell does not pass', async () => {
  const findDuplicates = () => Promise.reject(new Error('the store is away'));
  await assert.rejects(runCheck(duplicate, { services: { findDuplicates } }), /the store is away/);
});

test('[kyc.checks.settings] indexes are named from a list', () => {
  const expected =
    'settings.indexes: expected a list of some of document, tax_id, mobile_number, email_and_birth_date, organization, organization_vat';
  for (const indexes of [[], ['passport'], 'document', {}])
    assert.deepEqual(duplicate.faultsOf({ indexes }), [expected]);
});
