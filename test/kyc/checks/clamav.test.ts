import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { CheckFile, CheckResult } from '../../../src/kyc/checks/check.ts';
import { clamav } from '../../../src/kyc/checks/clamav.ts';
import { type ClamdAddress, ClamdFailed } from '../../../src/kyc/checks/clamd.ts';
import { eicar } from '../../support/eicar.ts';
import { hasClamd, startClamd } from '../../support/real-clamd.ts';
import { type Misbehaviour, openStandInClamd, type StandInClamd } from '../../support/stand-in-clamd.ts';
import { temporaryDirectory } from '../../support/test-anchor.ts';
import { checkFile, runCheck } from './fixture.ts';

const MB = 1_000_000;
const limits = { streamMaxLength: 3 * MB, maxFileBytes: 2 * MB };
const clean = checkFile(Buffer.from('%PDF-1.7 nothing here'), 'application/pdf');
const infected = checkFile(Buffer.concat([randomBytes(300_000), eicar, randomBytes(100)]), 'image/jpeg');

function scan(address: ClamdAddress, files: Record<string, CheckFile>, signal?: AbortSignal): Promise<CheckResult> {
  const settings = 'path' in address ? { socket: address.path } : address;
  return runCheck(clamav, { settings, files, ...(signal && { signal }) });
}

