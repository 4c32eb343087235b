import type { Identity } from './identity.ts';

/** The name under which a payment's callback URL is sealed; a customer's has more to it. No field of a program may have it. */
export const callbackField = 'callback_url';

/**
 * The name under which a customer's callback URL is sealed, so that it opens in that callback's row alone. Callbacks of schema 16, of which a customer
 * had one, have the customer's id and the bare name.
 */
export function callbackName(customerId: string, callbackId: string): string {
  return callbackId === customerId ? callbackField : `${callbackField} ${callbackId}`;
}

/** Who sets a callback: the subject, as whom a wallet signed in. A plain account and a user of it are two. */
export interface CallbackSetter extends Identity {
  /** The id that its wallet knows the customer by. */
  readonly knownAs: string;
}

/** A callback URL as it is kept: sealed under its customer's data key. */
export interface SealedCallback {
  readonly id: string;
  readonly sealedUrl: Uint8Array;
  /** When its wallet set it last; setting it again asks for the posts to go on. */
  readonly setAt: Date;
  /** The id that its wallet knows the customer by. */
  readonly knownAs: string;
}

/** A callback that a wallet sets. */
export interface NewCallback {
  /** That of the callback it replaces, else of no other one. */
  readonly id: string;
  readonly customerId: string;
  readonly by: CallbackSetter;
  /** Sealed under {@link callbackName}. */
  readonly sealedUrl: Uint8Array;
  /** The URL's host (with a port that is not 443), in clear: what may delay what is known by it. */
  readonly target: string;
}

/** What became of it. Nothing is changed unless it was stored. */
export type CallbackOutcome =
  | 'stored'
  /** The id is not that of the callback to be replaced (any more). */
  | 'conflict'
  /** The setter leads to no such customer (any more). */
  | 'unknown';

/** The callback URLs of customers: one for each subject that leads to the customer, and id that its wallet knows the customer by. */
export interface CallbackStore {
  /**
   * Keeps the URL in place of the one that its setter set before, and of no other. What was still to be posted goes there at once, what had ended
   * goes on, and a target that was switched off is tried again.
   */
  setCallback(callback: NewCallback): Promise<CallbackOutcome>;
  /** The callback that one set by that subject would replace. */
  findCallback(customerId: string, by: CallbackSetter): Promise<SealedCallback | undefined>;
  /** All of a customer, by id. */
  listCallbacks(customerId: string): Promise<readonly SealedCallback[]>;
}
