import { addDays, dayOf } from '../calendar.ts';
import type { CheckKind, CheckResult } from './check.ts';
import { setting, settingFaults, wholeNumber } from './settings.ts';

/** Where the day begins first, in hours ahead of UTC: a document may be issued there today and tomorrow by our calendar. */
const firstDayHours = 14;

/**
 * Whether the document is still good on the day it says, by the calendar of UTC, and was issued before now. Settings: `minDays` (0), how many
 * days beyond today it must still be good. All inputs are to be sent again with an expired one, so a program that lists the
 * photos among them asks for the new document whole. What has no date of expiry does not expire.
 */
export const documentExpiry: CheckKind = {
  name: 'document-expiry',
  inputs: ['id_expiration_date', 'id_issue_date'],
  early: true,
  fourEyes: false,
  needsInput: false,
  faultsOf: (settings) => settingFaults(settings, { minDays: wholeNumber(0, 3650) }),
  open(settings) {
    const minDays = setting(settings, 'minDays', 0);
    return {
      run: async ({ values }, { now }) =>
        judgeDates(values.get('id_issue_date'), values.get('id_expiration_date'), now, minDays),
    };
  },
};

function judgeDates(issued: string | undefined, expires: string | undefined, now: Date, minDays: number): CheckResult {
  if (issued !== undefined && issued > dayOf(now, firstDayHours))
    return { outcome: 'fail', reason: 'document-mismatch', fields: ['id_issue_date'] };
  if (issued !== undefined && expires !== undefined && issued > expires)
    return { outcome: 'fail', reason: 'document-mismatch', fields: ['id_issue_date', 'id_expiration_date'] };
  if (expires !== undefined && expires < addDays(dayOf(now), minDays))
    return { outcome: 'fail', reason: 'document-expired', evidence: { minDays } };
  return { outcome: 'pass', evidence: { minDays } };
}
