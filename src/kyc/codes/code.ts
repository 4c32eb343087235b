import { randomInt } from 'node:crypto';
import type { CodeSubject } from '../../store/code-store.ts';
import type { Vault } from '../../vault/vault.ts';

/** How long a code is good, in milliseconds. ASVS 6.5.5 allows no more. */
export const codeLifetimeMs: number = 10 * 60 * 1000;

const digits = 6;

/** Six decimal digits, each code as likely as any other. */
export function newCode(): string {
  return String(randomInt(10 ** digits)).padStart(digits, '0');
}

/**
 * A code as a person may have typed it: in groups, with their own script's digits; or as a JSON number, which has lost its leading zeros.
 * What is no code stays as it is, and is wrong.
 */
export function readGuess(text: string): string {
  const latin = text.replace(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
  const compact = latin.replace(/[\s-]/g, '');
  return /^\d+$/.test(compact) ? compact.padStart(digits, '0') : text;
}

/** How a code is kept: bound to its customer, field, and version of the value, and to which code of these it is. */
export function hashCode(vault: Vault, { customerId, field, rev }: CodeSubject, id: string, code: string): Buffer {
  return vault.digest('code', JSON.stringify([customerId, field, rev, id, code]));
}
