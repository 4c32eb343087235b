import type { Condition, SubjectKind } from '../program.ts';
import { isAsset } from './asset.ts';
import { isAbove } from './decimal.ts';

/** The value that is held under a key; for a file any text, for nothing undefined. */
export type Known = (key: string) => string | undefined;

/** What a transaction is worth. */
export interface AskingTransaction {
  /** Decimal digits. Undefined: not known, and maybe above any. */
  readonly amount?: string;
  /** `CODE`, `CODE:ISSUER`, `stellar:CODE:ISSUER`, `iso4217:CODE` or `native`. */
  readonly asset?: string;
  /** What goes out where that is another asset than comes in, as far as it is known. */
  readonly exchangedFor?: Omit<AskingTransaction, 'exchangedFor'>;
}

/** What a condition is asked about. */
export interface Circumstances {
  readonly known: Known;
  /** Undefined where it is about none. */
  readonly transaction: AskingTransaction | undefined;
  /** Whom the type is about, if it says. */
  readonly subject: SubjectKind | undefined;
}

const organizationName = 'organization.name';

/**
 * Whether the condition holds.
 * @throws TypeError when the transaction's amount is none
 */
export function holds(condition: Condition, about: Circumstances): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, about));
  if ('any' in condition) return condition.any.some((part) => holds(part, about));
  if ('not' in condition) return !holds(condition.not, about);
  if ('subject' in condition) return condition.subject === subjectOf(about);
  if ('amount' in condition) return isWorth(condition.amount, about.transaction);
  return fieldHolds(condition, about.known(condition.field));
}

/** Keys of the fields that the condition looks at. */
export function keysRead(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(keysRead);
  if ('any' in condition) return condition.any.flatMap(keysRead);
  if ('not' in condition) return keysRead(condition.not);
  if ('subject' in condition) return [organizationName];
  return 'field' in condition ? [condition.field] : [];
}

function fieldHolds(condition: Extract<Condition, { field: string }>, value: string | undefined): boolean {
  if ('given' in condition) return condition.given === (value !== undefined);
  if (value === undefined) return false;
  return 'is' in condition ? isOneOf(value, condition.is) : !isOneOf(value, condition.isNot);
}

function isOneOf(value: string, values: string | readonly string[]): boolean {
  return typeof values === 'string' ? value === values : values.includes(value);
}

function subjectOf({ subject, known }: Circumstances): SubjectKind {
  return subject ?? (known(organizationName) === undefined ? 'person' : 'organization');
}

/** Choice: what a transaction does not say counts as met. Whoever leaves the amount out must not be asked for less than who names it. */
function isWorth(
  worth: Extract<Condition, { amount: unknown }>['amount'],
  transaction: AskingTransaction | undefined,
): boolean {
  if (transaction === undefined) return false;
  const { amount, asset: given, exchangedFor } = transaction;
  if (exchangedFor !== undefined && isWorth(worth, exchangedFor)) return true;
  const { above, asset } = worth;
  return (amount === undefined || isAbove(amount, above)) && (asset === undefined || isAsset(asset, given));
}
