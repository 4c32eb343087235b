import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidRequest } from '../../../src/errors.ts';
import type { Check, CheckFile, CheckInput, CheckResult, WebhookCall } from '../../../src/kyc/checks/check.ts';
import { sumsub } from '../../../src/kyc/checks/provider/sumsub.ts';
import { labelMeanings } from '../../../src/kyc/checks/provider/sumsub-labels.ts';
import { assertThrows, outages } from '../../support/stand-ins/outages.ts';
import { inputOf, json, serveStandIn, testServices } from '../../support/stand-ins/stand-in.ts';
import { serveSumsub } from '../../support/stand-ins/sumsub-stand-in.ts';

const secrets = { SUMSUB_APP_TOKEN: 'sbx:token', SUMSUB_SECRET_KEY: 'secret-key', SUMSUB_WEBHOOK_SECRET: 'whsec' };
const now = new Date('2026-11-24T07:00:00Z');
const values = {
  given_name: 'Ada',
  family_name: 'Lovelace',
  birth_date: '1985-12-10',
  id_type: 'id_card',
  id_country_code: 'GBR',
  address_country_code: 'PRT',
  city: 'Lisboa',
};
const files = {
  photo_id_front: fileOf('image/jpeg', 'front'),
  photo_id_back: fileOf('image/png', 'back'),
  photo_proof_residence: fileOf('application/pdf', 'bill'),
};

function fileOf(contentType: string, text: string): CheckFile {
  const bytes = Buffer.concat([Buffer.from([0xff, 0x00, 0x0d, 0x0a, 0x2d, 0x2d]), Buffer.from(text)]);
  return {
    contentType,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    async *open() {
      yield bytes.subarray(0, 3);
      yield bytes.subarray(3);
    },
  };
}

function open(url: string, levelName = 'basic-kyc-level', given: Record<string, string> = secrets): Check {
  return sumsub.open({ url, levelName }, testServices(given));
}

function run(check: Check, input: CheckInput, signal = AbortSignal.timeout(5000)): Promise<CheckResult> {
  return check.run(input, { signal, now });
}

async function started(check: Check, input = inputOf(values, files)): Promise<string> {
  const result = await run(check, input);
  assert.equal(result.outcome, 'pending');
  return (result as { reference: string }).reference;
}

const serve = (): ReturnType<typeof serveSumsub> => serveSumsub(secrets.SUMSUB_APP_TOKEN, secrets.SUMSUB_SECRET_KEY);

test('[kyc.sumsub.start] creates the applicant, hands over each document as what it is, and has the check begun', async () => {
  await using server = await serve();
  const reference = await started(open(server.url));
  const [applicant] = server.applicants;
  assert.equal(applicant?.id, reference);
  assert.equal(applicant?.review['reviewStatus'], 'pending');
  assert.deepEqual(applicant?.fixedInfo, {
    firstName: 'Ada',
    lastName: 'Lovelace',
    dob: '1985-12-10',
    country: 'PRT',
    addresses: [{ country: 'PRT', town: 'Lisboa' }],
  });
  const expected = [
    { idDocType: 'ID_CARD', idDocSubType: 'FRONT_SIDE', country: 'GBR' },
    { idDocType: 'ID_CARD', idDocSubType: 'BACK_SIDE', country: 'GBR' },
    { idDocType: 'UTILITY_BILL', country: 'PRT' },
  ];
  assert.deepEqual(
    applicant?.documents,
    expected.map((metadata, index) => ({ metadata, hash: Object.values(files)[index]?.sha256 })),
  );
});

test('[kyc.sumsub.sign] a level with blanks and signs is signed as it is sent', async () => {
  await using server = await serve();
  await started(
    open(server.url, 'id & selfie'),
    inputOf(values, { ...files, proof_of_liveness: fileOf('image/jpeg', 'me') }),
  );
  assert.equal(server.requests[0], 'POST /resources/applicants?levelName=id%20%26%20selfie');
});

test('[kyc.sumsub.secret] a wrong key, or token, is refused and nothing passes', async () => {
  await using server = await serve();
  for (const wrong of [{ SUMSUB_SECRET_KEY: 'x' }, { SUMSUB_APP_TOKEN: 'x' }])
    await assert.rejects(() => run(open(server.url, undefined, { ...secrets, ...wrong }), inputOf(values, files)), {
      message: 'sumsub: answered 401',
    });
});

