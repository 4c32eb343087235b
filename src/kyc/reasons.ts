import { inEveryLanguage } from '../messages/translate.ts';
import type { LocalizedText } from './localized-text.ts';
import type { Program, ReasonDefinition } from './program.ts';

/**
 * Why something was rejected or must be looked at, as it is stored: a code of this catalogue or of the program's own. What the customer
 * reads is looked up when it is said, so a better wording reaches everybody.
 */
export type ReasonCode = string;

/** What a reason is about. */
export const reasonGroups = ['document', 'file', 'data', 'customer', 'risk', 'process'] as const;

/** @see reasonGroups */
export type ReasonGroup = (typeof reasonGroups)[number];

/** The version of {@link builtInReasons}, raised when a code is added. A code is never removed and never changes its kind: it is stored. */
export const reasonsVersion = 2;

/** The codes of the catalogue every program starts from. */
export const builtInReasonCodes = [
  'document-unreadable',
  'document-expired',
  'document-mismatch',
  'document-wrong-type',
  'document-incomplete',
  'image-too-small',
  'photo-of-screen',
  'infected-file',
  'wrong-format',
  'name-mismatch',
  'address-not-proven',
  'more-needed',
  'under-age',
  'duplicate',
  'unsupported-country',
  'suspected-fraud',
  'sanctions',
  'not-eligible',
  'provider-declined',
  'resubmissions-exhausted',
  'periodic-review',
  'screening-hit',
  'rejected-before',
] as const;

/** @see builtInReasonCodes */
export type BuiltInReasonCode = (typeof builtInReasonCodes)[number];

/** A reason of the catalogue. Its text is the message `reason.<code>`. */
export interface BuiltInReason {
  readonly group: ReasonGroup;
  /** `retry`: what was sent can be sent again, or nothing is decided yet; `final`: it is over. */
  readonly kind: ReasonDefinition['kind'];
  /**
   * Whether the text may not tell what was found: it would warn whoever must not be warned, or tell a stranger who is a customer
   * (ruling 14). The text is one that others are told, too.
   */
  readonly isNeutral?: true;
}

/** The catalogue every program starts from. */
export const builtInReasons: Readonly<Record<BuiltInReasonCode, BuiltInReason>> = {
  'document-unreadable': { group: 'document', kind: 'retry' },
  'document-expired': { group: 'document', kind: 'retry' },
  'document-mismatch': { group: 'document', kind: 'retry' },
  'document-wrong-type': { group: 'document', kind: 'retry' },
  'document-incomplete': { group: 'document', kind: 'retry' },
  'image-too-small': { group: 'file', kind: 'retry' },
  'photo-of-screen': { group: 'file', kind: 'retry' },
  'infected-file': { group: 'file', kind: 'retry' },
  'wrong-format': { group: 'data', kind: 'retry' },
  'name-mismatch': { group: 'data', kind: 'retry' },
  'address-not-proven': { group: 'data', kind: 'retry' },
  'more-needed': { group: 'data', kind: 'retry' },
  'under-age': { group: 'customer', kind: 'final' },
  duplicate: { group: 'customer', kind: 'final', isNeutral: true },
  'unsupported-country': { group: 'customer', kind: 'final' },
  'suspected-fraud': { group: 'risk', kind: 'final', isNeutral: true },
  sanctions: { group: 'risk', kind: 'final', isNeutral: true },
  'not-eligible': { group: 'customer', kind: 'final' },
  'provider-declined': { group: 'risk', kind: 'final' },
  'resubmissions-exhausted': { group: 'process', kind: 'final' },
  'periodic-review': { group: 'process', kind: 'retry' },
  'screening-hit': { group: 'risk', kind: 'retry', isNeutral: true },
  'rejected-before': { group: 'risk', kind: 'final', isNeutral: true },
};

/** The reason, from the program or the built-in catalogue; undefined when there is none of that code. */
export function findReason(program: Program, code: ReasonCode): ReasonDefinition | undefined {
  const own = program.review.reasons.get(code);
  if (own !== undefined || !isBuiltIn(code)) return own;
  return { kind: builtInReasons[code].kind, text: inEveryLanguage({ key: `reason.${code}` }) };
}

/** What the customer reads; a neutral text for a code that is no longer known. */
export function reasonText(program: Program, code: ReasonCode): LocalizedText {
  return findReason(program, code)?.text ?? inEveryLanguage({ key: 'reason.unknown' });
}

function isBuiltIn(code: string): code is BuiltInReasonCode {
  return Object.hasOwn(builtInReasons, code);
}
