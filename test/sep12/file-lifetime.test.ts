import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLogger } from '../../src/lib/log.ts';
import { DiskFiles } from '../../src/store/files/disk-files.ts';
import { SealedFiles } from '../../src/store/files/sealed-files.ts';
import { startSweeping, sweep } from '../../src/store/files/sweep.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { fileIds, movableClock, postFile, upload } from './file-support.ts';
import { blobsOf, person, putForm, recordingLogger, rowsIn } from './support.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

type Clock = ReturnType<typeof movableClock>;

/** The anchor's files and rows, as the clock job of another process would have them. */
async function behind(
  anchor: TestAnchor,
  clock: Clock,
): Promise<AsyncDisposable & { files: SealedFiles; store: Store; sweep: () => Promise<number> }> {
  const files = new SealedFiles(new DiskFiles(join(anchor.dataDir, 'files')));
  const store = await openSqliteStore(join(anchor.dataDir, 'anchor-kyc.db'), clock);
  return { files, store, sweep: () => sweep(files, store, clock), [Symbol.asyncDispose]: () => store.close() };
}

test('[kyc.files] [ruling.24] a file that nothing refers to within 24 hours is no more, and its bytes are removed', async () => {
  const clock = movableClock();
  await using anchor = await openTestAnchor({ clock });
  await using job = await behind(anchor, clock);
  const sub = randomAccount();
  const [waiting, used] = [await upload(anchor, sub), await upload(anchor, sub)];
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { photo_id_front_file_id: used })).body;
  clock.move(dayMs - 1);
  assert.equal(await job.sweep(), 0);
  assert.deepEqual(await fileIds(anchor, sub, { file_id: waiting }), [waiting]);
  clock.move(1);
  assert.deepEqual(await fileIds(anchor, sub, { file_id: waiting }), [], 'at once, before any job ran');
  const put = await anchor.json(sub, 'PUT', '/customer', { photo_id_back_file_id: waiting });
  assert.deepEqual(
    [put.status, put.body],
    [400, { error: "'photo_id_back_file_id' is invalid: there is no such file" }],
  );
  assert.equal(await job.sweep(), 1);
  assert.deepEqual([rowsIn(anchor, 'uploads'), (await blobsOf(anchor)).length], [0, 1]);
  assert.deepEqual(await fileIds(anchor, sub, { customer_id: id }), [used]);
});

test('[kyc.files] files that expired do not count', async () => {
  const clock = movableClock();
  await using anchor = await openTestAnchor({ clock });
  const sub = randomAccount();
  for (let n = 0; n < 20; n++) await upload(anchor, sub);
  assert.equal((await postFile(anchor, sub)).status, 413);
  clock.move(dayMs);
  assert.equal((await postFile(anchor, sub)).status, 200);
});

test('[kyc.files] bytes without a row, as a crash between the two leaves them, are swept after an hour; those that wait are not', async () => {
  const clock = movableClock();
  await using anchor = await openTestAnchor({ clock });
  await using job = await behind(anchor, clock);
  const sub = randomAccount();
  const waiting = await upload(anchor, sub);
  await job.files.store(
    (async function* () {
      yield jpegBytes();
    })(),
  );
  assert.equal((await blobsOf(anchor)).length, 2);
  assert.equal(await job.sweep(), 0, 'a request may still be about to refer to it');
  clock.move(2 * hourMs);
  assert.equal(await job.sweep(), 1);
  assert.equal((await anchor.json(sub, 'PUT', '/customer', { photo_id_front_file_id: waiting })).status, 202);
});

test('[kyc.files] the job runs at the start and every hour, and outlives a failure', async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const clock = movableClock();
  await using anchor = await openTestAnchor({ clock });
  const { logger, lines } = recordingLogger();
  let runs = 0;
  const removeExpired = (): Promise<string[]> => {
    runs++;
    return runs === 2 ? Promise.reject(new Error('away')) : Promise.resolve([]);
  };
  await using job = await behind(anchor, clock);
  const register = { findLiveFiles: async () => new Set<string>(), files: { removeExpired } };
  const job2 = startSweeping(job.files, register, { clock, log: logger });
  for (const expected of [1, 2, 3]) {
    assert.equal(runs, expected);
    t.mock.timers.tick(hourMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
  job2.stop();
  t.mock.timers.tick(hourMs);
  assert.equal(runs, 4, 'not after it was stopped');
  assert.equal(lines.filter(({ level }) => level === 'warn').length, 1);
});

test('[kyc.files] [sep12.delete.200] DELETE removes what the subject sent ahead, too, and what others sent stays', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const sub = `${account}:7`;
  await putForm(anchor, sub, person, { photo_id_front: jpegBytes() });
  const [own, foreign] = [await upload(anchor, sub), await upload(anchor, account)];
  assert.equal((await anchor.json(account, 'DELETE', `/customer/${account}?memo=7`)).status, 200);
  assert.deepEqual(await fileIds(anchor, sub, { file_id: own }), []);
  assert.deepEqual(await fileIds(anchor, account, { file_id: foreign }), [foreign]);
  assert.deepEqual([rowsIn(anchor, 'uploads'), (await blobsOf(anchor)).length], [1, 1]);
});

test('[kyc.files] [ruling.23] who sent a file and never registered is known all the same: DELETE is 200 once', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await upload(anchor, sub);
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 404);
  assert.deepEqual([rowsIn(anchor, 'uploads'), await blobsOf(anchor)], [0, []]);
});

test('[kyc.files] neither the bytes of a file that waits nor its key lie on disk in the clear', async () => {
  await using anchor = await openTestAnchor({ logger: silentLogger });
  const mark = Buffer.from('PLANTED-IN-A-WAITING-FILE');
  const sub = randomAccount();
  const fileId = await upload(anchor, sub, jpegBytes(Buffer.concat(Array<Buffer>(9000).fill(mark))));
  for (const step of ['waiting', 'referred to']) {
    const entries = await readdir(anchor.dataDir, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const bytes = await readFile(join(entry.parentPath, entry.name));
      for (const plain of [mark, '"sha256"', '"key"']) assert.ok(!bytes.includes(plain), `${entry.name}, ${step}`);
    }
    await anchor.json(sub, 'PUT', '/customer', { photo_id_front_file_id: fileId });
  }
});