test('[kyc.sumsub.crash] a start that is repeated from any point on ends with one applicant and each document once', async () => {
  for (let calls = 1; calls <= 5; calls += 1) {
    await using server = await serve();
    let left = calls;
    const services = testServices(secrets);
    const failing = sumsub.open(
      { url: server.url, levelName: 'basic-kyc-level' },
      {
        ...services,
        fetch: async (...request) => {
          const response = await services.fetch(...request);
          left -= 1;
          if (left === 0) throw new TypeError('the process died before it saw the answer');
          return response;
        },
      },
    );
    await assert.rejects(() => run(failing, inputOf(values, files)));
    const reference = await started(open(server.url));
    assert.equal(server.applicants.length, 1);
    assert.equal(server.applicants[0]?.id, reference);
    assert.equal(server.applicants[0]?.documents.length, 3);
    assert.equal(server.applicants[0]?.review['reviewStatus'], 'pending');
  }
});

test('[kyc.sumsub.again] other data is another applicant; the same data, also after a verdict, is the same', async () => {
  await using server = await serve();
  const first = await started(open(server.url));
  assert.notEqual(await started(open(server.url), inputOf({ ...values, given_name: 'Eda' }, files)), first);
  server.complete({ reviewStatus: 'completed', reviewResult: { reviewAnswer: 'GREEN' } });
  assert.equal(await started(open(server.url)), first);
  assert.equal(server.applicants.length, 2);
});

test('[kyc.sumsub.file] a file that Sumsub cannot read must be sent again, before anything is checked', async () => {
  await using server = await serve();
  const result = await run(open(server.url), inputOf(values, { ...files, photo_id_back: fileOf('image/heic', 'x') }));
  assert.deepEqual(result, { outcome: 'fail', reason: 'document-unreadable', fields: ['photo_id_back'] });
});

test('[kyc.sumsub.level] a level that wants more than the check is given, or does not exist, is a fault to be mended', async () => {
  await using server = await serve();
  await assert.rejects(() => started(open(server.url, 'id & selfie')), /asks for documents or data/);
  await assert.rejects(() => started(open(server.url, 'nowhere')), /answered 404/);
  await assert.rejects(() => started(open(server.url), inputOf(values)), /holds no document/);
});

async function verdict(review: Record<string, unknown>): Promise<CheckResult> {
  await using server = await serve();
  const check = open(server.url);
  const reference = await started(check);
  server.complete(review);
  return await run(check, inputOf(values, files, reference));
}

function rejected(rejectLabels: readonly string[], reviewRejectType: string): Promise<CheckResult> {
  return verdict({ reviewStatus: 'completed', reviewResult: { reviewAnswer: 'RED', rejectLabels, reviewRejectType } });
}

test('[kyc.sumsub.pass] completed and green, and nothing else, passes', async () => {
  const green = { reviewResult: { reviewAnswer: 'GREEN' } };
  assert.equal((await verdict({ reviewStatus: 'completed', ...green })).outcome, 'pass');
  for (const reviewStatus of ['init', 'pending', 'prechecked', 'queued', 'onHold', 'awaitingUser', 'awaitingService'])
    assert.equal((await verdict({ reviewStatus, ...green })).outcome, 'pending', reviewStatus);
  for (const review of [
    { reviewStatus: 'approved', ...green },
    { reviewStatus: 'completed' },
    { reviewStatus: 'completed', reviewResult: { reviewAnswer: 'YELLOW' } },
    { reviewStatus: 'completed', reviewResult: { reviewAnswer: 'GREEN', rejectLabels: ['FORGERY'] } },
    { reviewStatus: 'completed', reviewResult: { reviewAnswer: 'GREEN', reviewRejectType: 'FINAL' } },
    { reviewStatus: 'completed', levelName: 'another', ...green },
    { reviewStatus: 'completed', reviewResult: { reviewAnswer: 'RED', rejectLabels: ['FORGERY'] } },
  ])
    await assert.rejects(() => verdict(review), { name: 'ServiceFault' }, JSON.stringify(review));
});

