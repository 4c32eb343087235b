import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { InvalidRequest, KycError } from '../errors.ts';

/** Shortest and longest password. @see NIST SP 800-63B-4 § 3.1.1, OWASP ASVS 5.0 § 6.2 */
export const passwordLength = { min: 12, max: 128 } as const;

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);
/** OWASP's choice where memory is short: 16 MB for each. Argon2 comes with a later Node than the first that we run on. */
const cost = { N: 2 ** 14, r: 8, p: 5 } as const;
const saltBytes = 16;
const hashBytes = 32;
/** So many wait at most: each takes a tenth of a second of a core. */
const maxWaiting = 20;

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/** @throws InvalidRequest naming the rule that it breaks */
export function checkPassword(password: string, name: string): void {
  const text = normal(password);
  const letters = [...text];
  const { min, max } = passwordLength;
  const rule =
    letters.length < min || letters.length > max
      ? `from ${min} to ${max} characters`
      : new Set(letters).size < 5
        ? 'at least five different characters'
        : text.toLowerCase().includes(name.toLowerCase())
          ? 'not to hold your name'
          : undefined;
  if (rule !== undefined) throw new InvalidRequest(`'password' is invalid: expected ${rule}`, { field: 'password' });
}

/** What a password is kept as. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await deriveInTurn(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether it is that password. Without a kept one it is none, and takes as long to say so. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (kept ?? '').split('$');
  const isKnown = kept !== undefined;
  const asked = isKnown ? { N: Number(N), r: Number(r), p: Number(p) } : cost;
  const derived = await deriveInTurn(password, Buffer.from(salt, 'base64url'), asked);
  const expected = Buffer.from(hash, 'base64url');
  return isKnown && expected.length === derived.length && timingSafeEqual(expected, derived);
}

/** One after another: many at once would take the threads that files and names need. @throws KycError `unavailable` */
async function deriveInTurn(
  password: string,
  salt: Buffer,
  asked: typeof cost | { N: number; r: number; p: number },
): Promise<Buffer> {
  if (waiting >= maxWaiting)
    throw new KycError('unavailable', 'too many people sign in; try again', { retryAfterSeconds: 10 });
  waiting++;
  const derived = last.then(() => derive(normal(password), salt, hashBytes, asked)).finally(() => waiting--);
  last = derived.catch(() => {});
  return derived;
}

/** The same password, however a keyboard composes its letters. */
function normal(password: string): string {
  return password.normalize('NFKC');
}
