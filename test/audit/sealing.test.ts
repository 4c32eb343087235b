import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';

const processes = 6;
const linesEach = 150;

test('[audit.sealing] of many processes that write and seal in one database, every line is sealed once', async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  await (await openSqliteStore(path, systemClock)).close();
  const script = `
    import { openSqliteStore } from ${JSON.stringify(new URL('../../src/store/sql/open-store.ts', import.meta.url).href)};
    const store = await openSqliteStore(${JSON.stringify(path)}, { now: () => new Date() }, { busyTimeoutMs: 30_000 });
    const who = process.argv[1];
    for (let n = 0; n < ${linesEach}; n++) {
      const line = { action: 'values.read', actor: { kind: 'job', id: who }, customerId: who, about: { n } };
      await (n % 2 === 0 ? store.audit.record([line]) : store.audit.recordRepeatable([line]));
      if (n % 3 === 0) await store.audit.seal(7);
    }
    await store.close();`;
  const exits = Array.from({ length: processes }, async (_, index) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, `p${index}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number];
    return code;
  });
  assert.deepEqual(await Promise.all(exits), Array(processes).fill(0));
  const store = await openSqliteStore(path, systemClock);
  const verdict = await verifyTrail({ audit: store.audit, unsealedBefore: new Date() });
  assert.equal(verdict.breach, undefined);
  assert.equal(verdict.lines, processes * linesEach);
  for (let index = 0; index < processes; index++) {
    const lines = await store.audit.list({ customerId: `p${index}` }, 1000);
    assert.deepEqual(
      lines.map(({ about }) => about?.['n']),
      Array.from({ length: linesEach }, (_, n) => n),
    );
  }
  await store.close();
});
