/** The name under which a callback URL is sealed. No field of a program may have it. */
export const callbackField = 'callback_url';

/** A callback URL as it is kept: sealed under its customer's data key. */
export interface SealedCallback {
  readonly sealedUrl: Uint8Array;
  /** When a wallet set it last; setting it again asks for the posts to go on. */
  readonly setAt: Date;
  /** The id that its wallet knows the customer by, where a merge made that another one than the customer's own. */
  readonly knownAs?: string;
}

/** Who sets a callback. */
export interface CallbackSetter {
  /** `G…` or `C…`. When the customer goes by it no longer, its callback goes; one of an unknown account goes with any. */
  readonly account?: string;
  /** The id that its wallet knows the customer by, if it is another one than the customer's own. */
  readonly knownAs?: string | undefined;
}

/** The callback URL of each customer, at most one. It goes when the customer goes, or the account that set it. */
export interface CallbackStore {
  /**
   * Keeps the URL in place of any earlier one; false when there is no such customer (any more). What was still to be posted goes there
   * at once, what had ended goes on, and a target that was switched off is tried again.
   * @param target the URL's host (with a port that is not 443), in clear: what may delay what is known by it
   */
  setCallback(customerId: string, sealedUrl: Uint8Array, target: string, by?: CallbackSetter): Promise<boolean>;
  /** The URL that was set last. */
  findCallback(customerId: string): Promise<SealedCallback | undefined>;
}
