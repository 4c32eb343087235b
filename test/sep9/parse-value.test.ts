import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseValue } from '../../src/sep9/parse-value.ts';
import { fieldOf, formatCases, same } from './format-cases.ts';

for (const { title, field, accepts, refuses, expected } of formatCases) {
  test(title, () => {
    for (const [text, stored] of accepts) assert.equal(parseValue(fieldOf(field), text), stored, text);
    for (const text of refuses)
      assert.throws(
        () => parseValue(fieldOf(field), text),
        { code: 'invalid_field', field, message: `'${field}' is invalid: expected ${expected}` },
        text,
      );
  });
}

test('[sep9.natural.mobile_number_format] another format than E.164 lifts the check and leaves the bound', () => {
  const field = fieldOf('mobile_number');
  const hash = { mobileNumberFormat: 'hash' };
  assert.equal(parseValue(field, 'a3f5', hash), 'a3f5');
  assert.throws(() => parseValue(field, 'f'.repeat(201), hash), { message: /: expected 1 to 200 characters$/ });
  for (const mobileNumberFormat of ['E.164', 'e.164', ' ', undefined])
    assert.throws(() => parseValue(field, 'a3f5', { mobileNumberFormat }), { message: /E\.164/ });
  assert.throws(() => parseValue(fieldOf('bank_phone_number'), 'a3f5', hash), { message: /E\.164/ });
});

test('[sep9.financial.bank_account_number] an IBAN loses its spaces, any other account number is kept', () => {
  const field = fieldOf('bank_account_number');
  for (const [text, stored] of [
    ['nl91 ABNA 0417 1643 00', 'NL91ABNA0417164300'],
    ...same('NL92 ABNA 0417 1643 00', '12-34 5'),
  ])
    assert.equal(parseValue(field, text ?? ''), stored);
});

test('[sep9.number.decimal] a number is decimal, without a plus sign or leading zeros', () => {
  const field = { name: 'income', type: 'number', format: 'number' } as const;
  for (const [text, stored] of [
    ['+007.50', '7.50'],
    ['-0', '0'],
    ['-0.10', '-0.10'],
    ['9007199254740993', '9007199254740993'],
  ])
    assert.equal(parseValue(field, text ?? ''), stored);
  for (const text of ['1e3', '.5', '5.', 'NaN', 'Infinity', '1,000', '0x1', '--1', '9'.repeat(31)])
    assert.throws(() => parseValue(field, text), {
      message: "'income' is invalid: expected a number in decimal digits",
    });
});

test('[ruling.19] a binary field sent as text is refused before it is looked at', () => {
  const message = "'photo_id_front' is invalid: expected a file, sent as multipart/form-data";
  for (const text of ['', '[object File]', '\uFFFD\0PNG'])
    assert.throws(() => parseValue(fieldOf('photo_id_front'), text), { message });
});

test('[ruling.28] a refusal names the field as the client spelled it', () => {
  assert.throws(() => parseValue(fieldOf('last_name'), '', { wireName: 'last_name' }), {
    field: 'last_name',
    message: "'last_name' is invalid: expected 1 to 200 characters",
  });
});

test('[sep9.text.length] addresses and card tokens may be longer than names', () => {
  for (const [name, bound] of Object.entries({ city: 200, address: 1000, 'card.token': 4000 })) {
    assert.equal(parseValue(fieldOf(name), 'x'.repeat(bound)).length, bound);
    assert.throws(() => parseValue(fieldOf(name), 'x'.repeat(bound + 1)), {
      message: new RegExp(`1 to ${bound} char`),
    });
  }
});

test('[sep9.choices.case] choices that differ by case alone are told apart', () => {
  const field = { name: 'grade', type: 'string', format: 'text', choices: ['a', 'A', 'Caf\u0065\u0301'] } as const;
  for (const [text, stored] of [...same('a', 'A'), ['café', 'Caf\u0065\u0301']])
    assert.equal(parseValue(field, text ?? ''), stored);
});
