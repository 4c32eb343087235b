import { invalidField, KycError } from '../errors.ts';
import type { Payment } from './payment.ts';
import { choicesRule } from './request-values.ts';

/**
 * Requires corrected fields to be those that were asked for: all that are required, and no others, each a value to choose where there is a choice.
 * @throws KycError when none are asked for, or others are, or for another value
 * @see SEP-31 § PATCH Transaction, SEP-6 § Update
 */
export function requireAwaited({ status, details }: Payment, fields: Readonly<Record<string, string>>): void {
  const { requiredInfoUpdates: asked } = details;
  if (status !== 'pending_transaction_info_update' || asked === undefined)
    throw new KycError('invalid_request', { key: 'error.no_update_awaited' });
  const names = Object.keys(fields);
  const isMissing = Object.entries(asked).some(([name, { optional }]) => optional !== true && !names.includes(name));
  if (isMissing || names.some((name) => !Object.hasOwn(asked, name)))
    throw new KycError('invalid_request', { key: 'error.fields_not_awaited' });
  for (const [name, { choices }] of Object.entries(asked))
    if (choices !== undefined && Object.hasOwn(fields, name) && !choices.includes(fields[name] ?? ''))
      throw invalidField(name, choicesRule(choices));
}
