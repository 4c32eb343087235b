import { type KnownOperator, operatorsExpected, readOperators } from './kyc/review/read-operators.ts';
import type { OptionReader } from './option-reader.ts';

/** Who may decide; nobody unless the settings name them. */
export function readOperatorSettings(reader: OptionReader): readonly KnownOperator[] {
  const text = reader.text('operators');
  return text === undefined ? [] : (readOperators(text) ?? reader.fault('operators', operatorsExpected) ?? []);
}
