/** As many places as Stellar's amounts have. */
const places = 7;
const unit = 10n ** BigInt(places);
/** The most that fits Stellar's signed 64 bits. */
const maxUnits = 2n ** 63n - 1n;
const pattern = /^(0|[1-9]\d{0,18})(?:\.(\d{1,7}))?$/;

/**
 * An amount in units of 0.0000001; undefined unless it is decimal digits with at most seven places that fit Stellar's 64 bits. Amounts are
 * never floating-point numbers.
 */
export function readAmount(text: string): bigint | undefined {
  const [, whole, fraction = ''] = pattern.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const units = BigInt(whole) * unit + BigInt(fraction.padEnd(places, '0'));
  return units > maxUnits ? undefined : units;
}

/**
 * A number of JSON without its exponent: 1.0E7, which is what some languages make of ten million, is 10000000.0. One whose exponent is absurd is left as
 * it is, and is no amount.
 */
export function plainDigits(number: string): string {
  const [, sign, whole = '', fraction = '', power] = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,2})$/.exec(number) ?? [];
  if (power === undefined) return number;
  const digits = String(BigInt(whole + fraction));
  const places = fraction.length - Number(power);
  if (places <= 0) return `${sign}${digits}${'0'.repeat(-places)}`;
  const padded = digits.padStart(places + 1, '0');
  return `${sign}${padded.slice(0, -places)}.${padded.slice(-places)}`.replace(/\.?0+$/, '');
}

/** The amount in decimal digits, without zeros that mean nothing. @throws TypeError for a negative one */
export function writeAmount(units: bigint): string {
  if (units < 0n) throw new TypeError('an amount is not negative');
  const fraction = String(units % unit)
    .padStart(places, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(units / unit) : `${units / unit}.${fraction}`;
}

/** What a fixed fee and a percentage come to, in units; what is not a whole unit counts as one. */
export function feeOf(units: bigint, fee: { readonly fixed: bigint; readonly percent: bigint }): bigint {
  const hundred = 100n * unit;
  return fee.fixed + (units * fee.percent + hundred - 1n) / hundred;
}
