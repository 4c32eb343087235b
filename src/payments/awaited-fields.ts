import { KycError } from '../errors.ts';
import type { Payment } from './payment.ts';

/**
 * Requires corrected fields to be those that were asked for: all that are required, and no others.
 * @throws KycError when none are asked for, or others are
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
}
