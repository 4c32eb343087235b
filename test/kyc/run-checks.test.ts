import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { CheckKind, CheckResult } from '../../src/kyc/checks/check.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { blobsOf, putForm } from '../sep12/support.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

const program: ProgramDefinition = {
  checks: { photo: { use: 'image', fields: ['photo_id_front'] } },
  types: { basic: { decision: 'automatic', fields: { first_name: {}, photo_id_front: {} }, checks: ['photo'] } },
};

/** Asks until the status is another one. */
async function settled(anchor: TestAnchor, sub: string): Promise<{ status: string; body: unknown }> {
  for (let n = 0; n < 400; n++) {
    const { body } = await anchor.json(sub, 'GET', '/customer');
    if (body.status !== 'PROCESSING') return { status: body.status, body };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { status: 'PROCESSING', body: undefined };
}

/** A photo that says where it was taken. */
function photo(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const create = { width, height, channels: 3, background: '#888', noise } as const;
  return sharp({ create })
    .withExif({ IFD0: { Make: 'CANARYCAM' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
    .jpeg()
    .toBuffer();
}

test('[checks.image] a good photo is accepted, kept without what it says beside its pixels, and the same photo again changes nothing', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  const sent = await photo(800, 600);
  assert.ok(sent.includes('CANARYCAM'));
  const first = await putForm(anchor, sub, { first_name: 'Ada' }, { photo_id_front: sent });
  assert.equal((await settled(anchor, sub)).status, 'ACCEPTED');
  const blobs = await blobsOf(anchor);
  assert.equal(blobs.length, 1, 'the photo as it came is gone');
  const again = await putForm(anchor, sub, { first_name: 'Ada' }, { photo_id_front: sent });
  assert.equal(again.body.id, first.body.id);
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.status, 'ACCEPTED', 'not looked at again');
  assert.deepEqual(await blobsOf(anchor), blobs);
});

test('[checks.image] a small photo is asked for again, in the customer’s language, and another one is accepted', async () => {
  await using anchor = await openTestAnchor({ program });
  const sub = randomAccount();
  await putForm(anchor, sub, { first_name: 'Ada' }, { photo_id_front: await photo(100, 80) });
  assert.equal((await settled(anchor, sub)).status, 'NEEDS_INFO');
  const { body } = await anchor.json(sub, 'GET', '/customer?lang=es');
  assert.deepEqual(Object.keys(body.fields), ['photo_id_front']);
  assert.equal(body.provided_fields.photo_id_front.status, 'REJECTED');
  assert.match(body.provided_fields.photo_id_front.error, /foto|imagen/i);
  await putForm(anchor, sub, {}, { photo_id_front: await photo(900, 700) });
  assert.equal((await settled(anchor, sub)).status, 'ACCEPTED');
});

function kindOf(run: () => Promise<CheckResult>): CheckKind {
  const open = (): { run: typeof run } => ({ run });
  return { name: 'own', inputs: ['given_name'], early: false, fourEyes: false, faultsOf: () => [], open };
}

const ownProgram: ProgramDefinition = {
  checks: { own: { use: 'own' } },
  types: { basic: { decision: 'automatic', fields: { first_name: {} }, checks: ['own'] } },
};

test('[checks.closed] a check that cannot be run leaves the customer PROCESSING and is run again until it can', async () => {
  let away = 2;
  const kind = kindOf(async () => {
    if (away-- > 0) throw new Error('the provider is away');
    return { outcome: 'pass' };
  });
  let now = Date.now();
  const clock = { now: () => new Date(now) };
  await using anchor = await openTestAnchor({ program: ownProgram, checkKinds: [kind], clock });
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada' });
  for (let n = 0; n < 100 && away > 1; n++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.status, 'PROCESSING');
  for (let n = 0; n < 100 && away >= 0; n++) {
    now += 60_000;
    await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada' });
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.equal((await settled(anchor, sub)).status, 'ACCEPTED');
});

test('[checks.closed] a check that had nothing to look at is no pass: a person decides, unless it is content with what is given', async () => {
  const types = (check: string): ProgramDefinition['types'] => ({
    basic: {
      decision: 'automatic',
      fields: { first_name: {}, birth_date: { optional: true }, photo_id_front: { optional: true } },
      checks: [check],
    },
  });
  const checks = { adult: { use: 'minimum-age' }, photo: { use: 'image', fields: ['photo_id_front'] } };
  const sub = randomAccount();
  {
    await using anchor = await openTestAnchor({ program: { checks: { adult: checks.adult }, types: types('adult') } });
    await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada' });
    assert.equal((await anchor.json(sub, 'GET', '/customer')).body.status, 'PROCESSING');
    await anchor.json(sub, 'PUT', '/customer', { birth_date: '1990-12-10' });
    assert.equal((await settled(anchor, sub)).status, 'ACCEPTED');
  }
  await using anchor = await openTestAnchor({ program: { checks: { photo: checks.photo }, types: types('photo') } });
  await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada' });
  assert.equal((await settled(anchor, sub)).status, 'ACCEPTED');
});

test('[checks.final] a final finding rejects for good, whatever is sent afterwards', async () => {
  let result: CheckResult = { outcome: 'fail', reason: 'suspected-fraud', final: true };
  await using anchor = await openTestAnchor({ program: ownProgram, checkKinds: [kindOf(async () => result)] });
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada' });
  const rejected = await settled(anchor, sub);
  assert.equal(rejected.status, 'REJECTED');
  result = { outcome: 'pass' };
  assert.equal((await anchor.json(sub, 'PUT', '/customer', { first_name: 'Eve' })).status, 202);
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer')).body, rejected.body);
});
