import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KycError } from '../../src/errors.ts';
import { formatNames, sep9Fields } from '../../src/sep9/catalogue.ts';
import { type ParsedField, parseValue } from '../../src/sep9/parse-value.ts';
import { fieldOf, formatCases } from './format-cases.ts';

const good = new Map(formatCases.map((one) => [fieldOf(one.field).format, one.accepts[0]?.[1] ?? '']));
for (const format of ['text', 'multiline_text', 'bank_account'] as const) good.set(format, 'Some text');

test('[sep9.catalogue.values] takes a good value and refuses a bad one', () => {
  for (const field of sep9Fields.values()) {
    const value = field.choices?.[0] ?? good.get(field.format) ?? '';
    if (field.format !== 'file') assert.equal(parseValue(field, value), value, field.name);
    assert.throws(() => parseValue(field, '\u202E'), KycError, field.name);
  }
});

const seeds = formatCases.flatMap((one) => [...one.accepts.map(([text]) => text), ...one.refuses]);
const mangled = fc.tuple(fc.constantFrom(...seeds), fc.nat({ max: 30 }), fc.string({ unit: 'binary', maxLength: 3 }));
const digits = fc.string({ unit: fc.constantFrom(...'0123456789+- .'), maxLength: 25 });
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  mangled.map(([seed, at, extra]) => seed.slice(0, at) + extra + seed.slice(at)),
  digits,
  digits.map((rest) => `+${rest}`),
);
const field = fc.constantFrom<ParsedField>(
  ...sep9Fields.values(),
  ...formatNames.map((format) => ({ name: 'custom', type: 'string', format }) as const),
);

test('[sep9.property.idempotent] throws nothing but a KycError, and reads what it has read as the same', () => {
  fc.assert(
    fc.property(field, text, (one, value) => {
      const stored = read(one, value);
      if (stored !== undefined) assert.equal(read(one, stored), stored);
    }),
    { numRuns: 5000 },
  );
});

test('[sep9.property.silent] never says the value it refuses', () => {
  const secret = fc.string({ minLength: 1, maxLength: 40 }).map((inner) => `\u03A9${inner}\u03A9`);
  fc.assert(
    fc.property(field, secret, (one, value) => {
      assert.ok(!refusal(one, value).includes('\u03A9'));
    }),
    { numRuns: 2000 },
  );
});

test('[sep9.property.bounded] refuses 64 kB of anything in a moment', () => {
  const start = performance.now();
  for (const one of sep9Fields.values())
    for (const unit of ['0', ' ', 'a.', '+1', '\u0301\u0323', 'a@', '-', '\r\n', '1-', '=\\"'])
      assert.notEqual(refusal(one, `x${unit.repeat(64_000 / unit.length)}x`), '', one.name);
  assert.ok(performance.now() - start < 2000);
});

function read(field: ParsedField, text: string): string | undefined {
  try {
    return parseValue(field, text);
  } catch (error) {
    assert.ok(error instanceof KycError && error.code === 'invalid_field');
    return undefined;
  }
}

function refusal(field: ParsedField, text: string): string {
  try {
    parseValue(field, text);
    return '';
  } catch (error) {
    assert.ok(error instanceof KycError);
    return error.message;
  }
}
