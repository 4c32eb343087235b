const decimal = /^(\d{1,40})(?:\.(\d{1,40}))?$/;

/** Whether it is an amount: decimal digits with or without a point and more of them; no sign, exponent or separators. */
export function isDecimal(text: string): boolean {
  return decimal.test(text);
}

/**
 * Whether the amount is above the other, exactly: amounts are never made floating-point numbers.
 * @throws TypeError when one of them is no {@link isDecimal}, without naming it
 */
export function isAbove(amount: string, limit: string): boolean {
  const [whole, fraction] = parts(amount);
  const [otherWhole, otherFraction] = parts(limit);
  if (whole.length !== otherWhole.length) return whole.length > otherWhole.length;
  // Digits of the same number of places compare as text; a fraction that ends sooner is the smaller one.
  return whole === otherWhole ? fraction > otherFraction : whole > otherWhole;
}

/** Without the zeros that mean nothing. */
function parts(text: string): [whole: string, fraction: string] {
  const [, whole = '', fraction = ''] = decimal.exec(text) ?? [];
  if (whole === '') throw new TypeError('an amount is expected to be decimal digits, such as 1000.50');
  return [whole.replace(/^0+/, ''), fraction.replace(/0+$/, '')];
}
