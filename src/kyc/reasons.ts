import { inEveryLanguage } from '../messages/translate.ts';
import type { LocalizedText } from './localized-text.ts';
import type { Program, ReasonDefinition } from './program.ts';

/**
 * Why something was rejected or must be looked at, as it is stored: a code of this catalogue or of the program's own. What the customer
 * reads is looked up when it is said, so a better wording reaches everybody.
 */
export type ReasonCode = string;

/** The catalogue every program starts from. `retry`: what was sent can be sent again; `final`: it is over. */
export const builtInReasons: Readonly<Record<string, ReasonDefinition['kind']>> = {
  'document-unreadable': 'retry',
};

/** The reason, from the program or the built-in catalogue; undefined when there is none of that code. */
export function findReason(program: Program, code: ReasonCode): ReasonDefinition | undefined {
  return program.review.reasons.get(code);
}

/** What the customer reads; a neutral text for a code that is no longer known. */
export function reasonText(program: Program, code: ReasonCode): LocalizedText {
  return findReason(program, code)?.text ?? inEveryLanguage({ key: 'status.processing' });
}
