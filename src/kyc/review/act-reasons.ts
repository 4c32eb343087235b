import { InvalidRequest } from '../../errors.ts';
import type { Program, ReasonDefinition } from '../program.ts';
import { builtInReasons, findReason, type ReasonCode } from '../reasons.ts';

/** A reason as operators choose it. */
export interface ReasonChoice {
  readonly code: ReasonCode;
  /** What it is for: a value that can be sent again, or a customer who is rejected for good. */
  readonly about: 'field' | 'customer';
  /** What the customer reads, by language. */
  readonly text: ReasonDefinition['text'];
}

/** Groups of which a reason says what is wrong with a value. The others say where a customer stands. */
const fieldGroups: readonly string[] = ['document', 'file', 'data'];

/** Every reason that an operator may give. */
export function reasonChoices(program: Program): readonly ReasonChoice[] {
  const codes = new Set([...Object.keys(builtInReasons), ...program.review.reasons.keys()]);
  return [...codes].flatMap((code) => {
    const about = aboutOf(program, code);
    const text = findReason(program, code)?.text;
    return about === undefined || text === undefined ? [] : [{ code, about, text }];
  });
}

/** @throws InvalidRequest unless the reason is one for rejecting a value that can be sent again */
export function requireRetryReason(program: Program, code: ReasonCode): void {
  requireAbout(program, code, 'field');
}

/** @throws InvalidRequest unless the reason is one for rejecting a customer for good */
export function requireFinalReason(program: Program, code: ReasonCode): void {
  requireAbout(program, code, 'customer');
}

function requireAbout(program: Program, code: ReasonCode, about: ReasonChoice['about']): void {
  if (aboutOf(program, code) === about) return;
  const known = reasonChoices(program).filter((choice) => choice.about === about);
  const codes = known.map((choice) => choice.code).join(', ');
  throw new InvalidRequest(`'reason' is invalid: expected one of ${codes}`, { field: 'reason' });
}

function aboutOf(program: Program, code: ReasonCode): ReasonChoice['about'] | undefined {
  const kind = findReason(program, code)?.kind;
  if (kind === undefined) return undefined;
  if (kind === 'final') return 'customer';
  const builtIn = Object.hasOwn(builtInReasons, code) ? builtInReasons[code as keyof typeof builtInReasons] : undefined;
  return builtIn === undefined || fieldGroups.includes(builtIn.group) ? 'field' : undefined;
}
