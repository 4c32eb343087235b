import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { barePart, multipart, person, programOf, putForm, rowsIn, versionOf } from './support.ts';

const broad = programOf({
  first_name: {},
  birth_date: { optional: true },
  mobile_number: { optional: true },
  mobile_number_format: { optional: true },
  address_country_code: { optional: true },
  language_code: { optional: true },
  occupation: { optional: true },
  referral_id: { optional: true },
  'organization.name': { optional: true },
  'organization.number_of_shareholders': { optional: true },
  'card.number': { optional: true },
  'card.expiration_date': { optional: true },
  income: { type: 'number', description: 'Yearly income', optional: true },
  is_pep: { type: 'string', description: 'Politically exposed', choices: ['true', 'false'], optional: true },
});

async function heldFields(anchor: TestAnchor, sub: string): Promise<string[]> {
  return Object.keys((await anchor.json(sub, 'GET', '/customer')).body.provided_fields ?? {});
}

test('[ruling.17] JSON numbers and booleans are taken as their text, to the last digit', async () => {
  await using anchor = await openTestAnchor({ program: broad });
  const sub = randomAccount();
  const texts = {
    income: '12345678901234567890.10',
    is_pep: 'false',
    referral_id: '9007199254740993',
    occupation: '2512',
  };
  const { id } = (await anchor.json(sub, 'PUT', '/customer', texts)).body;
  const body = '{"income":12345678901234567890.10,"is_pep":false,"referral_id":9007199254740993,"occupation":2512}';
  await anchor.call(sub, 'PUT', '/customer', { body, headers: { 'content-type': 'application/json' } });
  assert.equal(versionOf(anchor, id), 1, 'nothing differs from what came as text');
  assert.deepEqual(await heldFields(anchor, sub), ['occupation', 'referral_id', 'income', 'is_pep']);
});

test('[ruling.17] nested organization and card objects are their dotted names', async () => {
  await using anchor = await openTestAnchor({ program: broad });
  const sub = randomAccount();
  const nested = {
    organization: { name: 'Engines', number_of_shareholders: 3 },
    card: { number: '4242 4242 4242 4242', expiration_date: '29-11' },
  };
  const { id } = (await anchor.json(sub, 'PUT', '/customer', nested)).body;
  await putForm(anchor, sub, {
    'organization.name': 'Engines',
    'organization.number_of_shareholders': '3',
    'card.number': '4242424242424242',
    'card.expiration_date': '29-11',
  });
  assert.equal(versionOf(anchor, id), 1, 'dotted names in a form change nothing');
  assert.equal((await heldFields(anchor, sub)).length, 4);
});

test('[ruling.17] [sep12.put.error] a list, a nested object of another name or a deeper one is 400 and named', async () => {
  await using anchor = await openTestAnchor({ program: broad });
  const cases = [
    [{ first_name: ['Ada'] }, /'first_name' is invalid: expected a single value/],
    [{ first_name: { a: 'b' } }, /'first_name' is invalid/],
    [{ organization: { name: { legal: 'x' } } }, /nested deeper than 2 levels/],
    [{ organization: { name: 'A' }, 'organization.name': 'B' }, /'organization\.name' is invalid: given twice/],
    [{ first_name: 'Ada', given_name: 'Ada' }, /'given_name' is invalid: given in two spellings/],
    [[], /the body is not a JSON object/],
  ] as const;
  for (const [body, error] of cases) {
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', body);
    assert.equal(put.status, 400, JSON.stringify(body));
    assert.match(put.body.error, error);
  }
});

test("[ruling.17] null and '' withdraw an optional value, once", async () => {
  await using anchor = await openTestAnchor({ program: broad });
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada', birth_date: '1990-01-31' })).body;
  await anchor.json(sub, 'PUT', '/customer', { birth_date: null });
  assert.deepEqual(await heldFields(anchor, sub), ['first_name']);
  assert.equal(versionOf(anchor, id), 2);
  assert.equal((await anchor.json(sub, 'PUT', '/customer', { birth_date: '', occupation: null })).status, 202);
  assert.equal(versionOf(anchor, id), 2, 'what is not held cannot be withdrawn, and is no error');
  await anchor.json(sub, 'PUT', '/customer', { birth_date: '1990-01-31' });
  await putForm(anchor, sub, { birth_date: '' });
  assert.deepEqual(await heldFields(anchor, sub), ['first_name'], 'a form withdraws as JSON does');
  assert.equal(rowsIn(anchor, 'field_values'), 1, 'nothing of it stays in the database');
});

test('[ruling.17] a required value is replaced but not withdrawn', async () => {
  await using anchor = await openTestAnchor({ program: broad });
  const sub = randomAccount();
  assert.equal((await anchor.json(sub, 'PUT', '/customer', { first_name: '' })).status, 202, 'before it is held');
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada' })).body;
  for (const first_name of ['', null]) {
    const put = await anchor.json(sub, 'PUT', '/customer', { first_name, birth_date: '1990-01-31' });
    assert.equal(put.status, 400);
    assert.match(put.body.error, /^'first_name' is invalid: a required value can be replaced, not withdrawn$/);
  }
  assert.equal(versionOf(anchor, id), 2, 'and nothing else of such a request is stored');
  assert.deepEqual(await heldFields(anchor, sub), ['first_name']);
});

