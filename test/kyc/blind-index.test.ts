import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { blindFields, blindIndexes, duplicateFinder, indexEntries, indexesOf } from '../../src/kyc/blind-index.ts';
import { emailAddress, identifier, phoneNumber } from '../../src/kyc/identifying-values.ts';
import type { BlindIndexEntry } from '../../src/store/standing-store.ts';

const rootKey = randomBytes(32);

type Values = Readonly<Record<string, string>>;

function digests(values: Values, key = rootKey): Record<string, string> {
  const entries = indexEntries(key, (name) => values[name]);
  return Object.fromEntries(entries.map(({ index, digest }) => [index, Buffer.from(digest).toString('hex')]));
}

function same(index: string, one: Values, other: Values): boolean {
  const [a, b] = [digests(one)[index], digests(other)[index]];
  assert.ok(a !== undefined && b !== undefined, index);
  return a === b;
}

test('[kyc.blind-index.document] the same number is found however it is spaced, punctuated and typed, within one country only', () => {
  const one = { id_number: 'AB 123-456/7', id_country_code: 'MEX' };
  for (const id_number of [
    'ab\u3164123\u200b4567',
    'ab1234567',
    'AB1234567',
    'ＡＢ１２３４５６７',
    'AB١٢٣٤٥٦٧',
    'a.b.1.2.3.4.5.6.7\u00a0',
  ])
    assert.ok(same('document', one, { ...one, id_number }), id_number);
  assert.ok(!same('document', one, { ...one, id_country_code: 'PER' }));
  assert.ok(!same('document', one, { id_number: one.id_number }));
  assert.ok(!same('document', one, { ...one, id_number: 'AB1234568' }));
  assert.ok(same('document', one, { ...one, id_type: 'passport' }));
});

test('[kyc.blind-index.email] e-mail and birth date count together, whatever the case and the script of the domain', () => {
  const one = { email_address: 'Ada.L@Bücher.example', birth_date: '1990-01-01' };
  assert.ok(same('email_and_birth_date', one, { ...one, email_address: ' ada.l@xn--bcher-kva.EXAMPLE' }));
  assert.ok(same('email_and_birth_date', one, { ...one, email_address: 'ada\u200b.l@Bücher.example' }));
  assert.ok(!same('email_and_birth_date', one, { ...one, birth_date: '1990-01-02' }));
  assert.ok(!same('email_and_birth_date', one, { ...one, email_address: 'adal@bücher.example' }));
  assert.deepEqual(digests({ email_address: 'a@b.example' }), {});
  assert.deepEqual(digests({ birth_date: '1990-01-01' }), {});
});

test('[kyc.blind-index.phone] a phone number is its digits', () => {
  assert.ok(same('mobile_number', { mobile_number: '+525512345678' }, { mobile_number: '＋52 (55) 1234-5678' }));
  assert.ok(!same('mobile_number', { mobile_number: '+525512345678' }, { mobile_number: '525512345678' }));
});

test('[kyc.blind-index.empty] what identifies nobody makes no entry', () => {
  assert.deepEqual(digests({}), {});
  assert.deepEqual(
    digests({ id_number: '---', tax_id: ' ', mobile_number: '+', email_address: 'x', birth_date: '1' }),
    {},
  );
  assert.deepEqual(digests({ id_country_code: 'MEX', id_type: 'passport' }), {});
});

test('[kyc.blind-index.keys] digests are whole, differ between indexes and between keys, and no value can be read from them', () => {
  const values = Object.fromEntries(blindFields.map((key) => [key, 'same1234567@x.example']));
  const here = digests(values);
  assert.deepEqual(
    Object.keys(here),
    blindIndexes.map(({ name }) => name),
  );
  const there = digests(values, randomBytes(32));
  const all = [...Object.values(here), ...Object.values(there)];
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.every((digest) => digest.length === 64));
});

test('[kyc.blind-index.parts] no two lists of parts make the same digest', () => {
  const part = fc.string({ unit: fc.constantFrom('A', '1', ':', '2'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      const entry = (id_number: string, id_country_code: string) => digests({ id_number, id_country_code })['document'];
      const equal = identifier(a) === identifier(c) && identifier(b) === identifier(d);
      if (identifier(a) !== '' && identifier(c) !== '') assert.equal(entry(a, b) === entry(c, d), equal);
    }),
    { numRuns: 1000 },
  );
});

test('[kyc.blind-index.normal] what was normalised stays as it is, whatever the text', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'ıİßΣςﬁẞǅ\u3164\uffa0\u1100\u1161\u0301\u200d-.@+0٣९Å'), maxLength: 12 }),
    fc.emailAddress(),
  );
  for (const normalise of [identifier, phoneNumber, emailAddress])
    fc.assert(
      fc.property(anything, (text) => {
        const once = normalise(text);
        assert.equal(normalise(once), once);
      }),
      { numRuns: 3000 },
    );
});

test('[kyc.blind-index.digits] the digits of every script count as the same ones', () => {
  const digit = /\p{Nd}/u;
  const rows: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const one = String.fromCodePoint(code);
    if (digit.test(one)) rows.push(one);
  }
  assert.equal(rows.length % 10, 0);
  for (let at = 0; at < rows.length; at += 10)
    assert.equal(identifier(rows.slice(at, at + 10).join('')), '0123456789', rows[at]);
});

test('[kyc.blind-index.touched] says which indexes a change concerns', () => {
  assert.deepEqual(indexesOf(['birth_date', 'given_name']), ['email_and_birth_date']);
  assert.deepEqual(indexesOf(['id_country_code', 'mobile_number']), ['document', 'mobile_number']);
  assert.deepEqual(indexesOf(['given_name']), []);
  assert.ok(!blindFields.includes('id_type'));
});

test('[kyc.blind-index.find] looks for a customer by their entries, and for nothing when there are none', async () => {
  const asked: (readonly BlindIndexEntry[])[] = [];
  const find = duplicateFinder(rootKey, {
    findSame: async (_customerId, entries) => {
      asked.push(entries);
      return [{ index: 'tax_id', customerId: 'c2' }];
    },
  });
  assert.deepEqual(await find('c1', new Map([['given_name', 'Ada']])), []);
  assert.deepEqual(await find('c1', new Map([['tax_id', '12-3']])), [{ index: 'tax_id', customerId: 'c2' }]);
  assert.deepEqual(asked, [indexEntries(rootKey, (key) => (key === 'tax_id' ? '123' : undefined))]);
});
