import type { Subject } from '../stellar/subject.ts';

/** Whom a token that was verified names, and until when. */
export interface KnownToken {
  readonly subject: Subject;
  /** The claim `exp`, in seconds. */
  readonly expiresAt: number;
}

/**
 * Tokens whose signature and claims were verified, as wallets show the same one for a day and verifying it took a fifth of a request. They are
 * kept as they are: whoever could read them here could read the key that makes any token as well. Only time can make one bad that was good, and
 * time is judged at every use. The latest used stay.
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
    const young = this.#young.get(token);
    if (young !== undefined) return young;
    const old = this.#old.get(token);
    if (old !== undefined) this.add(token, old);
    return old;
  }

  /** Keeps a token that was verified. */
  add(token: string, known: KnownToken): void {
    if (this.#young.size >= this.#perGeneration) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(token, known);
  }
}
