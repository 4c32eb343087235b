import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldAliases, findField, sep9Fields } from '../../src/sep9/catalogue.ts';

/** The names of SEP-9 1.18, group by group, as its tables have them. */
const person = `family_name given_name additional_name address_country_code state_or_province city postal_code address
  mobile_number mobile_number_format email_address birth_date birth_place birth_country_code tax_id tax_id_name occupation
  employer_name employer_address language_code id_type id_country_code id_issue_date id_expiration_date id_number
  photo_id_front photo_id_back notary_approval_of_photo_id ip_address photo_proof_residence sex proof_of_income
  proof_of_liveness referral_id`;
const account = `bank_name bank_account_type bank_account_number bank_number bank_phone_number bank_branch_number
  external_transfer_memo clabe_number cbu_number cbu_alias mobile_money_number mobile_money_provider crypto_address
  crypto_memo`;
const organization = `name VAT_number registration_number registration_date registered_address number_of_shareholders
  shareholder_name photo_incorporation_doc photo_proof_address address_country_code state_or_province city postal_code
  director_name website email phone`;
const card = `number expiration_date cvc holder_name network postal_code country_code state_or_province city address token`;

const words = (list: string, prefix = ''): string[] => list.split(/\s+/).map((name) => prefix + name);
const namesOfType = (type: string): string[] =>
  [...sep9Fields.values()].filter((field) => field.type === type).map((field) => field.name);

test('[sep9.catalogue.complete] the catalogue holds every field of SEP-9 and no other', () => {
  const expected = [
    ...words(person),
    ...words(account),
    ...words(organization, 'organization.'),
    ...words(account, 'organization.'),
    ...words(card, 'card.'),
  ];
  assert.deepEqual([...sep9Fields.keys()].sort(), expected.sort());
});

test('[sep9.catalogue.types] dates, numbers and files are typed as in the tables of SEP-9', () => {
  assert.deepEqual(namesOfType('date'), ['birth_date', 'id_issue_date', 'id_expiration_date', 'card.expiration_date']);
  assert.deepEqual(namesOfType('number'), ['occupation', 'organization.number_of_shareholders']);
  assert.deepEqual(namesOfType('binary'), [
    'photo_id_front',
    'photo_id_back',
    'notary_approval_of_photo_id',
    'photo_proof_residence',
    'proof_of_income',
    'proof_of_liveness',
    'organization.photo_incorporation_doc',
    'organization.photo_proof_address',
  ]);
});

test('[sep9.catalogue.files] exactly the binary fields are files', () => {
  for (const field of sep9Fields.values())
    assert.equal(field.format === 'file', field.type === 'binary', `${field.name} is of format ${field.format}`);
});

test('[sep9.catalogue.descriptions] every field describes itself in one line of its own', () => {
  const descriptions = [...sep9Fields.values()].map((field) => field.description);
  for (const description of descriptions) assert.match(description, /^[A-Z][^\n]{2,119}[^.\n]$/);
  assert.equal(new Set(descriptions).size, descriptions.length);
});

test('[sep9.catalogue.organization_accounts] an account of an organization is asked for like an account of a person', () => {
  assert.deepEqual(findField('organization.bank_account_type')?.choices, ['checking', 'savings']);
  assert.equal(findField('organization.clabe_number')?.format, 'clabe');
  assert.equal(findField('organization.bank_name')?.description, 'Name of the bank (of the organization)');
});

test('[sep9.natural.names] last_name and first_name find family_name and given_name', () => {
  assert.equal(findField('last_name'), sep9Fields.get('family_name'));
  assert.equal(findField('first_name'), sep9Fields.get('given_name'));
  for (const [alias, name] of fieldAliases) assert.ok(sep9Fields.has(name) && !sep9Fields.has(alias));
});

test('[sep9.catalogue.unknown] what is not in SEP-9 is not found', () => {
  for (const name of ['', 'nickname', '__proto__', 'constructor', 'organization', 'card.bank_name', 'Family_Name'])
    assert.equal(findField(name), undefined);
});
