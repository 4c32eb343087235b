import { type KnownOperator, operatorsExpected, readOperators } from './kyc/review/read-operators.ts';
import { unmaskCapsOf } from './kyc/review/unmask.ts';
import type { OptionReader } from './option-reader.ts';

/** Who may decide; nobody unless the settings name them. */
export function readOperatorSettings(reader: OptionReader): readonly KnownOperator[] {
  const text = reader.text('operators');
  return text === undefined ? [] : (readOperators(text) ?? reader.fault('operators', operatorsExpected) ?? []);
}

/** How many values somebody who sees them masked may look at. */
export function readUnmaskCaps(reader: OptionReader): ReturnType<typeof unmaskCapsOf> {
  const [perHour, perDay] = [
    reader.number('unmaskingsPerHour', 1, 100_000),
    reader.number('unmaskingsPerDay', 1, 100_000),
  ];
  return unmaskCapsOf({ perHour, perDay });
}
