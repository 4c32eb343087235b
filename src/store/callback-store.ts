/** A callback URL as it is kept: sealed under its customer's data key. */
export interface SealedCallback {
  readonly sealedUrl: Uint8Array;
  /** When a wallet set it last; setting it again asks for the posts to go on. */
  readonly setAt: Date;
}

/** The callback URL of each customer, at most one. It goes when the customer goes. */
export interface CallbackStore {
  /** Keeps the URL in place of any earlier one; false when there is no such customer (any more). */
  setCallback(customerId: string, sealedUrl: Uint8Array): Promise<boolean>;
  /** The URL that was set last. */
  findCallback(customerId: string): Promise<SealedCallback | undefined>;
}
