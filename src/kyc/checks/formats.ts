import { KycError } from '../../errors.ts';
import { sep9Fields } from '../../sep9/catalogue.ts';
import { type ParsedField, parseValue } from '../../sep9/parse-value.ts';
import type { CheckKind } from './check.ts';
import { settingFaults } from './settings.ts';

/**
 * Whether every value is still one that would be taken today: a program may have become stricter since it came. A field that types
 * define differently is fine when one of them takes it. Values of fields that the program no longer has are nobody's concern.
 */
export const formats: CheckKind = {
  name: 'formats',
  inputs: [...sep9Fields.values()].filter(({ type }) => type !== 'binary').map(({ name }) => name),
  early: true,
  fourEyes: false,
  needsInput: false,
  faultsOf: (settings) => settingFaults(settings, {}),
  open: (_settings, { formatsOf }) => ({
    run: async ({ values }) => {
      const mobileNumberFormat = values.get('mobile_number_format');
      const isGood = ([key, value]: readonly [string, string]): boolean => {
        const known = formatsOf(key);
        return known.length === 0 || known.some((format) => reads(format, value, mobileNumberFormat));
      };
      const fields = [...values].filter((entry) => !isGood(entry)).map(([key]) => key);
      return fields.length === 0 ? { outcome: 'pass' } : { outcome: 'fail', reason: 'wrong-format', fields };
    },
  }),
};

function reads(format: ParsedField, value: string, mobileNumberFormat: string | undefined): boolean {
  try {
    parseValue(format, value, { mobileNumberFormat });
    return true;
  } catch (error) {
    if (error instanceof KycError) return false;
    throw error;
  }
}
