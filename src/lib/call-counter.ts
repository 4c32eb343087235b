/** Counts calls in flight, so that a stop can wait for them. */
export class CallCounter {
  #open = true;
  #inFlight = 0;
  readonly #settled: PromiseWithResolvers<void> = Promise.withResolvers<void>();

  /** False once {@link close} was called. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Runs a call and counts it while it runs. */
  async count<T>(call: () => Promise<T>): Promise<T> {
    this.#inFlight++;
    try {
      return await call();
    } finally {
      this.#inFlight--;
      if (!this.#open && this.#inFlight === 0) this.#settled.resolve();
    }
  }

  /** Marks the end; false if it was marked before. */
  close(): boolean {
    const wasOpen = this.#open;
    this.#open = false;
    if (this.#inFlight === 0) this.#settled.resolve();
    return wasOpen;
  }

  /** Resolves when no call is in flight, or after `graceMs`. */
  async settle(graceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, graceMs);
    await Promise.race([this.#settled.promise, promise]);
    clearTimeout(timer);
  }
}
