import type { CheckInput, CheckResult } from '../../src/kyc/checks/check.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';

/** Times faster than outside: a lease of a minute and a half is over in 90 ms. */
export const speed = 1000;

const checks: ProgramDefinition['checks'] = {
  name: { use: 'test', fields: ['given_name'], settings: { name: 'name' } },
  early: { use: 'early', fields: ['given_name', 'city'], settings: { name: 'early' } },
  list: { use: 'two', fields: ['given_name'], settings: { name: 'list' } },
};

/** Three checks of a name. */
export const workedProgram: ProgramDefinition = {
  types: { t: { decision: 'automatic', fields: { given_name: {}, city: {} }, checks: Object.keys(checks) } },
  checks,
  review: { maxResubmissions: 100 },
};

/** What each check always says of a name; an answer depends on nothing else. */
export function judgeByName(check: string, { values }: Pick<CheckInput, 'values'>): CheckResult {
  const name = values.get('given_name') ?? '';
  if (check === 'name' && name.startsWith('Bob')) return { outcome: 'fail', reason: 'name-mismatch' };
  if (check === 'early' && name.startsWith('Sam')) return { outcome: 'review', reason: 'duplicate' };
  if (check === 'list' && name.startsWith('Eve')) return { outcome: 'review', reason: 'sanctions', finding: name };
  if (check === 'list' && name.startsWith('Mal')) return { outcome: 'fail', reason: 'sanctions', final: true };
  return { outcome: 'pass' };
}

/** By how a name begins: the status its customer ends in, when all checks have spoken. */
export const statusByName: Readonly<Record<string, string>> = {
  Ada: 'ACCEPTED',
  Bob: 'NEEDS_INFO',
  Sam: 'PROCESSING',
  Eve: 'PROCESSING',
  Mal: 'REJECTED',
};
