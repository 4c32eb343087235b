import { createHmac, timingSafeEqual } from 'node:crypto';

/** Hash functions that vendors sign with. */
export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512';

/** How far a vendor's clock may be from ours, and how old a call with a signed time may be. */
const toleranceMs = 5 * 60 * 1000;

/** Whether `signature`, hexadecimal, is the HMAC of exactly these bytes; compared in constant time. */
export function isSigned(
  body: Buffer,
  signature: string,
  secret: string,
  algorithm: HmacAlgorithm = 'sha256',
): boolean {
  const expected = createHmac(algorithm, secret).update(body).digest();
  const given = /^(?:[0-9a-f]{2})+$/i.test(signature) ? Buffer.from(signature, 'hex') : Buffer.alloc(0);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * Whether a time that the vendor signed with the call is within five minutes of now, so that a call that somebody has recorded cannot be
 * played again later. For vendors that sign each delivery anew; those that repeat a call with its first signature have no such time.
 */
export function isRecent(signedAt: Date, now: Date): boolean {
  return Math.abs(now.getTime() - signedAt.getTime()) <= toleranceMs;
}
