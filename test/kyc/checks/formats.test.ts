import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formats } from '../../../src/kyc/checks/formats.ts';
import { sep9Fields } from '../../../src/sep9/catalogue.ts';
import type { ParsedField } from '../../../src/sep9/parse-value.ts';
import { fieldOf, formatCases } from '../../sep9/format-cases.ts';
import { runCheck } from './fixture.ts';

test('[kyc.checks.formats] every value that SEP-9 takes passes as it is stored, and every one it refuses is named', async () => {
  for (const { field, accepts, refuses } of formatCases) {
    const { name } = fieldOf(field);
    const formatsOf = (): ParsedField[] => [fieldOf(field)];
    for (const [, stored] of accepts) {
      const result = await runCheck(formats, { values: { [name]: stored }, services: { formatsOf } });
      assert.equal(result.outcome, 'pass', name);
    }
    for (const refused of refuses) {
      const result = await runCheck(formats, { values: { [name]: refused }, services: { formatsOf } });
      assert.deepEqual(result, { outcome: 'fail', reason: 'wrong-format', fields: [name] }, name);
    }
  }
});

test('[kyc.checks.formats] only the fields that do not fit the program of today are to be sent again', async () => {
  const choices = ['passport'];
  const formatsOf = (key: string): ParsedField[] => [
    { name: key, type: 'string', format: 'text', ...(key === 'id_type' && { choices }) },
  ];
  const values = { given_name: 'Ada', id_type: 'library_card' };
  const result = await runCheck(formats, { values, services: { formatsOf } });
  assert.deepEqual(result, { outcome: 'fail', reason: 'wrong-format', fields: ['id_type'] });
});

test('[kyc.checks.formats] a value that one type of the program takes is fine, and so is one that no type has any more', async () => {
  const strict: ParsedField = { name: 'tier', type: 'string', format: 'text', choices: ['gold'] };
  const other: ParsedField = { name: 'tier', type: 'string', format: 'text', choices: ['silver'] };
  const formatsOf = (key: string): ParsedField[] => (key === 'tier' ? [strict, other] : []);
  const values = { tier: 'silver', gone: '\u202E' };
  assert.equal((await runCheck(formats, { values, services: { formatsOf } })).outcome, 'pass');
});

test('[kyc.checks.formats] a mobile number is read as its own format says', async () => {
  const local = { mobile_number: '(555) 010-0199' };
  assert.equal((await runCheck(formats, { values: local })).outcome, 'fail');
  const told = { ...local, mobile_number_format: 'national' };
  assert.equal((await runCheck(formats, { values: told })).outcome, 'pass');
});

test('[kyc.checks.formats] looks at every text field of SEP-9 and at no file, and has no settings', () => {
  for (const { name, type } of sep9Fields.values())
    assert.equal(formats.inputs.includes(name), type !== 'binary', name);
  assert.deepEqual(formats.faultsOf({ strict: true }), ['settings.strict: no such setting: this check has none']);
});
