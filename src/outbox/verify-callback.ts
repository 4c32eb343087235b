import { verifyingKey, verifySignature } from '../stellar/ed25519.ts';
import { decodeStrkey } from '../stellar/strkey.ts';
import { signedBytes } from './callback-signature.ts';

/** Why a callback is not to be believed. */
export type CallbackRefusal = 'no_signature' | 'malformed_signature' | 'not_fresh' | 'wrong_signature';

/** A POST that did not come from the anchor, not now, or not to this host. */
export class CallbackRefused extends Error {
  readonly reason: CallbackRefusal;

  constructor(reason: CallbackRefusal) {
    super(`the callback is refused: ${reason}`);
    this.name = 'CallbackRefused';
    this.reason = reason;
  }
}

/** A callback as a wallet received it, and what it is held to. */
export interface ReceivedCallback {
  /** As the server gives them: web-standard, or a record with names in lower case as node:http has it. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The exact bytes, before anything parsed them. */
  readonly body: Uint8Array | string;
  /** The host of the URL that the wallet registered, with its port only where that is not 443: not what the request says. */
  readonly host: string;
  /** SIGNING_KEY (`G…`) of the anchor's stellar.toml. */
  readonly signingKey: string;
  /** Default: the machine's time. */
  readonly now?: Date;
  /** How far the time of signing may be off, either way. Default: 120. */
  readonly toleranceSeconds?: number;
}

/**
 * For wallets: returns when the callback was signed by the anchor, for this host, these bytes, and just now.
 * @returns when it was signed
 * @throws CallbackRefused otherwise
 * @throws TypeError for a signing key that is none
 * @see SEP-12 § VERIFY signature
 */
export function verifyCallback(received: ReceivedCallback): Date {
  const { headers, body, host, signingKey, now = new Date(), toleranceSeconds = 120 } = received;
  const publicKey = decodeStrkey('account', signingKey);
  if (publicKey === undefined) throw new TypeError('signingKey: expected an account (G…)');
  const header = headerOf(headers, 'signature') ?? headerOf(headers, 'x-stellar-signature');
  if (header === undefined) throw new CallbackRefused('no_signature');
  const [, timestamp, base64] = /^t=(\d{1,12}),\s*s=([A-Za-z0-9+/]{86}==)$/.exec(header.trim()) ?? [];
  if (timestamp === undefined || base64 === undefined) throw new CallbackRefused('malformed_signature');
  const message = signedBytes(timestamp, host.toLowerCase(), Buffer.from(body));
  if (!verifySignature(verifyingKey(publicKey), message, Buffer.from(base64, 'base64')))
    throw new CallbackRefused('wrong_signature');
  const signedAt = new Date(Number(timestamp) * 1000);
  if (Math.abs(now.getTime() - signedAt.getTime()) > toleranceSeconds * 1000) throw new CallbackRefused('not_fresh');
  return signedAt;
}

/** The one value of a header. Given twice it is nobody's. */
function headerOf(headers: ReceivedCallback['headers'], name: string): string | undefined {
  const value = headers instanceof Headers ? (headers.get(name) ?? undefined) : headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}
