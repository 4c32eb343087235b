import type { WrappedKey } from '../vault/key-ring.ts';
import type { Identity } from './identity.ts';
import type { SealedValue } from './store.ts';

/** The field that a code confirms, and which version of its value. Another value voids the code. */
export interface CodeSubject {
  readonly customerId: string;
  readonly field: string;
  readonly rev: number;
}

/** A code that a worker is to send, held until its lease ends. */
export interface ClaimedCode extends CodeSubject {
  /** Names this claim: a worker whose claim was taken over by another one changes nothing any more. */
  readonly lease: string;
  /** How often it was sent before, or tried to. */
  readonly attempt: number;
  readonly askedAt: Date;
  readonly wrappedKey: WrappedKey;
  /** What decides the customer's status, as text; undefined when nothing was ever decided. */
  readonly dossier: string | undefined;
  readonly values: readonly SealedValue[];
  readonly identities: readonly Identity[];
}

/** How a code is kept: never itself. */
export interface CodeHash {
  /** Says which code of the field it is, and is part of what was hashed. */
  readonly id: string;
  readonly hash: Uint8Array;
}

/** At most `max` sends within the time before each, counted for whatever the bucket stands for. */
export interface SendCap {
  /** A keyed hash of whom or what sends are counted for. */
  readonly bucket: Uint8Array;
  readonly max: number;
  readonly withinMs: number;
  /** Whether a code waits until there is room again, or is given up. */
  readonly whenFull: 'wait' | 'give-up';
}

/** What became of a claim just before its code is sent. */
export type ArmOutcome =
  /** Counted, and good from now on: send it. */
  | 'armed'
  /** Another cap is full; it is due again once there is room. */
  | 'waiting'
  /** A cap is full that is not waited for. */
  | 'capped'
  /** The claim is another worker's, or the value is another one, or gone. */
  | 'lost';

/** What there is to compare a guess with. */
export type Try =
  /** The try is counted. `isUsed`: the code was right before; it confirms nothing anew. */
  | { readonly outcome: 'counted'; readonly code: CodeHash; readonly isUsed: boolean }
  /** None was sent yet, or none for this value. */
  | { readonly outcome: 'none' }
  | { readonly outcome: 'expired' }
  /** No further guess is compared. */
  | { readonly outcome: 'exhausted' };

/** Where a code stands, for people who help. */
export interface CodeStanding {
  readonly state: CodeState;
  readonly rev: number;
  readonly attempt: number;
  readonly tries: number;
  /** Why it was given up. A word, never a value. */
  readonly fault: string | undefined;
  readonly expiresAt: Date | undefined;
}

/** `due`: to be sent (again); `sent`; `used`: was right; `failed`: given up. */
export const codeStates = ['due', 'sent', 'used', 'failed'] as const;

/** @see codeStates */
export type CodeState = (typeof codeStates)[number];

/** How many guesses of one code are compared. */
export const maxTries = 5;

/** The confirmation code of each field of each customer, at most one. It goes when the customer goes; counts of sends stay for their day. */
export interface CodeStore {
  /**
   * Notes that a code is wanted. Without `anew` only if none is on its way or good: that one was given up, used, expired or guessed too
   * often. False when nothing was noted, also for a customer or a version of the value that is no more.
   */
  requestCode(subject: CodeSubject, now: Date, anew?: boolean): Promise<boolean>;
  /** Takes codes that are due and that no living worker holds, and holds them until `leaseUntil`. */
  claimCodes(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedCode[]>;
  /** Counts the send and makes the code good until `expiresAt`, in place of any earlier one; or does neither. */
  armCode(
    claim: ClaimedCode,
    code: CodeHash & { readonly expiresAt: Date },
    caps: readonly SendCap[],
    now: Date,
  ): Promise<ArmOutcome>;
  /** The code has left. */
  noteSent(claim: ClaimedCode): Promise<void>;
  /** It did not leave: tried again at `retryAt`, given up without one. */
  noteFailed(claim: ClaimedCode, fault: string, retryAt?: Date): Promise<void>;
  /** Counts a guess before it is compared, so that of any number at once at most {@link maxTries} are. */
  takeTry(subject: CodeSubject, now: Date): Promise<Try>;
  /** Marks the code that was right as used. Guesses are counted from zero again: the next can only be the same, or gain nothing. */
  consumeCode(subject: CodeSubject, codeId: string): Promise<void>;
  /** When the next code is due, undefined when none waits. */
  nextSendAt(): Promise<Date | undefined>;
  /** The code of a field. */
  findCode(customerId: string, field: string): Promise<CodeStanding | undefined>;
}
