import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError } from '../../src/lib/log.ts';

test('[e2e.canary] what the log says of an error has its place and nothing of its message, however the message is written', () => {
  const secret = 'Zephyrine';
  const messages = [secret, `a\n    at ${secret}`, `a\n    at f (${secret}:1:1)`, `$& $1\n    at ${secret}:1:1`];
  for (const message of messages) {
    const told = describeError(new RangeError(message, { cause: new TypeError(secret) }));
    assert.equal(JSON.stringify(told).includes(secret), false, JSON.stringify(told));
    assert.deepEqual([told['error'], told['cause']], ['RangeError', 'TypeError']);
    assert.match(String(told['at']), /log\.test\.ts:\d+:\d+/);
  }
  assert.deepEqual(describeError(secret), { error: 'string' });
});
