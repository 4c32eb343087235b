import { randomBytes } from 'node:crypto';
import { encodeStrkey } from '../stellar/strkey.ts';
import { keyBytes } from './key-ring.ts';

/** The three secrets that a server cannot do without, as their settings take them. */
export interface Secrets {
  readonly signingSeed: string;
  readonly serverJwtKey: string;
  readonly encryptionKeys: string;
}

/** Makes one secret of each kind, from the system's randomness. */
export const freshSecret: { readonly [K in keyof Secrets]: () => string } = {
  signingSeed: () => encodeStrkey('seed', randomBytes(32)),
  serverJwtKey: () => randomBytes(32).toString('base64'),
  encryptionKeys: () =>
    `${new Date().toISOString().slice(0, 10)}-${randomBytes(3).toString('hex')}:${randomBytes(keyBytes).toString('base64')}`,
};

/** A fresh set of all three. */
export function freshSecrets(): Secrets {
  const { signingSeed, serverJwtKey, encryptionKeys } = freshSecret;
  return { signingSeed: signingSeed(), serverJwtKey: serverJwtKey(), encryptionKeys: encryptionKeys() };
}
