import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { minimumAge } from '../../../src/kyc/checks/minimum-age.ts';
import { runCheck } from './fixture.ts';

const judge = (birth_date: string, now: string, settings = {}) =>
  runCheck(minimumAge, { values: { birth_date }, now, settings });

test('[kyc.checks.age] on the eighteenth birthday the customer is old enough, the day before not', async () => {
  assert.equal((await judge('2008-06-15', '2026-06-14T23:59:59.999Z')).outcome, 'fail');
  assert.equal((await judge('2008-06-15', '2026-06-15T00:00:00Z')).outcome, 'pass');
  assert.deepEqual(await judge('2008-06-15', '2026-06-14'), {
    outcome: 'fail',
    reason: 'under-age',
    final: true,
    fields: ['birth_date'],
    evidence: { age: 17, years: 18 },
  });
});

test('[kyc.checks.age] born on 29 February, the birthday is 1 March in years without that day and itself in years with it', async () => {
  assert.equal((await judge('2008-02-29', '2026-02-28')).outcome, 'fail');
  assert.equal((await judge('2008-02-29', '2026-03-01')).outcome, 'pass');
  assert.equal((await judge('2008-02-29', '2028-02-28', { years: 20 })).outcome, 'fail');
  assert.equal((await judge('2008-02-29', '2028-02-29', { years: 20 })).outcome, 'pass');
});

test('[kyc.checks.age] every birthday from 1900 to 2100 is the first day on which the year counts', async () => {
  const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(day, fc.integer({ min: 1, max: 120 }), async (born, years) => {
      // Date's own calendar counts 29 February of a common year as 1 March, as the check does.
      const birthday = new Date(Date.UTC(born.getUTCFullYear() + years, born.getUTCMonth(), born.getUTCDate()));
      const before = new Date(birthday.getTime() - 1);
      const birth = born.toISOString().slice(0, 10);
      assert.equal((await judge(birth, birthday.toISOString(), { years })).outcome, 'pass');
      assert.equal((await judge(birth, before.toISOString(), { years })).outcome, 'fail');
    }),
    { numRuns: 2000 },
  );
});

test('[kyc.checks.age] a program may let somebody too young send another date', async () => {
  const result = await judge('2010-01-01', '2026-06-15', { final: false });
  assert.deepEqual([result.outcome, 'final' in result && result.final], ['fail', false]);
});

test('[kyc.checks.age] a birth date to come or of a hundred and thirty years ago is a slip, asked for again and not held against anybody', async () => {
  for (const birth of ['2026-06-16', '2062-01-01', '1899-01-01', '1000-01-01'])
    assert.deepEqual(await judge(birth, '2026-06-15'), {
      outcome: 'fail',
      reason: 'wrong-format',
      fields: ['birth_date'],
    });
});

test('[kyc.checks.age] without a birth date nobody passes', async () => {
  assert.equal((await runCheck(minimumAge)).outcome, 'review');
});

test('[kyc.checks.settings] what is wrong with settings is told with its place, unknown ones included', () => {
  assert.deepEqual(minimumAge.faultsOf({ years: 18, final: false }), []);
  assert.deepEqual(minimumAge.faultsOf({ years: '18', final: 1, age: 3, constructor: 1 }), [
    'settings.years: expected a whole number from 1 to 125',
    'settings.final: expected true or false',
    'settings.age: no such setting: there are years, final',
    'settings.constructor: no such setting: there are years, final',
  ]);
  for (const years of [0, 126, 17.5, Number.NaN, Number.POSITIVE_INFINITY, null, [18]])
    assert.equal(minimumAge.faultsOf({ years }).length, 1, String(years));
});
