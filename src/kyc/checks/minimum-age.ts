import { ageOn, dayOf } from '../calendar.ts';
import type { CheckKind, CheckResult } from './check.ts';
import { flag, setting, settingFaults, wholeNumber } from './settings.ts';

/** No one has been known to live longer; an older birth date is a slip of the pen. */
const oldest = 125;

/**
 * Whether the customer is old enough, by the calendar of UTC. Settings: `years` (18); `final` (true), whether somebody too young is
 * rejected for good: else another birth date can be sent.
 */
export const minimumAge: CheckKind = {
  name: 'minimum-age',
  inputs: ['birth_date'],
  early: true,
  fourEyes: false,
  faultsOf: (settings) => settingFaults(settings, { years: wholeNumber(1, oldest), final: flag }),
  open(settings) {
    const years = setting(settings, 'years', 18);
    const final = setting(settings, 'final', true);
    return {
      run: async ({ values }, { now }) => judgeAge(values.get('birth_date'), dayOf(now), years, final),
    };
  },
};

/** Choice: nobody is without a birth date, so one that was not given is no pass but a person's to ask for. */
function judgeAge(birth: string | undefined, today: string, years: number, final: boolean): CheckResult {
  if (birth === undefined) return { outcome: 'review', reason: 'under-age', evidence: { birth_date: 'not given' } };
  const fields = ['birth_date'];
  const age = ageOn(birth, today);
  // A year typed wrong must not reject anybody for good.
  if (birth > today || age > oldest) return { outcome: 'fail', reason: 'wrong-format', fields };
  if (age < years) return { outcome: 'fail', reason: 'under-age', final, fields, evidence: { age, years } };
  return { outcome: 'pass', evidence: { years } };
}
