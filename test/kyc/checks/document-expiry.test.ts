import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { documentExpiry } from '../../../src/kyc/checks/document-expiry.ts';
import { runCheck } from './fixture.ts';

const judge = (values: Record<string, string>, now: string, settings = {}) =>
  runCheck(documentExpiry, { values, now, settings });

test('[kyc.checks.expiry] a document is good on its last day and no longer', async () => {
  const values = { id_expiration_date: '2026-06-15', id_issue_date: '2016-06-15' };
  assert.equal((await judge(values, '2026-06-15T23:59:59Z')).outcome, 'pass');
  assert.deepEqual(await judge(values, '2026-06-16T00:00:00Z'), {
    outcome: 'fail',
    reason: 'document-expired',
    evidence: { minDays: 0 },
  });
});

test('[kyc.checks.expiry] with minDays it must be good on that many days more', async () => {
  const date = fc.date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(date, fc.integer({ min: 0, max: 3650 }), async (now, minDays) => {
      const last = (days: number): string => new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
      const on = (id_expiration_date: string) => judge({ id_expiration_date }, now.toISOString(), { minDays });
      assert.equal((await on(last(minDays))).outcome, 'pass');
      assert.equal((await on(last(minDays - 1))).outcome, 'fail');
    }),
    { numRuns: 500 },
  );
});

test('[kyc.checks.expiry] a document issued in the future, or after it expired, does not fit itself', async () => {
  assert.deepEqual(await judge({ id_issue_date: '2026-06-17' }, '2026-06-15T12:00:00Z'), {
    outcome: 'fail',
    reason: 'document-mismatch',
    fields: ['id_issue_date'],
  });
  const backwards = { id_issue_date: '2024-01-02', id_expiration_date: '2024-01-01' };
  assert.deepEqual(await judge(backwards, '2026-06-15'), {
    outcome: 'fail',
    reason: 'document-mismatch',
    fields: ['id_issue_date', 'id_expiration_date'],
  });
});

test('[kyc.checks.expiry] a document issued today where the day begins first is issued', async () => {
  assert.equal((await judge({ id_issue_date: '2026-06-16' }, '2026-06-15T09:59:59Z')).outcome, 'fail');
  assert.equal((await judge({ id_issue_date: '2026-06-16' }, '2026-06-15T10:00:00Z')).outcome, 'pass');
});

test('[kyc.checks.expiry] what has no date of expiry does not expire', async () => {
  assert.equal((await judge({}, '2026-06-15')).outcome, 'pass');
});

test('[kyc.checks.settings] minDays is a number of days', () => {
  assert.deepEqual(documentExpiry.faultsOf({ minDays: 30 }), []);
  assert.deepEqual(documentExpiry.faultsOf({ minDays: -1, days: 3 }), [
    'settings.minDays: expected a whole number from 0 to 3650',
    'settings.days: no such setting: there are minDays',
  ]);
});
