import { parseAddress } from '../stellar/address.ts';
import { readAmount } from './amount.ts';

/** A setting as it is given: an object whose members are not known yet. */
export type Given = Readonly<Record<string, unknown>>;

/** What is wrong with the code or the issuer of an asset, undefined when nothing is. */
export function assetFault(code: string, { issuer }: Given): string | undefined {
  if (!/^[a-zA-Z0-9]{1,12}$/.test(code)) return 'a code has 1 to 12 letters and digits';
  if (code === 'native') return issuer === undefined ? undefined : 'native has no issuer';
  const isAccount = typeof issuer === 'string' && parseAddress(issuer)?.kind === 'account';
  return isAccount ? undefined : `${code}.issuer is no account (G…)`;
}

/** What is wrong with limits and fees, undefined when nothing is. */
export function limitsFault(name: string, given: Given): string | undefined {
  const wrong = ['minAmount', 'maxAmount', 'feeFixed', 'feePercent'].find((member) => {
    const value = given[member];
    return value !== undefined && (typeof value !== 'string' || readAmount(value) === undefined);
  });
  if (wrong !== undefined) return `${name}.${wrong} is no text of decimal digits`;
  const [min, max] = [amountOf(given['minAmount']), amountOf(given['maxAmount'])];
  return min !== undefined && max !== undefined && min > max ? `${name}.minAmount is above maxAmount` : undefined;
}

/** An asset in the Asset Identification Format. @see SEP-38 § Asset Identification Format */
export function assetId(code: string, issuer: string | undefined): string {
  return code === 'native' ? 'stellar:native' : `stellar:${code}:${issuer}`;
}

/** Whether it is a list of texts, none of them empty. */
export function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}

/** Whether it is an object that is no list. */
export function isGiven(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function amountOf(value: unknown): bigint | undefined {
  return typeof value === 'string' ? readAmount(value) : undefined;
}
