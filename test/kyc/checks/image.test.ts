import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import type { CheckFile, CheckResult } from '../../../src/kyc/checks/check.ts';
import { image } from '../../../src/kyc/checks/image.ts';
import { temporaryDirectory } from '../../support/test-anchor.ts';
import { checkFile, runCheck } from './fixture.ts';

const picture = (width: number, height: number): Sharp =>
  sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  });

const jpg = await picture(800, 600).jpeg().toBuffer();
const progressive = await picture(800, 600).jpeg({ progressive: true }).toBuffer();
const png = await picture(800, 600).png().toBuffer();
const webp = await picture(800, 600).webp().toBuffer();
const pdf = Buffer.from(
  '%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n',
);
const all = { 'image/jpeg': jpg, 'image/png': png, 'image/webp': webp, 'application/pdf': pdf };

/** What is said; that a good image is handed back stripped has tests of its own. */
async function look(files: Record<string, CheckFile>, settings = {}): Promise<CheckResult> {
  const result = await runCheck(image, { files, settings });
  if (result.outcome !== 'pass') return result;
  const { stripped: _, ...said } = result;
  return said;
}

const lookAt = (bytes: Uint8Array, contentType: string, settings = {}): Promise<CheckResult> =>
  look({ photo_id_front: checkFile(bytes, contentType) }, settings);

function assertFailed(result: CheckResult, reason: string, fields = ['photo_id_front']): void {
  assert.ok(result.outcome === 'fail' && result.final !== true, result.outcome);
  assert.deepEqual([result.reason, result.fields], [reason, fields]);
}

test('[kyc.checks.image] jpg, png and webp that can be decoded pass, with their sizes as evidence', async () => {
  for (const [contentType, bytes] of Object.entries({ ...all, 'image/jpeg': progressive })) {
    if (contentType === 'application/pdf') continue;
    assert.deepEqual(await lookAt(bytes, contentType), {
      outcome: 'pass',
      evidence: { files: { photo_id_front: { contentType, width: 800, height: 600, finding: 'good' } } },
    });
  }
});

test('[kyc.checks.image] an image that breaks off, however late, is to be sent again', async () => {
  for (const [contentType, bytes] of [...Object.entries(all), ['image/jpeg', progressive] as const])
    for (const part of [0.3, 0.7, 0.98])
      assertFailed(await lookAt(bytes.subarray(0, bytes.length * part), contentType), 'document-unreadable');
});

test('[kyc.checks.image] an image whose bytes are damaged as far as its format shows is to be sent again', async () => {
  const zeroed = (bytes: Buffer): Buffer => Buffer.from(bytes).fill(0, bytes.length >> 1, (bytes.length >> 1) + 3000);
  assertFailed(await lookAt(zeroed(png), 'image/png'), 'document-unreadable');
  assertFailed(await lookAt(zeroed(progressive), 'image/jpeg'), 'document-unreadable');
  assertFailed(await lookAt(Buffer.alloc(0), 'image/png'), 'document-unreadable');
});

test('[kyc.checks.image] an image that is something else than it was taken for never reaches a decoder', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"/>');
  const tiff = await picture(800, 600).tiff().toBuffer();
  for (const bytes of [svg, tiff, png]) assertFailed(await lookAt(bytes, 'image/jpeg'), 'document-unreadable');
});

test('[kyc.checks.image] what some phones say wrong in every picture is overlooked, as viewers do, but not in one that breaks off', async () => {
  const samsung = Buffer.from(jpg);
  const scan = samsung.indexOf(Buffer.from('ffda', 'hex'));
  samsung[scan + samsung.readUInt16BE(scan + 2)] = 0;
  assert.equal((await lookAt(samsung, 'image/jpeg')).outcome, 'pass');
  assertFailed(await lookAt(samsung.subarray(0, -5000), 'image/jpeg'), 'document-unreadable');
});

test('[kyc.checks.image] an image that is too small is to be sent again, upright or lying, by the limits of the program', async () => {
  const at = async (width: number, height: number, settings = {}): Promise<CheckResult> =>
    lookAt(await picture(width, height).jpeg().toBuffer(), 'image/jpeg', settings);
  for (const [width, height] of [
    [600, 400],
    [400, 600],
  ] as const)
    assert.equal((await at(width, height)).outcome, 'pass');
  for (const [width, height] of [
    [599, 400],
    [600, 399],
    [399, 600],
    [400, 599],
    [5000, 20],
  ] as const)
    assertFailed(await at(width, height), 'image-too-small');
  assert.equal((await at(300, 300, { minWidth: 200, minHeight: 300 })).outcome, 'pass');
  assertFailed(await at(800, 600, { minWidth: 801 }), 'image-too-small');
});

