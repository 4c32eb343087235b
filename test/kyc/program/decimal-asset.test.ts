import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAsset, isAssetName } from '../../../src/kyc/program/asset.ts';
import { isAbove, isDecimal } from '../../../src/kyc/program/decimal.ts';

const issuer = 'GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN';
const other = 'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5';

/** The amount in units of 10^-40, as a whole number. */
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(40, '0'));
}

test('[program.amount] amounts compare exactly, whatever zeros they are written with', () => {
  const digits = fc.stringMatching(/^[0-9]{1,40}$/);
  const near = fc.stringMatching(/^0{0,3}[01]{1,3}(\.[019]{1,4}0{0,3})?$/);
  const amount = fc.oneof(
    near,
    fc.tuple(digits, digits).map(([whole, fraction]) => `${whole}.${fraction}`),
    digits,
  );
  fc.assert(
    fc.property(amount, amount, (one, two) =>
      assert.equal(isAbove(one, two), scaled(one) > scaled(two), `${one} ${two}`),
    ),
    {
      numRuns: 2000,
    },
  );
  assert.ok(isAbove('1000.0000000000000001', '1000'), 'which floating-point numbers cannot tell apart');
  assert.ok(!isAbove('1000.000', '1000'));
});

test('[program.amount] what is no amount is refused without being repeated', () => {
  for (const text of ['', '-1', '+1', '1e3', '1,000', '1.', '.5', ' 1', '0x1', 'NaN', '1'.repeat(41)]) {
    assert.ok(!isDecimal(text), text);
    assert.throws(
      () => isAbove(text, '1'),
      new TypeError('an amount is expected to be decimal digits, such as 1000.50'),
    );
  }
});

test('[program.asset] a code is met by every spelling of an asset with it, an issuer by itself alone', () => {
  const cases: readonly [named: string, asset: string | undefined, met: boolean][] = [
    ['USDC', 'USDC', true],
    ['USDC', `USDC:${issuer}`, true],
    ['USDC', `stellar:USDC:${issuer}`, true],
    ['USD', 'iso4217:USD', true],
    ['USD', 'USDC', false],
    ['USDC', 'usdc', false],
    [`USDC:${issuer}`, `USDC:${issuer}`, true],
    [`USDC:${issuer}`, `stellar:USDC:${issuer}`, true],
    [`USDC:${issuer}`, `stellar:USDC:${other}`, false],
    [`USD:${issuer}`, 'iso4217:USD', false],
    ['XLM', 'native', true],
    ['XLM', 'stellar:native', true],
    [`XLM:${issuer}`, 'native', false],
    // Not said is not otherwise: asking for too much can be mended.
    [`USDC:${issuer}`, 'USDC', true],
    ['USDC', undefined, true],
  ];
  for (const [named, asset, met] of cases) assert.equal(isAsset(named, asset), met, `${named} ${asset}`);
  for (const name of ['USDC', 'a', `USDC:${issuer}`]) assert.ok(isAssetName(name), name);
  for (const name of ['', 'US DC', 'THIRTEENCHARS', 'USDC:', `USDC:${issuer.slice(1)}`, `stellar:USDC:${issuer}`])
    assert.ok(!isAssetName(name), name);
});
