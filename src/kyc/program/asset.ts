import { parseAddress } from '../../stellar/address.ts';

/** An asset as rules and transactions name it. */
interface Asset {
  readonly code: string;
  /** Undefined where only the code is known. */
  readonly issuer: string | undefined;
}

const fiat = 'iso4217';
const lumens: Asset = { code: 'XLM', issuer: 'native' };

/**
 * Whether a transaction in `asset` is one in what a rule names.
 * Choice: what is not said counts as met. `CODE` alone may be of any issuer, on both sides, and a transaction that names no asset may be in any:
 * asking for too much is mended by asking again, a transfer above the limit without its documents is not.
 * @param named `CODE` or `CODE:ISSUER`
 * @param asset `CODE`, `CODE:ISSUER`, `stellar:CODE:ISSUER`, `iso4217:CODE` or `native`; as SEP-38 has it
 */
export function isAsset(named: string, asset: string | undefined): boolean {
  if (asset === undefined) return true;
  const wanted = readAsset(named);
  const given = readAsset(asset);
  if (wanted.code !== given.code) return false;
  return wanted.issuer === undefined || given.issuer === undefined || wanted.issuer === given.issuer;
}

/** Whether a rule can name an asset so. */
export function isAssetName(text: string): boolean {
  const [code = '', issuer, ...rest] = text.split(':');
  if (rest.length > 0 || !/^[a-zA-Z0-9]{1,12}$/.test(code)) return false;
  return issuer === undefined || parseAddress(issuer)?.kind === 'account';
}

function readAsset(text: string): Asset {
  const parts = text.split(':');
  if (parts[0] === fiat) return { code: parts[1] ?? '', issuer: fiat };
  const [code = '', issuer] = parts[0] === 'stellar' ? parts.slice(1) : parts;
  return code === 'native' ? lumens : { code, issuer };
}
