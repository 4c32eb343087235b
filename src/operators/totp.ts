import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds for which a code is the current one. */
const stepSeconds = 30;
const digits = 6;
/** So many steps may a clock be off, either way. */
const window = 1;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a step. @see RFC 6238 § 4.2, RFC 4226 § 5.3 */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac[mac.length - 1] ?? 0) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The step whose code it is, undefined when it is none of the present. It is for the caller to see that a step is used once. */
export function findTotpStep(secret: Uint8Array, code: string, now: Date): number | undefined {
  const typed = Buffer.from(code.replace(/\s/g, ''));
  const current = totpStep(now);
  const steps = Array.from({ length: 2 * window + 1 }, (_, index) => current - window + index);
  return steps.find((step) => {
    const expected = Buffer.from(totpCode(secret, step));
    return expected.length === typed.length && timingSafeEqual(expected, typed);
  });
}

/** The step that a time is in. */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1000 / stepSeconds);
}

/** The secret as people type it. @see RFC 4648 § 6 */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** What an authenticator app reads. @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function totpUri(secret: Uint8Array, name: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(name)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}
