import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KycError } from '../../src/errors.ts';
import { flatten, parseJsonObject } from '../../src/sep9/json-object.ts';

const refuses = (text: string, code: string, message: string): void =>
  assert.throws(
    () => parseJsonObject(text),
    (error) => error instanceof KycError && error.code === code && error.message === message && !error.cause,
  );
const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

test('[ruling.17] numbers and booleans are taken as their text, null as the empty text', () => {
  assert.deepEqual(
    [...parseJsonObject('{"occupation":1120,"a":1.50,"b":-0,"c":1E400,"d":true,"e":false,"f":null,"g":""}')],
    [
      ['occupation', '1120'],
      ['a', '1.50'],
      ['b', '-0'],
      ['c', '1E400'],
      ['d', 'true'],
      ['e', 'false'],
      ['f', ''],
      ['g', ''],
    ],
  );
});

test('[ruling.17] a number keeps all its digits, as a memo needs', () => {
  assert.equal(parseJsonObject('{"memo":10638330804770506835}').get('memo'), '10638330804770506835');
  assert.equal(
    parseJsonObject('{"organization":{"tax":9007199254740993}}').get('organization.tax'),
    '9007199254740993',
  );
});

test('[ruling.17] a nested organization or card is flattened to dotted names', () => {
  assert.deepEqual(
    [...parseJsonObject('{"organization":{"name":"Acme","number_of_shareholders":3},"card":{"cvc":null}}')],
    [
      ['organization.name', 'Acme'],
      ['organization.number_of_shareholders', '3'],
      ['card.cvc', ''],
    ],
  );
  assert.deepEqual([...parseJsonObject('{"card":{},"organization":null}')], [['organization', '']]);
});

test('[ruling.17] a field given dotted and nested must say the same twice', () => {
  assert.equal(parseJsonObject('{"card.cvc":"1","card":{"cvc":1}}').get('card.cvc'), '1');
  const message = "'card.cvc' is invalid: given twice with different values";
  refuses('{"card.cvc":"1","card":{"cvc":"2"}}', 'invalid_field', message);
});

test('[ruling.17] any other list or object is refused by the name of its field', () => {
  refuses('{"address":{"city":"Oslo"}}', 'invalid_field', "'address' is invalid: expected a single value");
  refuses('{"city":["Oslo"]}', 'invalid_field', "'city' is invalid: expected a single value");
  refuses('{"card":["4111"]}', 'invalid_field', "'card' is invalid: expected a single value");
  assert.throws(() => flatten('card', { number: {} }), /^KycError: 'card.number' is invalid: expected a single value$/);
});

test('[sep9.json.blank] blank text is an empty object', () => {
  for (const text of ['', ' \r\n\t', '{}']) assert.equal(parseJsonObject(text).size, 0);
});

test('[sep9.json.object] what is not a JSON object is refused without being quoted', () => {
  for (const text of ['[]', 'null', '5', '"secret"', 'true'])
    refuses(text, 'invalid_request', 'the body is not a JSON object');
  for (const text of ['{', '{"secret":}', '{secret:1}', "{'a':1}", '{"a":1}}', '{"a":NaN}', 'secret'])
    refuses(text, 'invalid_request', 'the body is not valid JSON');
});

test('[sep9.json.names] __proto__ is a name like any other, and the last of two equal names counts', () => {
  const fields = parseJsonObject('{"__proto__":"x","organization":{"__proto__":7},"constructor":1,"a":1,"a":2}');
  assert.deepEqual(
    [...fields],
    [
      ['__proto__', 'x'],
      ['organization.__proto__', '7'],
      ['constructor', '1'],
      ['a', '2'],
    ],
  );
  refuses(`{"${'x'.repeat(101)}":1}`, 'invalid_request', 'a field name is longer than 100 characters');
});

test('[sep9.json.depth] a hundred thousand levels are refused as quietly as three', () => {
  const message = 'the body is nested deeper than 2 levels';
  refuses('{"card":{"number":{}}}', 'invalid_request', message);
  for (const levels of [2, 100_000]) refuses(nested(levels), 'invalid_request', message);
  refuses('{"a":'.repeat(100_000) + 1 + '}'.repeat(100_000), 'invalid_request', message);
  refuses('['.repeat(100_000) + ']'.repeat(100_000), 'invalid_request', 'the body is not a JSON object');
  refuses('{"a":'.repeat(100_000), 'invalid_request', 'the body is not valid JSON');
});

test('[sep9.json.property] every flat object of texts comes through unchanged', () => {
  const texts = fc.dictionary(fc.string({ maxLength: 100, unit: 'binary' }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(texts, (object) => {
      assert.deepEqual(parseJsonObject(JSON.stringify(object)), new Map(Object.entries(object)));
    }),
  );
});

test('[sep9.json.property] every JSON value is read or refused with a KycError', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.dictionary(fc.string(), fc.jsonValue()).map((o) => JSON.stringify(o)),
      ),
      (text) => {
        try {
          for (const value of parseJsonObject(text).values()) assert.equal(typeof value, 'string');
        } catch (error) {
          assert.ok(error instanceof KycError);
        }
      },
    ),
  );
});
