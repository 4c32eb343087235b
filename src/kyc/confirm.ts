import { invalidField, type KycError } from '../errors.ts';
import { canonicalName } from '../sep9/catalogue.ts';
import type { Program } from './program.ts';

/**
 * The refusal of a code for a field that awaits none; no field does yet. A name that only the sender knows is not repeated.
 * @see SEP-12 § Verification
 */
export function noCodeAwaited(program: Program, field: string): KycError {
  const name = program.fields.has(canonicalName(field)) ? field : '*';
  return invalidField(`${name}_verification`, { key: 'rule.no_code_awaited' });
}
