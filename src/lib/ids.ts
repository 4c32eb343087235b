import { randomBytes, randomUUID } from 'node:crypto';

/** A random UUID (version 4, 122 random bits). */
export function newUuid(): string {
  return randomUUID();
}

/** A random lower-case hexadecimal token of `bits` random bits (a multiple of 8), 128 unless told. */
export function newToken(bits = 128): string {
  return randomBytes(bits / 8).toString('hex');
}
