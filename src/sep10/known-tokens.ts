import { hash } from 'node:crypto';
import type { Subject } from '../stellar/subject.ts';

/** Whom a token that was verified names, and until when. */
export interface KnownToken {
  readonly subject: Subject;
  /** The claim `exp`, in seconds. */
  readonly expiresAt: number;
}

/**
 * Tokens whose signature and claims were verified, as wallets show the same one for a day and verifying it took a fifth of a request. They are
 * kept by their SHA-256, so that no token lies in memory; only time can make one bad that was good, and time is judged at every use. The
 * latest used stay.
 */
export class KnownTokens {
  readonly #perGeneration: number;
  #young = new Map<string, KnownToken>();
  #old: ReadonlyMap<string, KnownToken> = new Map();

  /** @param perGeneration from so many to twice as many are kept */
  constructor(perGeneration = 4096) {
    this.#perGeneration = perGeneration;
  }

  /** What is known of the token. */
  find(token: string): KnownToken | undefined {
    const digest = hash('sha256', token, 'base64');
    const young = this.#young.get(digest);
    if (young !== undefined) return young;
    const old = this.#old.get(digest);
    if (old !== undefined) this.#keep(digest, old);
    return old;
  }

  /** Keeps a token that was verified. */
  add(token: string, known: KnownToken): void {
    this.#keep(hash('sha256', token, 'base64'), known);
  }

  #keep(digest: string, known: KnownToken): void {
    if (this.#young.size >= this.#perGeneration) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(digest, known);
  }
}
