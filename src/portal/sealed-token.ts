import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
/** Longer than any token there is; nothing longer is looked at. */
const maxLength = 4096;

/** The key for one purpose, from a root key that serves several: what is made for one is worth nothing for another. */
export function deriveKey(rootKey: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', rootKey, '', `anchor-kyc customer page: ${purpose}`, keyBytes));
}

/** Makes and reads tokens that nobody else can make or read, for one purpose. */
export class TokenSealer {
  readonly #key: Buffer;

  constructor(rootKey: Uint8Array, purpose: string) {
    this.#key = deriveKey(rootKey, purpose);
  }

  /** A token of what JSON can hold, fit for a URL and a cookie. */
  seal(content: object): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** What was sealed; undefined for whatever this key did not seal, or that is not spelled as it was. */
  open(token: string): unknown {
    const bytes = token.length > maxLength ? Buffer.alloc(0) : Buffer.from(token, 'base64url');
    if (bytes.length <= ivBytes + tagBytes || bytes.toString('base64url') !== token) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      const opened = [decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()];
      return JSON.parse(Buffer.concat(opened).toString('utf8'));
    } catch {
      return undefined;
    }
  }
}
