import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { CheckKind, CheckResult } from '../src/kyc/checks/check.ts';
import { openTestAnchor, randomAccount } from './support/test-anchor.ts';

test('[http.stop] while a check waits for its provider, a stop closes the door at once: no request is taken that would be cut off', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<CheckResult>();
  const slow: CheckKind = {
    ...{ name: 'slow', inputs: ['given_name'], early: true, fourEyes: false, faultsOf: () => [] },
    open: () => ({
      run: () => {
        asked.resolve();
        return answer.promise;
      },
    }),
  };
  const program = {
    checks: { slow: { use: 'slow' } },
    types: { basic: { decision: 'automatic', fields: { first_name: {} }, checks: ['slow'] } },
  } as const;
  await using anchor = await openTestAnchor({ program, checkKinds: [slow], port: 0 });
  const { port } = await anchor.anchor.listen();
  const isOpen = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/health/live`).then(
      async (response) => (await response.text()) !== '',
      () => false,
    );
  assert.equal(await isOpen(), true);
  await anchor.json(randomAccount(), 'PUT', '/customer', { first_name: 'Ada' });
  await asked.promise;
  const closing = anchor.anchor.close();
  for (let n = 0; n < 100 && (await isOpen()); n++) await delay(20);
  assert.equal(await isOpen(), false);
  answer.resolve({ outcome: 'pass' });
  await closing;
});
