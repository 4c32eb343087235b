import { invalidField, KycError } from '../../errors.ts';
import { canonicalName } from '../../sep9/catalogue.ts';
import type { Program } from '../program.ts';

/**
 * The refusal of a code for a field that awaits none. A name that only the sender knows is not repeated.
 * @see SEP-12 § Verification
 */
export function noCodeAwaited(program: Program, field: string): KycError {
  const name = program.fields.has(canonicalName(field)) ? field : '*';
  return invalidField(`${name}_verification`, { key: 'rule.no_code_awaited' });
}

/** What can be wrong with a code for a field that awaits one. */
export type CodeFault = 'wrong' | 'expired' | 'tries';

/**
 * The refusal of such a code, the same whether it was nearly right or not. How many tries are left is not told.
 * Choice: one code alone is refused in the very words of SEP-12; of several, the refused one is named.
 * @see SEP-12 § Customer PUT, Response; ruling 22
 */
export function codeRefused(field: string, fault: CodeFault, isAlone: boolean): KycError {
  const name = `${field}_verification`;
  const told = { key: `error.code_${fault}` } as const;
  return isAlone ? new KycError('invalid_field', told, { field: name }) : invalidField(name, told);
}
