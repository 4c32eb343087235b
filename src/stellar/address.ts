import { decodeStrkey, encodeStrkey } from './strkey.ts';

/** An address that can own a customer: an account, one of its muxed users, or a contract. */
export type Address =
  | { readonly kind: 'account'; readonly account: string }
  | { readonly kind: 'muxed'; readonly account: string; readonly muxedId: string }
  | { readonly kind: 'contract'; readonly account: string };

/** Reads a `G…`, `M…` or `C…` address; undefined when it is none of them or its checksum is wrong. */
export function parseAddress(text: string): Address | undefined {
  switch (text[0]) {
    case 'G':
      return decodeStrkey('account', text) && { kind: 'account', account: text };
    case 'C':
      return decodeStrkey('contract', text) && { kind: 'contract', account: text };
    case 'M':
      return parseMuxed(text);
    default:
      return undefined;
  }
}

/** The `M…` spelling of a `G…` account with a user id (an unsigned 64-bit decimal string). @see SEP-23 */
export function muxedAddress(account: string, muxedId: string): string {
  const key = decodeStrkey('account', account);
  if (key === undefined) throw new TypeError('muxedAddress: not a G… account');
  const id = Buffer.alloc(8);
  id.writeBigUInt64BE(BigInt(muxedId));
  return encodeStrkey('muxed', Buffer.concat([key, id]));
}

function parseMuxed(text: string): Address | undefined {
  const payload = decodeStrkey('muxed', text);
  if (payload === undefined) return undefined;
  return {
    kind: 'muxed',
    account: encodeStrkey('account', payload.subarray(0, 32)),
    muxedId: payload.readBigUInt64BE(32).toString(),
  };
}
