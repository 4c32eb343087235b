import type { Signer } from '../stellar/ed25519.ts';

/** The headers of a callback: the same signature under the name of today and the deprecated one. */
export interface SignatureHeaders {
  readonly Signature: string;
  readonly 'X-Stellar-Signature': string;
}

/**
 * Signs exactly these bytes for the host they are posted to.
 * @param host the URL's host, with its port only where that is not 443
 * @param seconds the moment of sending, in Unix seconds
 * @see SEP-12 § Callback POST Request (ruling 27)
 */
export function signCallback(signer: Signer, host: string, body: Uint8Array, seconds: number): SignatureHeaders {
  const signature = signer.sign(signedBytes(String(seconds), host, body)).toString('base64');
  const value = `t=${seconds}, s=${signature}`;
  return { Signature: value, 'X-Stellar-Signature': value };
}

/** What is signed: `<t>.<host>.<body>`. */
export function signedBytes(timestamp: string, host: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}.${host}.`, 'utf8'), body]);
}
