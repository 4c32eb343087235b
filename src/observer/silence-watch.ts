/** Ends a connection on which nothing is said for too long. */
export class SilenceWatch {
  /** Aborted by silence, or by whoever started it. */
  readonly signal: AbortSignal;
  readonly #silence = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #words = 0;

  /** @param limitMs until the first word */
  constructor(outer: AbortSignal, limitMs: number) {
    this.signal = AbortSignal.any([outer, this.#silence.signal]);
    this.#wait(limitMs);
  }

  /** Something was said; the next word may take so long. */
  heard(limitMs: number): void {
    this.#words++;
    this.#wait(limitMs);
  }

  /** Whether it ended before the first word. */
  get wasMute(): boolean {
    return this.#silence.signal.aborted && this.#words === 0;
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#silence.abort(), ms);
  }
}
