import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { decodeStrkey, encodeStrkey } from './strkey.ts';

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** A Stellar key pair that signs. The seed itself is not kept. */
export interface Signer {
  /** The public key as `G…`. */
  readonly account: string;
  /** The raw 32 bytes of the public key. */
  readonly publicKey: Buffer;
  /** The 64-byte Ed25519 signature of exactly these bytes. */
  sign(message: Uint8Array): Buffer;
}

/**
 * The signer of an `S…` secret seed.
 * @throws TypeError when `seed` is not one; the message never repeats it
 */
export function signerFromSeed(seed: string): Signer {
  const raw = decodeStrkey('seed', seed);
  if (raw === undefined) throw new TypeError('expected a Stellar secret seed (S…)');
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, raw]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length);
  return {
    account: encodeStrkey('account', publicKey),
    publicKey,
    sign: (message) => sign(null, message, privateKey),
  };
}

/** A key that verifies signatures, from the 32 raw bytes of a public key. */
export function verifyingKey(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' });
}

/** Whether `signature` over `message` was made with the key. Malformed signatures are simply false. */
export function verifySignature(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verify(null, message, key, signature);
}
