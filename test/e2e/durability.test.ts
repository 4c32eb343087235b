import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { engines } from '../support/engines.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { killUnderLoad } from './kill-ground.ts';
import { photo, send, tokenFor } from './requests.ts';
import { startProcess } from './started-process.ts';

/** How often the server is killed here; `npm run soak:kills` does it 200 times. On PostgreSQL it is the database that keeps what was acknowledged, and nothing kills that one here. */
const killsOn = { SQLite: 20, PostgreSQL: 8 };

for (const engine of engines) {
  test(`[e2e.durability] ${engine.name}: of PUTs that are acknowledged before a kill -9 none is lost, none is doubled and none is half there; the audit trail verifies`, async (t) => {
    const { kills, acknowledged, lines } = await killUnderLoad(engine, killsOn[engine.name]);
    t.diagnostic(`${acknowledged} PUTs acknowledged over ${kills} kills, ${lines} lines`);
    assert.ok(acknowledged > kills, 'there was something to lose');
    assert.ok(lines >= acknowledged, 'each has its line');
  });
}

test('[e2e.durability] an upload cut off by a kill -9 leaves no file that anybody can open, and the next start serves', async () => {
  await using directory = await temporaryDirectory();
  const dataDir = directory.path;
  await using server = await startProcess({ dataDir });
  const token = await tokenFor(server.url);
  const form = new FormData();
  form.set('type', 'sep6-withdraw');
  form.set('photo_id_front', new Blob([photo(9_000_000)]), 'photo.jpg');
  const put = fetch(`${server.url}/customer`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}` },
    body: form,
  });
  const outcome = put.then(
    () => 'answered',
    () => 'cut off',
  );
  await delay(15);
  await server.kill9();
  await outcome;
  await using restarted = await startProcess({ dataDir });
  const store = await openSqliteStore(join(dataDir, 'anchor-kyc.db'), systemClock);
  const blobs = await readdir(join(dataDir, 'files'), { recursive: true }).catch(() => []);
  const ids = blobs.map((path) => path.split('/').at(-1) ?? '').filter((name) => name.length === 32);
  const live = await store.findLiveFiles(ids);
  await store.close();
  assert.ok(live.size <= 1, 'what nothing refers to waits for the sweep, sealed under a key that is gone');
  assert.equal((await send('GET', `${restarted.url}/health`)).status, 200);
});