test('[kyc.sumsub.retry] the documented rejection to try again: which fields, and why', async () => {
  const result = await rejected(['UNSATISFACTORY_PHOTOS', 'SCREENSHOTS'], 'RETRY');
  assert.equal(result.outcome, 'fail');
  const { reason, fields, evidence } = result as {
    reason: string;
    fields: readonly string[];
    evidence: Record<string, unknown>;
  };
  assert.equal(reason, 'photo-of-screen');
  assert.deepEqual(fields, ['photo_id_front', 'photo_id_back', 'photo_proof_residence']);
  assert.deepEqual(evidence['rejectLabels'], ['UNSATISFACTORY_PHOTOS', 'SCREENSHOTS']);
});

test('[kyc.sumsub.final] a final rejection is final; a finding on a list, and a double, are for a person', async () => {
  const forged = await rejected(['FORGERY'], 'FINAL');
  assert.deepEqual(
    { ...forged, evidence: undefined },
    { outcome: 'fail', reason: 'suspected-fraud', final: true, evidence: undefined },
  );
  for (const [label, reason] of [
    ['SANCTIONS', 'sanctions'],
    ['PEP', 'sanctions'],
    ['DUPLICATE', 'duplicate'],
  ] as const) {
    const result = await rejected([label, 'FORGERY', 'LOW_QUALITY'].slice(0, label === 'DUPLICATE' ? 1 : 3), 'FINAL');
    assert.equal(result.outcome, 'review', label);
    assert.equal((result as { reason: string }).reason, reason);
  }
  const unknown = await rejected(['SOMETHING_NEW'], 'RETRY');
  assert.equal((unknown as { reason: string }).reason, 'provider-declined');
});

test('[kyc.sumsub.labels] no label has two meanings', () => {
  const labels = labelMeanings.flatMap((meaning) => meaning.labels);
  assert.equal(new Set(labels).size, labels.length);
});

test('[kyc.sumsub.reference] an applicant that is gone, and a reference that is none, throw', async () => {
  await using server = await serve();
  const check = open(server.url);
  await assert.rejects(() => run(check, inputOf(values, files, '0'.repeat(24))), /answered 404/);
  for (const reference of ['', '../../x', 'A'.repeat(24), `${'0'.repeat(24)}/x`])
    await assert.rejects(() => run(check, inputOf(values, files, reference)), /none of an applicant/);
  assert.equal(server.requests.length, 1);
});

const reviewed = {
  applicantId: '5cb56e8e0a975a35f333cb83',
  inspectionId: '5cb56e8e0a975a35f333cb84',
  correlationId: 'req-a260b669-4f14-4bb5-a4c5-ac0218acb9a4',
  externalUserId: 'externalUserId',
  levelName: 'id-and-liveness',
  type: 'applicantReviewed',
  reviewResult: { reviewAnswer: 'GREEN' },
  reviewStatus: 'completed',
  createdAtMs: '2020-02-21 13:23:19.321',
};

function call(event: unknown, algorithm = 'sha256', key = secrets.SUMSUB_WEBHOOK_SECRET): WebhookCall {
  const body = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  const digest = createHmac(algorithm, key).update(body).digest('hex');
  const headers = new Headers({
    'X-Payload-Digest': digest,
    'X-Payload-Digest-Alg': `HMAC_${algorithm.toUpperCase()}_HEX`,
  });
  return { headers, body, now };
}

test('[kyc.sumsub.webhook] the documented call names its applicant, however it is signed and however often it comes', async () => {
  const check = open('http://127.0.0.1:1');
  for (const algorithm of ['sha1', 'sha256', 'sha512', 'sha256'])
    assert.equal(await check.readWebhook?.(call(reviewed, algorithm)), reviewed.applicantId);
  for (const event of [
    { ...reviewed, type: 'applicantPending' },
    { ...reviewed, applicantId: '../x' },
    { type: 'test' },
  ])
    assert.equal(await check.readWebhook?.(call(event)), undefined);
});