test('[ruling.17] by default a field no type asks for is dropped, its code and file id with it', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const extras = {
    favourite: 'x',
    tax_id: '1',
    tax_id_verification: '1',
    photo_proof_residence_file_id: 'f',
    x_verification: '1',
  };
  const put = await anchor.json(sub, 'PUT', '/customer', { ...extras, ...person });
  assert.equal(put.status, 202);
  assert.equal(rowsIn(anchor, 'field_values'), 3, 'only what is asked for was stored');
});

test("[ruling.17] with unknownFields 'reject' it is 400 and named, and nothing is stored", async () => {
  await using anchor = await openTestAnchor({ program: programOf({ first_name: {} }, { unknownFields: 'reject' }) });
  for (const name of [
    'favourite',
    'last_name',
    'last_name_verification',
    'tax_id_file_id',
    'card.cvc',
    'organization.name',
  ]) {
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', { first_name: 'Ada', [name]: 'x' });
    assert.equal(put.status, 400, name);
    assert.deepEqual(put.body, { error: `'${name}' is invalid: no customer type asks for this field` });
  }
  const file = await putForm(anchor, randomAccount(), {}, { photo_id_front: Buffer.from('x') });
  assert.match(file.body.error, /^'photo_id_front' is invalid: no customer type asks/);
  assert.equal(rowsIn(anchor, 'customers'), 0);
  const known = { first_name: 'Ada', type: 'basic', lang: 'es', memo: '7', memo_type: 'id' };
  assert.equal((await anchor.json(randomAccount(), 'PUT', '/customer', known)).status, 202, 'parameters are no fields');
});

test('[ruling.17] a code or a file id for a field of the program is understood: nothing awaits it, so it is 400', async () => {
  await using anchor = await openTestAnchor();
  for (const name of ['email_address_verification', 'first_name_verification', 'photo_id_front_file_id']) {
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', { [name]: '123456' });
    assert.equal(put.status, 400, name);
    assert.match(put.body.error, new RegExp(`^'${name}' is invalid`));
  }
});

const formats: readonly (readonly [field: string, accepted: readonly string[], refused: readonly string[]])[] = [
  [
    'birth_date',
    ['1990-01-31', '1990-01-31T00:00:00Z', '1990-01-31T23:59:59+14:00', '2024-02-29'],
    ['1990-02-30', '2023-02-29', '31-01-1990', '1990/01/31', '19900131', 'yesterday'],
  ],
  ['card.expiration_date', ['29-11', '30-01'], ['11-29', '29-13', '2029-11', '11/29']],
  ['mobile_number', ['+14155550100', '+44 20 7946 0000'], ['2125550100', '+1', 'abc', '0012125550100']],
  ['address_country_code', ['USA', 'deu'], ['US', 'XYZ', 'Germany', '840']],
  ['language_code', ['en', 'ES'], ['eng', 'xx', 'English', 'en-US']],
  ['occupation', ['2512', '2'], ['25123', 'nurse', '-1']],
];

for (const [field, accepted, refused] of formats) {
  test(`[ruling.18] ${field} is taken in its formats and refused in any other, by name and without the value`, async () => {
    await using anchor = await openTestAnchor({ program: broad });
    for (const value of accepted) {
      const put = await anchor.json(randomAccount(), 'PUT', '/customer', { [field]: value });
      assert.equal(put.status, 202, `${value}: ${put.body.error}`);
    }
    for (const value of refused) {
      const put = await anchor.json(randomAccount(), 'PUT', '/customer', { [field]: value });
      assert.equal(put.status, 400, value);
      assert.ok(put.body.error.startsWith(`'${field}' is invalid: expected `), put.body.error);
      assert.ok(value.length < 4 || !put.body.error.includes(value), 'the value is not repeated');
    }
  });
}

test('[ruling.18] mobile_number_format says how the number is written, in the same request or an earlier one', async () => {
  await using anchor = await openTestAnchor({ program: broad });
  const sub = randomAccount();
  const put = async (body: object): Promise<number> => (await anchor.json(sub, 'PUT', '/customer', body)).status;
  assert.equal(await put({ mobile_number: 'b94d27b9' }), 400, 'E.164 unless said otherwise');
  assert.equal(await put({ mobile_number: 'b94d27b9', mobile_number_format: 'hash' }), 202);
  assert.equal(await put({ mobile_number: 'c0ffee00' }), 202, 'the stored format holds');
  assert.equal(await put({ mobile_number_format: 'E.164' }), 400, 'the stored number does not fit that');
  assert.equal(await put({ mobile_number_format: '' }), 400, 'nor the default');
  assert.equal(await put({ mobile_number_format: 'E.164', mobile_number: '+14155550100' }), 202);
  assert.equal(await put({ mobile_number: 'b94d27b9' }), 400, 'and the new format holds');
});

test('[ruling.18] the spelling a client used is the one its error names', async () => {
  await using anchor = await openTestAnchor();
  for (const name of ['first_name', 'given_name', 'last_name', 'family_name']) {
    const put = await anchor.call(randomAccount(), 'PUT', '/customer', multipart([barePart(name, 'a\u0007b')]));
    assert.equal(put.status, 400);
    assert.match(await put.text(), new RegExp(`'${name}' is invalid`));
  }
});

test('[kyc.spelling] first_name and given_name are one value, whichever was sent', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { given_name: 'Ada', family_name: 'Lovelace' })).body;
  await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada', last_name: 'Lovelace' });
  assert.equal(versionOf(anchor, id), 1);
  assert.deepEqual(await heldFields(anchor, sub), ['first_name', 'last_name'], 'answered as the program spells them');
});