/** What holds for every clamd with those limits. */
async function judgesRightly(address: ClamdAddress): Promise<void> {
  const good = await scan(address, { photo_id_front: clean, photo_id_back: checkFile(randomBytes(MB), 'image/png') });
  assert.equal(good.outcome, 'pass');
  assert.match(JSON.stringify(good), /"engine":"ClamAV \d/);

  const bad = await scan(address, { photo_id_front: clean, photo_id_back: infected });
  assert.ok(bad.outcome === 'fail' && bad.final !== true);
  assert.deepEqual([bad.reason, bad.fields], ['infected-file', ['photo_id_back']]);
  assert.match(JSON.stringify(bad.evidence), /"signatures":\{"photo_id_back":"Eicar-Test-Signature/);

  const unseen = await scan(address, { proof_of_income: checkFile(Buffer.alloc(2.5 * MB), 'application/pdf') });
  assert.ok(unseen.outcome === 'fail' && unseen.final !== true);
  assert.deepEqual([unseen.reason, unseen.fields], ['document-unreadable', ['proof_of_income']]);

  await assert.rejects(scan(address, { photo_id_front: checkFile(Buffer.alloc(20 * MB), 'image/png') }));
}

async function withStandIn(use: (clamd: StandInClamd) => Promise<void>): Promise<void> {
  await using clamd = await openStandInClamd(undefined, limits);
  await use(clamd);
}

test('[kyc.checks.clamav] over TCP: clean passes, EICAR is named with its field, what is too large for the scanner never passes', () =>
  withStandIn(({ address }) => judgesRightly(address)));

test('[kyc.checks.clamav] the same over a unix socket', async () => {
  await using directory = await temporaryDirectory();
  await using clamd = await openStandInClamd(join(directory.path, 'clamd.sock'), limits);
  await judgesRightly(clamd.address);
});

test('[kyc.checks.clamav] the same of the real clamd, where the system has one', async (t: TestContext) => {
  if (!(await hasClamd())) return t.diagnostic('clamd is not installed here: only its stand-in was asked');
  const size = ['StreamMaxLength 3000000', 'MaxFileSize 2000000', 'MaxScanSize 4000000', 'AlertExceedsMax yes'];
  await using clamd = await startClamd(...size);
  await judgesRightly(clamd.address);
  t.diagnostic('the real clamd was asked');
});

test('[kyc.checks.clamav] the real clamd without AlertExceedsMax calls clean what it has not looked at, as the manual warns', async (t: TestContext) => {
  if (!(await hasClamd())) return t.diagnostic('clamd is not installed here');
  await using clamd = await startClamd('MaxFileSize 200000');
  assert.equal((await scan(clamd.address, { photo_id_front: infected })).outcome, 'pass');
});

test('[kyc.checks.clamav] what clamd gets is the file, byte for byte, at its own pace and with lent buffers', () =>
  withStandIn(async ({ address, streams, settings }) => {
    settings.readsSlowly = true;
    for (const pieceBytes of [1, 999, 65_536, 400_000]) {
      const bytes = randomBytes(pieceBytes === 1 ? 500 : MB);
      assert.equal((await scan(address, { photo: checkFile(bytes, 'image/png', pieceBytes) })).outcome, 'pass');
      assert.ok(streams.at(-1)?.equals(bytes), `${pieceBytes}`);
    }
  }));

test('[kyc.checks.clamav] a piece without bytes does not end the stream before the malware', () =>
  withStandIn(async ({ address }) => {
    const tricky: CheckFile = {
      ...checkFile(eicar, 'image/png'),
      async *open() {
        yield new Uint8Array(0);
        yield eicar;
      },
    };
    assert.equal((await scan(address, { photo: tricky })).outcome, 'fail');
  }));

test('[kyc.checks.clamav] a file that breaks off, is shorter or longer than it was, never passes', () =>
  withStandIn(async ({ address, streams }) => {
    const whole = checkFile(Buffer.alloc(200_000), 'image/png');
    const broken: CheckFile = {
      ...whole,
      async *open() {
        yield Buffer.alloc(100_000);
        throw new Error('a file does not open');
      },
    };
    await assert.rejects(scan(address, { photo: broken }), /a file does not open/);
    for (const sizeBytes of [199_999, 200_001])
      await assert.rejects(scan(address, { photo: { ...whole, sizeBytes } }), /not as long/);
    assert.equal(streams.length, 0);
  }));

const misbehaviours: readonly Misbehaviour[] = [
  'hangs-up',
  'hangs-up-early',
  'answers-early',
  'no-terminator',
  'babbles',
  { says: '\0' },
  { says: 'stream: OK FOUND OK\0' },
  { says: 'stream: OK\n\0' },
  { says: 'OK\0' },
  { says: "stream: Can't allocate memory ERROR\0" },
  { says: 'COMMAND READ TIMED OUT\0' },
];

for (const misbehaviour of misbehaviours) {
  test(`[kyc.checks.clamav] a clamd that ${JSON.stringify(misbehaviour)} tells nothing, so nothing passes`, () =>
    withStandIn(async ({ address, settings }) => {
      settings.misbehaviour = misbehaviour;
      await assert.rejects(scan(address, { photo: checkFile(Buffer.alloc(MB), 'image/png') }));
    }));
}

test('[kyc.checks.clamav] a failure says what happened in a code, and not what was scanned', () =>
  withStandIn(async ({ address, settings }) => {
    settings.misbehaviour = { says: 'stream: secret ERROR\0' };
    await assert.rejects(scan(address, { photo: clean }), (error) => {
      assert.ok(error instanceof ClamdFailed);
      assert.deepEqual([error.code, error.message], ['CLAMD_UNEXPECTED', 'clamd gave no verdict: CLAMD_UNEXPECTED']);
      return true;
    });
  }));

test('[kyc.checks.clamav] a silent clamd is waited for as long as the run may take, and one that is away not at all', () =>
  withStandIn(async ({ address, settings }) => {
    settings.misbehaviour = 'silent';
    const start = performance.now();
    await assert.rejects(scan(address, { photo: clean }, AbortSignal.timeout(200)), { name: 'AbortError' });
    assert.ok(performance.now() - start < 5000);
    await assert.rejects(scan(address, { photo: clean }, AbortSignal.abort()), { name: 'AbortError' });
    await assert.rejects(scan({ path: '/nonexistent/clamd.sock' }, { photo: clean }), { code: 'ENOENT' });
  }));

test('[kyc.checks.clamav] whatever clamd says, only the word OK passes and nothing crashes', () =>
  withStandIn(async ({ address, settings }) => {
    const part = fc.constantFrom('stream: ', 'OK', ' FOUND', 'X', '\0', 'ERROR', ' ', 'stream: OK', '\n', 'stream:OK');
    const says = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(part, { maxLength: 5 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(says, async (text) => {
        settings.misbehaviour = { says: text };
        const result = await scan(address, { photo: clean }).catch(() => undefined);
        assert.equal(result?.outcome === 'pass', text.startsWith('stream: OK\0'));
        await turn();
      }),
      { numRuns: 300 },
    );
  }));

test('[kyc.checks.clamav] whoever sent no file is asked for none', async () => {
  assert.deepEqual(await scan({ path: '/nonexistent' }, {}), { outcome: 'pass' });
});

test('[kyc.checks.settings] clamd is at a host or a socket, not at both and not at neither', () => {
  assert.deepEqual(clamav.faultsOf({ host: 'clamd', port: 3310 }), []);
  assert.deepEqual(clamav.faultsOf({ host: 'clamd' }), []);
  assert.deepEqual(clamav.faultsOf({ socket: '/run/clamav/clamd.ctl' }), []);
  assert.deepEqual(clamav.faultsOf({}), ['settings: expected either host or socket']);
  assert.deepEqual(clamav.faultsOf({ host: 'a', socket: '/b' }), ['settings: expected either host or socket']);
  assert.deepEqual(clamav.faultsOf({ socket: '/b', port: 1 }), ['settings.port: goes with host only']);
  assert.deepEqual(clamav.faultsOf({ host: ' ', port: '3310', timeout: 3 }), [
    'settings.host: expected a host name or an address',
    'settings.port: expected a whole number from 1 to 65535',
    'settings.timeout: no such setting: there are host, port, socket',
  ]);
});
