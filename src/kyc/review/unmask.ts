import { invalidField, KycError } from '../../errors.ts';
import { canonicalName } from '../../sep9/catalogue.ts';
import type { UnmaskCap } from '../../store/audit-store.ts';
import { openCustomer } from '../open-customer.ts';
import { isAtLeast, type Operator, requireRole } from './operator.ts';
import { getRecord, type ReviewParts, stale } from './parts.ts';
import { isReference, showValue } from './show-value.ts';

/** Why somebody who sees values masked looks at one. Free text would end in the audit trail, which holds nothing personal. */
export const unmaskReasons = ['customer-request', 'payment-query', 'data-quality', 'complaint', 'audit'] as const;

/** @see unmaskReasons */
export type UnmaskReason = (typeof unmaskReasons)[number];

const hourMs = 3_600_000;

/** How many values a viewer may look at where the settings say nothing: enough for a desk that helps customers, too few to copy a database. */
export const defaultUnmaskings = { perHour: 20, perDay: 60 } as const;

/** @param asked what the settings say, if they do */
export function unmaskCapsOf({
  perHour = defaultUnmaskings.perHour,
  perDay = defaultUnmaskings.perDay,
}: {
  readonly perHour?: number | undefined;
  readonly perDay?: number | undefined;
} = {}): readonly UnmaskCap[] {
  return [
    { max: perHour, withinMs: hourMs },
    { max: perDay, withinMs: 24 * hourMs },
  ];
}

/** One value, as it is. */
export interface UnmaskedValue {
  readonly customerId: string;
  /** The field's key. */
  readonly field: string;
  readonly value: string;
}

/** @throws KycError naming `reason` when it is none */
export function readUnmaskReason(text: string): UnmaskReason {
  const reason = unmaskReasons.find((known) => known === text);
  if (reason === undefined) throw invalidField('reason', `expected one of ${unmaskReasons.join(', ')}`);
  return reason;
}

/**
 * One value in full, for an operator of any role; written down with the reason before it is handed on, and nothing else is opened. Choice: files are not values
 * in this sense: whoever needs to look at documents is a reviewer.
 * @throws KycError `not_found` for a field that is not held, or is a file; `forbidden` to somebody who has looked at as many as they may
 */
export async function unmask(
  parts: ReviewParts,
  operator: Operator,
  customerId: string,
  { field, reason }: { readonly field: string; readonly reason: UnmaskReason },
): Promise<UnmaskedValue> {
  requireRole(operator, 'viewer');
  const customer = await openCustomer(parts, await getRecord(parts, customerId));
  if (customer === undefined) throw stale();
  const { id } = customer.record;
  const key = canonicalName(field);
  const text = Object.hasOwn(customer.dossier.fields, key) ? customer.held.text(key) : undefined;
  if (text === undefined || isReference(text)) throw new KycError('not_found', 'there is no such value');
  const value = showValue(key, text, { isFile: false, isMasked: false });
  if (typeof value !== 'string') throw new KycError('not_found', 'there is no such value');
  const actor = { kind: 'operator', id: operator.name } as const;
  // Whoever sees every value in full anyway is not held back here.
  const caps = isAtLeast(operator, 'reviewer') ? [] : parts.unmaskCaps;
  const freeAt = await parts.store.audit.recordUnmasking(
    { actor, customerId: id, about: { fields: [key], reason } },
    caps,
  );
  if (freeAt !== undefined) throw tooMany(freeAt);
  return { customerId: id, field: key, value };
}

function tooMany(freeAt: Date): KycError {
  const from = `${freeAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return new KycError('forbidden', `you have looked at as many values as a viewer may: at the next one after ${from}`);
}
