import { parseAddress } from './address.ts';
import { isUint64, type Memo } from './memo.ts';

/**
 * Who is asking, as proved by web authentication.
 * Choice: an `M…` subject is its `G…` account with the muxed id as memo of type id (ruling 1).
 */
export interface Subject {
  /** The token's `sub`: `G…`, `G…:<memo>`, `M…` or `C…`. */
  readonly sub: string;
  /** The `G…` or `C…` account behind it. */
  readonly account: string;
  /** The user of a shared account; always of type id. */
  readonly memo?: Memo;
  /** The wallet's proved domain. @see SEP-10 § Verifying the Client Domain */
  readonly clientDomain?: string;
  /** The home domain that was signed in to. */
  readonly homeDomain?: string;
}

/** Reads a token's `sub`; undefined when it has none of the four forms. @see SEP-10 § Token */
export function parseSub(sub: string): Pick<Subject, 'sub' | 'account' | 'memo'> | undefined {
  const [text = '', memo, ...rest] = sub.split(':');
  const address = parseAddress(text);
  if (address === undefined || rest.length > 0) return undefined;
  if (memo === undefined) {
    const { account } = address;
    return address.kind === 'muxed' ? { sub, account, memo: { type: 'id', value: address.muxedId } } : { sub, account };
  }
  if (address.kind !== 'account' || !isUint64(memo)) return undefined;
  return { sub, account: address.account, memo: { type: 'id', value: memo } };
}
