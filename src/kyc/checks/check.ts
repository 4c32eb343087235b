import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { ParsedField } from '../../sep9/parse-value.ts';
import type { ReasonCode } from '../reasons.ts';

/** A file as a check sees it. */
export interface CheckFile {
  /** As its bytes say. */
  readonly contentType: string;
  readonly sizeBytes: number;
  /** SHA-256 of the plain bytes, hexadecimal. */
  readonly sha256: string;
  /** Whether everything but the pixels was taken out of it already. */
  readonly isStripped?: boolean;
  /** The plain bytes, opened chunk by chunk; may be called more than once. */
  open(): AsyncIterable<Uint8Array>;
}

/** What a check looks at: the customer's values and files of its own input fields, as far as they are held, by field key. */
export interface CheckInput {
  readonly customerId: string;
  readonly values: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, CheckFile>;
  /** What an earlier run of this check on the same input answered as `reference`, if it was `pending`. */
  readonly reference: string | undefined;
}

/** What a run knows beside its input. */
export interface CheckContext {
  /** Aborted when the run has taken too long; a check passes it on to whatever it waits for. */
  readonly signal: AbortSignal;
  readonly now: Date;
}

/**
 * What was found, for the reviewer to see: names of lists, scores, versions. It may hold personal data and is kept sealed.
 */
export type Evidence = Readonly<Record<string, unknown>>;

/**
 * What a check says.
 * `pass`: nothing against the customer. `fail`: these fields will not do and must be sent again or, if `final`, the customer is
 * rejected for good. `review`: a person must look. `pending`: somebody else is still at it; asked again after `retryAfterMs`, or at once
 * when their webhook names `reference`.
 * Whoever cannot tell throws: the run is repeated later, and the customer stays PROCESSING (fail closed).
 */
export type CheckResult =
  | {
      readonly outcome: 'pass';
      readonly evidence?: Evidence;
      /** By key: files to be kept in place of those that came, because they say more than is asked (a photo's place, time, camera). */
      readonly stripped?: ReadonlyMap<string, Uint8Array>;
    }
  | {
      readonly outcome: 'fail';
      readonly reason: ReasonCode;
      readonly final?: boolean;
      /** Keys of the fields at fault. Default: every input that is held. */
      readonly fields?: readonly string[];
      readonly evidence?: Evidence;
    }
  | {
      readonly outcome: 'review';
      readonly reason: ReasonCode;
      /**
       * Names what was found, the same for the same finding on any day and no personal value: what a person has cleared once is then
       * not asked again. Default: every run's finding is new.
       */
      readonly finding?: string;
      readonly evidence?: Evidence;
    }
  | { readonly outcome: 'pending'; readonly reference: string; readonly retryAfterMs: number };

/** A check, set up and ready to run. It is run after the customer's data is stored, by a worker, at least once for each input. */
export interface Check {
  run(input: CheckInput, context: CheckContext): Promise<CheckResult>;
  /**
   * For a provider that calls back: which `reference` the call is about, undefined when it is about none of ours or nothing is to be
   * done. The result is fetched by the next run, never taken from the call.
   * @throws InvalidRequest when the call is not signed as it must be
   */
  readWebhook?(call: WebhookCall): Promise<string | undefined>;
}

/** A call that somebody made to our webhook, with the exact bytes that were signed. */
export interface WebhookCall {
  readonly headers: Headers;
  readonly body: Buffer;
  readonly now: Date;
}

/** What checks may use of the system around them. */
export interface CheckServices {
  /** For services on the anchor's own network, and providers. */
  readonly fetch: typeof globalThis.fetch;
  /** A secret by its name (`SUMSUB_SECRET_KEY`), from the settings, never from the program. */
  readonly secret: (name: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Other customers that share an identifying value with this one. */
  readonly findDuplicates: FindDuplicates;
  /** How the program's types say the values of a field look, by its key; none for a field that no type has. */
  readonly formatsOf: (key: string) => readonly ParsedField[];
}

/**
 * The ids of other customers that have the same value for one of these keys of the blind index. @see kyc/blind-index
 */
export type FindDuplicates = (
  customerId: string,
  values: ReadonlyMap<string, string>,
) => Promise<readonly { readonly index: string; readonly customerId: string }[]>;

/** A kind of check that programs name by `use`. */
export interface CheckKind {
  readonly name: string;
  /** Keys of the fields it looks at unless the program says; those the program does not ask for are left out. */
  readonly inputs: readonly string[];
  /** Whether it runs as soon as its own fields are there, at no cost; else when all that is required is. */
  readonly early: boolean;
  /** Whether two people must agree to pass over what it found. */
  readonly fourEyes: boolean;
  /** Whether a person must look at what it found, whatever the customer sends afterwards. Default: where two people must. */
  readonly isLasting?: boolean;
  /**
   * Whether nobody is accepted whom it had nothing to look at, because all its fields are optional and none was given: a person decides then. False for
   * kinds that look at what is given, and are content with nothing. Default: true.
   */
  readonly needsInput?: boolean;
  /**
   * Whether it looks for others who are known by the same values. Who was rejected and erased before it ran left a tombstone in place of what it would have
   * found: that is looked for as well. Default: false.
   */
  readonly findsOthers?: boolean;
  /** Names of settings that say only where its service is: with another address, what it found still stands. Default: none. */
  readonly whereabouts?: readonly string[];
  /** What is wrong with settings of a program, each with its place (`settings.years: expected …`); empty when nothing is. */
  faultsOf(settings: Readonly<Record<string, unknown>>): readonly string[];
  /**
   * Sets the check up.
   * @throws TypeError naming every secret that is missing
   */
  open(settings: Readonly<Record<string, unknown>>, services: CheckServices): Check;
}