test('[kyc.checks.image] more than 40 megapixels are not unpacked', async () => {
  const huge = await sharp({ create: { width: 7000, height: 5800, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  assertFailed(await lookAt(huge, 'image/png'), 'document-unreadable');
});

test('[kyc.checks.image] HEIC, which cannot be decoded here, and videos go to a person', async () => {
  const heic = Buffer.concat([
    Buffer.from('000000186674797068656963000000006d69663168656963', 'hex'),
    randomBytes(500),
  ]);
  for (const contentType of ['image/heic', 'image/heif', 'video/mp4', 'application/octet-stream', 'constructor'])
    assert.deepEqual(await lookAt(heic, contentType), {
      outcome: 'review',
      reason: 'document-unreadable',
      evidence: { files: { photo_id_front: { contentType, finding: 'to-be-looked-at' } } },
    });
});

test('[kyc.checks.image] a PDF that is whole is accepted, looked at or refused, as the program says', async () => {
  assert.equal((await lookAt(pdf, 'application/pdf')).outcome, 'pass');
  assert.equal((await lookAt(pdf, 'application/pdf', { pdf: 'review' })).outcome, 'review');
  assertFailed(await lookAt(pdf, 'application/pdf', { pdf: 'refuse' }), 'document-unreadable');
  const broken = [
    pdf.subarray(0, -7),
    Buffer.concat([Buffer.from(' '), pdf]),
    Buffer.concat([pdf, Buffer.alloc(1100)]),
    Buffer.from('%PDF-x.y\n%%EOF'),
    Buffer.alloc(0),
  ];
  for (const bytes of broken)
    for (const policy of ['accept', 'review'])
      assertFailed(await lookAt(bytes, 'application/pdf', { pdf: policy }), 'document-unreadable');
  for (const pieceBytes of [1, 3, 7, 1024]) {
    const cut = checkFile(pdf, 'application/pdf', pieceBytes);
    assert.equal((await look({ proof_of_income: cut })).outcome, 'pass', `${pieceBytes}`);
  }
});

test('[kyc.checks.image] of several files the worst is told, with its fields alone', async () => {
  const small = checkFile(await picture(100, 100).png().toBuffer(), 'image/png');
  const files = {
    photo_id_front: checkFile(jpg, 'image/jpeg'),
    photo_id_back: checkFile(jpg.subarray(0, 9000), 'image/jpeg'),
    photo_proof_residence: small,
    proof_of_income: checkFile(Buffer.alloc(9), 'image/heic'),
  };
  assertFailed(await look(files), 'document-unreadable', ['photo_id_back']);
  const { photo_id_back: _gone, ...better } = files;
  assertFailed(await look(better), 'image-too-small', ['photo_proof_residence']);
  assert.equal((await look({})).outcome, 'pass');
});

test('[kyc.checks.image] a file that does not open, or is of another length, tells nothing', async () => {
  const whole = checkFile(png, 'image/png');
  const broken: CheckFile = {
    ...whole,
    async *open() {
      yield png.subarray(0, 1000);
      throw new Error('a file does not open');
    },
  };
  await assert.rejects(look({ photo_id_front: broken }), /a file does not open/);
  for (const sizeBytes of [png.length - 1, png.length + 1])
    await assert.rejects(look({ photo_id_front: { ...whole, sizeBytes } }), /not as long/);
  const signal = AbortSignal.abort();
  await assert.rejects(runCheck(image, { files: { photo_id_front: whole }, signal }), { name: 'AbortError' });
  // And the turn of the next image comes.
  assert.equal((await look({ photo_id_front: whole })).outcome, 'pass');
});

test('[kyc.checks.image] random bytes behind any beginning crash nothing and never pass', async () => {
  const small = { minWidth: 1, minHeight: 1 };
  const starts = Object.entries(all).map(([contentType, bytes]) => [contentType, bytes.subarray(0, 40)] as const);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...starts),
      fc.nat(40),
      fc.uint8Array({ maxLength: 400 }),
      async (start, at, rest) => {
        const [contentType, bytes] = start;
        const result = await lookAt(Buffer.concat([bytes.subarray(0, at), rest]), contentType, small);
        assertFailed(result, 'document-unreadable');
      },
    ),
    { numRuns: 400 },
  );
});

test('[kyc.checks.image] bytes changed anywhere in an image crash nothing', async () => {
  const tiny = await Promise.all([
    picture(40, 30).jpeg().toBuffer(),
    picture(40, 30).png().toBuffer(),
    picture(40, 30).webp().toBuffer(),
  ]);
  const types = ['image/jpeg', 'image/png', 'image/webp'] as const;
  const changes = fc.array(fc.tuple(fc.nat(3000), fc.nat(255)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.nat(2), changes, async (which, some) => {
      const bytes = Buffer.from(tiny[which] ?? '');
      for (const [at, value] of some) bytes[at % bytes.length] = value;
      const result = await lookAt(bytes, types[which] ?? '', { minWidth: 1, minHeight: 1 });
      assert.ok(['pass', 'fail'].includes(result.outcome));
    }),
    { numRuns: 600 },
  );
});

/** In MB beyond what the process had before, the library included: all at once would take a GB. */
const promised = 250;

test('[kyc.checks.image] ten images of 24 megapixels at once are unpacked one by one, by a library that is not loaded before', async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'big.jpg');
  const large = sharp({ create: { width: 6000, height: 4000, channels: 3, background: '#89a' } });
  await writeFile(file, await large.jpeg({ progressive: true }).toBuffer());
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'image-memory.ts'), file]);
  const { loaded, peak, outcomes } = JSON.parse(stdout);
  assert.deepEqual([loaded, outcomes], [[false, true], Array(10).fill('pass')]);
  assert.ok(peak < promised, `${peak} MB more`);
});

test('[kyc.checks.settings] sizes are pixels and the policy for PDFs is a word', () => {
  assert.deepEqual(image.faultsOf({ minWidth: 1000, minHeight: 700, pdf: 'refuse' }), []);
  assert.deepEqual(image.faultsOf({ minWidth: 0, minHeight: '700', pdf: true, quality: 1 }), [
    'settings.minWidth: expected a whole number from 1 to 10000',
    'settings.minHeight: expected a whole number from 1 to 10000',
    'settings.pdf: expected one of accept, review, refuse',
    'settings.quality: no such setting: there are minWidth, minHeight, pdf',
  ]);
});
