import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFieldName } from '../../src/sep9/field-name.ts';

test('[ruling.17] a wire name is taken apart into a field and what is sent for it', () => {
  const cases = {
    email_address: ['email_address', 'value'],
    email_address_verification: ['email_address', 'verification'],
    photo_id_front_file_id: ['photo_id_front', 'file_id'],
    'organization.phone_verification': ['organization.phone', 'verification'],
    'organization.photo_proof_address_file_id': ['organization.photo_proof_address', 'file_id'],
    nickname: ['nickname', 'value'],
    nickname_verification: ['nickname', 'verification'],
    _verification: ['_verification', 'value'],
    _file_id: ['_file_id', 'value'],
    verification: ['verification', 'value'],
    '': ['', 'value'],
  };
  for (const [wireName, [field, purpose]] of Object.entries(cases))
    assert.deepEqual(readFieldName(wireName), { field, purpose }, wireName);
});

test('[sep9.natural.names] both spellings of a name are the same field, its code and file id included', () => {
  assert.deepEqual(readFieldName('last_name'), { field: 'family_name', purpose: 'value' });
  assert.deepEqual(readFieldName('first_name_verification'), { field: 'given_name', purpose: 'verification' });
  assert.deepEqual(readFieldName('first_name_file_id'), { field: 'given_name', purpose: 'file_id' });
});

test("[ruling.17] a field of the anchor's own whose name ends in _verification is a field", () => {
  const isField = (name: string) => name === 'income_verification';
  assert.deepEqual(readFieldName('income_verification', isField), { field: 'income_verification', purpose: 'value' });
  assert.deepEqual(readFieldName('income_verification_file_id', isField), {
    field: 'income_verification',
    purpose: 'file_id',
  });
});