test('[kyc.sumsub.webhook.forged] a call with another key, another body, another algorithm or none is refused', async () => {
  const check = open('http://127.0.0.1:1');
  const good = call(reviewed);
  const withHeaders = (headers: Record<string, string>): WebhookCall => ({ ...good, headers: new Headers(headers) });
  const digest = good.headers.get('x-payload-digest') ?? '';
  const bad = [
    call(reviewed, 'sha256', secrets.SUMSUB_SECRET_KEY),
    call(reviewed, 'sha256', ''),
    { ...good, body: Buffer.from(JSON.stringify(reviewed, null, 1)) },
    withHeaders({}),
    withHeaders({ 'x-payload-digest': digest }),
    withHeaders({ 'x-payload-digest': digest, 'x-payload-digest-alg': 'HMAC_SHA512_HEX' }),
    withHeaders({ 'x-payload-digest': digest, 'x-payload-digest-alg': 'HMAC_MD5_HEX' }),
    withHeaders({ 'x-payload-digest': '', 'x-payload-digest-alg': 'HMAC_SHA256_HEX' }),
    withHeaders({ 'x-payload-digest': digest.slice(2), 'x-payload-digest-alg': 'HMAC_SHA256_HEX' }),
    call('no JSON'),
    call('[]'),
  ];
  for (const [index, each] of bad.entries())
    await assert.rejects(async () => check.readWebhook?.(each), InvalidRequest, `call ${index}`);
});

test('[kyc.sumsub.settings] faults have their place, and every missing secret is named', () => {
  assert.deepEqual(sumsub.faultsOf({ levelName: 'basic-kyc-level' }), []);
  assert.match(sumsub.faultsOf({})[0] ?? '', /^settings\.levelName: expected/);
  for (const url of ['http://api.sumsub.com', 'https://api.sumsub.com/v1'])
    assert.equal(sumsub.faultsOf({ levelName: 'a', url }).length, 1, url);
  assert.throws(() => open('http://127.0.0.1:1', 'a', { SUMSUB_SECRET_KEY: 'x' }), {
    name: 'TypeError',
    message: "check 'sumsub' needs the secret SUMSUB_APP_TOKEN, SUMSUB_WEBHOOK_SECRET",
  });
});

for (const { what, open: openOutage } of outages) {
  test(`[kyc.sumsub.outage] ${what}: neither start nor result is made of it`, async () => {
    await using server = await openOutage();
    const check = open(server.url);
    const hidden = ['Ada', 'Lovelace', 'secret-key', 'sbx:token'];
    await assertThrows((signal) => run(check, inputOf(values, files), signal), what, hidden);
    await assertThrows((signal) => run(check, inputOf(values, files, '0'.repeat(24)), signal), what, hidden);
  });
}

test('[kyc.sumsub.property] no answer but one of a completed, green check passes', async () => {
  let body: unknown;
  let passes = 0;
  await using server = await serveStandIn(() => json(body));
  const check = open(server.url);
  const often = <T>(value: T, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });
  const result = fc.record({
    reviewAnswer: often('GREEN', fc.constantFrom('RED', 'YELLOW', 'green', null)),
    rejectLabels: often([], fc.oneof(fc.array(fc.constantFrom('FORGERY', 'X', '')), fc.jsonValue())),
    reviewRejectType: often(null, fc.oneof(fc.constantFrom('FINAL', 'RETRY'), fc.jsonValue())),
  });
  const status = fc.record({
    reviewStatus: often('completed', fc.constantFrom('pending', 'onHold', 'COMPLETED')),
    reviewResult: often(undefined, fc.jsonValue()).chain((other) =>
      other === undefined ? result : fc.constant(other),
    ),
    levelName: often('basic-kyc-level', fc.constant('another')),
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(status, fc.jsonValue()), async (value) => {
      body = JSON.parse(JSON.stringify(value));
      const outcome = await run(check, inputOf(values, files, '0'.repeat(24))).then(
        (result) => result.outcome,
        () => 'thrown',
      );
      if (outcome !== 'pass') return;
      passes += 1;
      const { reviewStatus, reviewResult, levelName } = body as Record<string, unknown>;
      assert.equal(reviewStatus, 'completed');
      assert.equal((reviewResult as { reviewAnswer: string }).reviewAnswer, 'GREEN');
      assert.notEqual(levelName, 'another');
    }),
    { numRuns: 500 },
  );
  assert.ok(passes > 0, 'the answers were never well-formed');
});
