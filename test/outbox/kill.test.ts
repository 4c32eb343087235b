import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engines } from '../support/engines.ts';
import { soak } from './soak-run.ts';

for (const engine of engines) {
  test(`[outbox.kill] ${engine.name}: processes killed at random lose no change, tell each customer in order, and stop after the last word`, async (t) => {
    const report = await soak(10, engine);
    t.diagnostic(JSON.stringify(report));
    assert.ok(report.posts > 50);
  });
}
