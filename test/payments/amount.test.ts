import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { feeOf, plainDigits, readAmount, writeAmount } from '../../src/payments/amount.ts';

test('[payments.amounts] amounts are decimal digits with seven places, in Stellar’s 64 bits', () => {
  for (const text of ['0', '1', '0.0000001', '922337203685.4775807', '100.10'])
    assert.notEqual(readAmount(text), undefined, text);
  for (const text of [
    '',
    '-1',
    '+1',
    '1e3',
    '01',
    '.5',
    '1.',
    '1.00000001',
    '1,5',
    ' 1',
    'NaN',
    '0x1',
    '922337203685.4775808',
    '٣',
  ])
    assert.equal(readAmount(text), undefined, text);
  assert.equal(writeAmount(readAmount('100.10') ?? 0n), '100.1');
  assert.throws(() => writeAmount(-1n), TypeError);
});

test('[payments.amounts] an amount read and written is itself, without zeros that mean nothing', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (units) => {
      assert.equal(readAmount(writeAmount(units)), units);
      assert.doesNotMatch(writeAmount(units), /\.\d*0$|\.$/);
    }),
  );
});

test('[payments.amounts] numbers of JSON are amounts however they are written', () => {
  const written = [
    ...(['1.0E7', '1e-7', '1.0E-7', '12.34e-3', '0.5e1', '-1e2', '5', '1.25E+2', '100e-2', '1e999'] as const),
    '0.0000001',
  ];
  const plain = ['10000000', '0.0000001', '0.0000001', '0.01234', '5', '-100', '5', '125', '1', '1e999', '0.0000001'];
  assert.deepEqual(written.map(plainDigits), plain);
});

test('[payments.amounts] a fee is exact, and rounded up to what there is', () => {
  const of = (amount: string, fixed: string, percent: string): string => {
    const units = (text: string): bigint => readAmount(text) ?? assert.fail(text);
    return writeAmount(feeOf(units(amount), { fixed: units(fixed), percent: units(percent) }));
  };
  assert.equal(of('100', '0.5', '1'), '1.5');
  assert.equal(of('0.1', '0', '0.0000001'), '0.0000001');
  assert.equal(of('18.34', '0.1', '0'), '0.1');
  assert.equal(of('922337203685.4775807', '0', '100'), '922337203685.4775807');
});
