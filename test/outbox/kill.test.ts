import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soak } from './soak-run.ts';

test('[outbox.kill] processes killed at random lose no change, tell each customer in order, and stop after the last word', async (t) => {
  const report = await soak(10);
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.posts > 50);
});
