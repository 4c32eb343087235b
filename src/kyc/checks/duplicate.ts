import { blindFields, blindIndexes } from '../blind-index.ts';
import type { CheckKind } from './check.ts';
import { setting, settingFaults, someOf } from './settings.ts';

const indexNames = blindIndexes.map(({ name }) => name);

/**
 * Whether somebody else is known by the same document, tax id, phone, or e-mail and birth date; a person then decides who is who.
 * Settings: `indexes` (all), those that count: where families share a phone, not the one of `mobile_number`.
 */
export const duplicate: CheckKind = {
  name: 'duplicate',
  inputs: blindFields,
  early: false,
  fourEyes: false,
  // Another phone number does not wash off that this one was somebody else's.
  isLasting: true,
  needsInput: false,
  findsOthers: true,
  faultsOf: (settings) => settingFaults(settings, { indexes: someOf(indexNames) }),
  open(settings, { findDuplicates }) {
    const counted = setting<readonly string[]>(settings, 'indexes', indexNames);
    return {
      async run({ customerId, values }) {
        const all = await findDuplicates(customerId, values);
        const found = all.filter((other) => other.customerId !== customerId && counted.includes(other.index));
        if (found.length === 0) return { outcome: 'pass', evidence: { indexes: counted } };
        const evidence = {
          customers: unique(found.map((other) => other.customerId)),
          indexes: unique(found.map(({ index }) => index)),
        };
        return { outcome: 'review', reason: 'duplicate', evidence };
      },
    };
  },
};

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
