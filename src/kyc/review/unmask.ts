import { invalidField, KycError } from '../../errors.ts';
import { canonicalName } from '../../sep9/catalogue.ts';
import { openCustomer } from '../open-customer.ts';
import { type Operator, requireRole } from './operator.ts';
import { getRecord, type ReviewParts, stale } from './parts.ts';
import { isReference, showValue } from './show-value.ts';

/** Why somebody who sees values masked looks at one. Free text would end in the audit trail, which holds nothing personal. */
export const unmaskReasons = ['customer-request', 'payment-query', 'data-quality', 'complaint', 'audit'] as const;

/** @see unmaskReasons */
export type UnmaskReason = (typeof unmaskReasons)[number];

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
 * @throws KycError `not_found` for a field that is not held, or is a file
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
  const actor = { kind: 'operator', id: operator.name } as const;
  const about = { fields: [key], reason };
  await parts.store.audit.record([{ action: 'value.unmasked', actor, customerId: id, about }]);
  const value = showValue(key, text, { isFile: false, isMasked: false });
  if (typeof value !== 'string') throw new KycError('not_found', 'there is no such value');
  return { customerId: id, field: key, value };
}
