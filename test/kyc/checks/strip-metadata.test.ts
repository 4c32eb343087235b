import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { UnreadableImage } from '../../../src/kyc/checks/decode-image.ts';
import { stripMetadata, strippableTypes } from '../../../src/kyc/checks/strip-metadata.ts';
import { temporaryDirectory } from '../../support/test-anchor.ts';
import { checkFile } from './fixture.ts';

const signal = AbortSignal.timeout(60_000);
const secret = 'Ada-Lovelace-12-St-James-Square';
const [red, blue] = [
  { r: 220, g: 20, b: 20 },
  { r: 20, g: 20, b: 220 },
];

/** Red on the left, blue on the right, as it is stored. */
function flag(width = 120, height = 80): Sharp {
  const right = { create: { width: width / 2, height, channels: 3 as const, background: blue } };
  return sharp({ create: { width, height, channels: 3, background: red } }).composite([
    { input: right, left: width / 2, top: 0 },
  ]);
}

const exif = {
  IFD0: { Artist: secret, Make: 'PhoneMaker', ImageDescription: secret },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 26/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 39/1' },
};
const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="${secret}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

const laden = (image: Sharp): Sharp =>
  image.withExif(exif).withXmp(xmp).withIccProfile('p3').withMetadata({ orientation: 6 });

const encoded: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  'image/jpeg': (image) => image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  'image/png': (image) => image.png(),
  'image/webp': (image) => image.webp({ quality: 95 }),
};

for (const [contentType, encode] of Object.entries(encoded)) {
  test(`[kyc.checks.strip] of an ${contentType} nothing is left but the picture, turned as it was meant`, async () => {
    const bytes = await laden(encode(flag())).toBuffer();
    const before = await sharp(bytes).metadata();
    assert.ok(before.exif?.includes('PhoneMaker') && before.exif.includes(secret) && before.xmp && before.icc);
    assert.deepEqual([before.orientation, before.width, before.height], [6, 120, 80]);

    const stripped = await stripMetadata(checkFile(bytes, contentType), signal);
    const { format, width, height, ...after } = await sharp(stripped).metadata();
    assert.deepEqual([`image/${format}`, width, height], [contentType, 80, 120]);
    for (const part of ['exif', 'xmp', 'icc', 'iptc', 'orientation', 'comments', 'tifftagPhotoshop'] as const)
      assert.equal(after[part], undefined, part);
    for (const text of [secret, 'PhoneMaker', 'GPS', 'Exif', 'xpacket']) assert.ok(!stripped.includes(text), text);

    // Orientation 6: the left of what is stored is the top of what is seen.
    const { data, info } = await sharp(stripped).raw().toBuffer({ resolveWithObject: true });
    const colourAt = (x: number, y: number): number[] => [
      ...data.subarray((y * info.width + x) * info.channels).subarray(0, 3),
    ];
    for (const x of [10, 70]) {
      assert.ok(isNear(colourAt(x, 10), red), `${colourAt(x, 10)}`);
      assert.ok(isNear(colourAt(x, 110), blue), `${colourAt(x, 110)}`);
    }
  });
}

/** The profile's colours were converted, not dropped: within what losses and rounding may do. */
function isNear([r = 0, g = 0, b = 0]: number[], colour: typeof red): boolean {
  return Math.hypot(r - colour.r, g - colour.g, b - colour.b) < 40;
}

test('[kyc.checks.strip] all eight orientations come out as the same picture', async () => {
  const upright = await flag(90, 60).png().toBuffer();
  const seen = await sharp(upright).raw().toBuffer();
  // Flipping comes before turning. What a camera stores for each orientation: the inverse of what a viewer does.
  const stored: ReadonlyArray<(image: Sharp) => Sharp> = [
    (image) => image,
    (image) => image.flop(),
    (image) => image.rotate(180),
    (image) => image.flip(),
    (image) => image.flip().rotate(90),
    (image) => image.rotate(270),
    (image) => image.flip().rotate(270),
    (image) => image.rotate(90),
  ];
  for (const [index, store] of stored.entries()) {
    const turned = await store(sharp(upright)).png().toBuffer();
    const bytes = await sharp(turned)
      .withMetadata({ orientation: index + 1 })
      .png()
      .toBuffer();
    const stripped = await stripMetadata(checkFile(bytes, 'image/png'), signal);
    const { data, info } = await sharp(stripped).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [90, 60], `orientation ${index + 1}`);
    assert.ok(data.equals(seen), `orientation ${index + 1}`);
  }
});

test('[kyc.checks.strip] transparency stays, and a comment goes', async () => {
  const clear = sharp({ create: { width: 50, height: 50, channels: 4, background: { ...red, alpha: 0.5 } } });
  const stripped = await stripMetadata(checkFile(await clear.png().toBuffer(), 'image/png'), signal);
  assert.equal((await sharp(stripped).metadata()).hasAlpha, true);

  const jpg = await flag().jpeg().toBuffer();
  const comment = Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from([0, secret.length + 2]), Buffer.from(secret)]);
  const trailing = Buffer.concat([jpg.subarray(0, 2), comment, jpg.subarray(2), Buffer.from(secret)]);
  assert.ok(!(await stripMetadata(checkFile(trailing, 'image/jpeg'), signal)).includes(secret));
});

test('[kyc.checks.strip] what cannot be decoded is not stripped: nothing comes back that was not looked at', async () => {
  const jpg = await flag().jpeg().toBuffer();
  await assert.rejects(stripMetadata(checkFile(jpg.subarray(0, -200), 'image/jpeg'), signal), UnreadableImage);
  await assert.rejects(stripMetadata(checkFile(jpg, 'image/png'), signal), UnreadableImage);
  assert.deepEqual(strippableTypes, ['image/jpeg', 'image/png', 'image/webp']);
  for (const contentType of ['image/heic', 'application/pdf', 'toString'])
    await assert.rejects(stripMetadata(checkFile(jpg, contentType), signal), TypeError);
});

test('[kyc.checks.strip] an image of 36 megapixels is unpacked in memory alone, and a webp of that size becomes smaller', async () => {
  await using directory = await temporaryDirectory();
  const nowhere = join(directory.path, 'no-such-directory');
  const large = sharp({ create: { width: 6000, height: 6000, channels: 3, background: '#89a' } });
  for (const contentType of ['image/jpeg', 'image/webp']) {
    const file = join(directory.path, 'large');
    const format = contentType === 'image/jpeg' ? large.clone().jpeg() : large.clone().webp({ effort: 0 });
    await writeFile(file, await format.withMetadata({ orientation: 6 }).toBuffer());
    const script = join(import.meta.dirname, 'strip-large.ts');
    const env = { ...process.env, TMPDIR: nowhere };
    const { stdout } = await promisify(execFile)(process.execPath, [script, file, contentType], { env });
    const { width, height } = JSON.parse(stdout);
    const side = contentType === 'image/webp' ? 4898 : 6000;
    assert.deepEqual([width, height], [side, side], contentType);
  }
});
