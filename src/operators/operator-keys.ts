import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { keyBytes } from '../vault/key-ring.ts';

const totpBytes = 20;

/** What of signing in takes a key that is not in the database. */
export class OperatorKeys {
  readonly #totp: Buffer;
  readonly #attempts: Buffer;
  readonly #forms: Buffer;

  /** @param root kept wrapped by the key ring, as the blind index's is */
  constructor(root: Uint8Array) {
    const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', root, '', purpose, keyBytes));
    this.#totp = derive('totp');
    this.#attempts = derive('attempts');
    this.#forms = derive('forms');
  }

  /** The secret of somebody's second factor. It is kept nowhere: a copy of the database makes no codes. */
  totpSecret(operatorId: string, salt: string): Buffer {
    return createHmac('sha256', this.#totp).update(`${operatorId} ${salt}`).digest().subarray(0, totpBytes);
  }

  /** Under which failures of a name are counted. What is typed there is not kept: it is sometimes the password. */
  attemptBucket(name: string): string {
    return createHmac('sha256', this.#attempts).update(name.toLowerCase()).digest('hex');
  }

  /** What a form carries to show that it was made for that session. */
  formToken(sessionToken: string): string {
    return createHmac('sha256', this.#forms).update(sessionToken).digest('base64url');
  }

  /** Signs what is handed to a browser to be brought back. */
  sign(purpose: string, text: string): string {
    return createHmac('sha256', this.#forms).update(`${purpose} ${text}`).digest('base64url');
  }

  /** Whether that was signed by {@link sign}. */
  isSigned(purpose: string, text: string, mac: string): boolean {
    const [expected, given] = [Buffer.from(this.sign(purpose, text)), Buffer.from(mac)];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}
