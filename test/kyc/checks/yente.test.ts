import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CheckResult } from '../../../src/kyc/checks/check.ts';
import { yente } from '../../../src/kyc/checks/yente.ts';
import { assertThrows, outages } from '../../support/stand-ins/outages.ts';
import { inputOf, json, serveStandIn, testServices } from '../../support/stand-ins/stand-in.ts';
import { serveYente, type YenteEntity } from '../../support/stand-ins/yente-stand-in.ts';

const entities: readonly YenteEntity[] = [
  { id: 'NK-putin', schema: 'Person', name: 'Vladimir Putin', score: 1 },
  { id: 'NK-maybe', schema: 'Person', name: 'Maybe Someone', score: 0.75 },
  { id: 'NK-company', schema: 'Company', name: 'Brilliant Amazing Limited', score: 0.97 },
];
const now = new Date('2026-11-24T07:00:00Z');
const ada = { given_name: 'Ada', family_name: 'Lovelace', birth_date: '1985-12-10' };
const everything = {
  ...ada,
  additional_name: 'King',
  birth_country_code: 'GBR',
  id_type: 'passport',
  id_number: '123456789',
  id_country_code: 'GBR',
  tax_id: 'T1',
  address_country_code: 'ARE',
  'organization.name': 'Acme GmbH',
  'organization.registration_number': 'HRB 1',
  'organization.VAT_number': 'DE1',
  'organization.address_country_code': 'DEU',
  'organization.director_name': 'Grace Hopper',
  'organization.shareholder_name': 'Holding AG',
};

function run(url: string, values: Record<string, string>, settings = {}, signal?: AbortSignal): Promise<CheckResult> {
  const check = yente.open({ url, ...settings }, testServices({ YENTE_KEY: 'k1' }));
  return check.run(inputOf(values), { signal: signal ?? AbortSignal.timeout(5000), now });
}

function hitsOf(result: CheckResult): string[] {
  type Evidence = { screened: { role: string; hits: { id: string }[] }[] };
  const { screened } = (result as unknown as { evidence: Evidence }).evidence;
  return screened.flatMap(({ role, hits }) => hits.map(({ id }) => `${role} ${id}`));
}

test('[kyc.yente.pass] everybody in the data goes in one batch of valid queries; nobody is found: pass', async () => {
  await using server = await serveYente({ entities });
  const result = await run(server.url, everything);
  assert.equal(result.outcome, 'pass');
  const { screened, indexed, threshold, algorithm } = (result as { evidence: Record<string, unknown> }).evidence;
  assert.deepEqual(
    (screened as { role: string }[]).map(({ role }) => role),
    ['person', 'organization', 'director', 'shareholder'],
  );
  assert.deepEqual(
    { indexed, threshold, algorithm },
    { indexed: { default: '20261124062715-aaa' }, threshold: 0.7, algorithm: 'logic-v2' },
  );
  assert.deepEqual(server.requests, ['GET /catalog', 'POST /match/sanctions?threshold=0.7&algorithm=logic-v2']);
});

test('[kyc.yente.query] values go as properties of the schema, countries in two letters, a residence as no nationality', async () => {
  let sent: { queries: Record<string, { schema: string; properties: Record<string, string[]> }> } | undefined;
  await using engine = await serveYente({ entities });
  await using server = await serveStandIn(async (request) => {
    const body = request.method === 'POST' ? await request.text() : undefined;
    if (body !== undefined) sent = JSON.parse(body);
    const target = request.url.replace(/^http:\/\/[^/]+/, engine.url);
    return fetch(target, {
      method: request.method,
      headers: { 'content-type': 'application/json' },
      body: body ?? null,
    });
  });
  await run(server.url, everything);
  assert.deepEqual(sent?.queries['person'], {
    schema: 'Person',
    properties: {
      name: ['Ada King Lovelace', 'Ada Lovelace'],
      firstName: ['Ada'],
      middleName: ['King'],
      lastName: ['Lovelace'],
      birthDate: ['1985-12-10'],
      birthCountry: ['gb'],
      nationality: ['gb'],
      passportNumber: ['123456789'],
      idNumber: ['123456789'],
      taxNumber: ['T1'],
    },
  });
  assert.deepEqual(sent?.queries['organization'], {
    schema: 'Organization',
    properties: { name: ['Acme GmbH'], country: ['de'], registrationNumber: ['HRB 1'], vatCode: ['DE1'] },
  });
  assert.deepEqual(sent?.queries['shareholder'], { schema: 'LegalEntity', properties: { name: ['Holding AG'] } });
});

test('[kyc.yente.hit] whoever is found must be looked at, with ids, scores and explanations as evidence', async () => {
  await using server = await serveYente({ entities });
  const result = await run(server.url, { given_name: 'Vladimir', family_name: 'Putin' });
  assert.equal(result.outcome, 'review');
  assert.equal((result as { reason: string }).reason, 'sanctions');
  assert.deepEqual(hitsOf(result), ['person NK-putin']);
  assert.match(JSON.stringify(result), /"explanations":\{"name_match"/);
  const company = await run(server.url, { ...ada, 'organization.name': 'Brilliant Amazing Limited' });
  assert.deepEqual(hitsOf(company), ['organization NK-company']);
  const shareholder = { 'organization.name': 'Acme', 'organization.shareholder_name': 'Vladimir Putin' };
  assert.deepEqual(hitsOf(await run(server.url, shareholder)), ['shareholder NK-putin']);
});

test('[kyc.yente.threshold] what is below the threshold is no hit', async () => {
  await using server = await serveYente({ entities });
  const maybe = { given_name: 'Maybe', family_name: 'Someone' };
  assert.equal((await run(server.url, maybe)).outcome, 'review');
  assert.equal((await run(server.url, maybe, { threshold: 0.8 })).outcome, 'pass');
});

test('[kyc.yente.index] where the dataset is not indexed, or does not exist, nobody passes', async () => {
  await using empty = await serveYente({ entities, unindexed: true });
  await assert.rejects(() => run(empty.url, ada), /has not indexed the dataset/);
  await using server = await serveYente({ entities });
  await assert.rejects(() => run(server.url, ada, { dataset: 'nowhere' }), /does not have the dataset/);
});

test('[kyc.yente.key] the key is a secret by name, sent as the hosted API wants it', async () => {
  await using server = await serveYente({ entities, apiKey: 'k1' });
  await assert.rejects(() => run(server.url, ada), /answered 401/);
  assert.equal((await run(server.url, ada, { apiKeySecret: 'YENTE_KEY' })).outcome, 'pass');
  assert.throws(() => yente.open({ url: server.url, apiKeySecret: 'NONE' }, testServices()), /TypeError|NONE/);
  assert.equal(yente.faultsOf({ url: 'http://a', apiKeySecret: 'the key itself' }).length, 1);
});

test('[kyc.yente.catalog] the catalog is read once in five minutes', async () => {
  await using server = await serveYente({ entities });
  const check = yente.open({ url: server.url }, testServices());
  const at = (seconds: number): Promise<CheckResult> =>
    check.run(inputOf(ada), { signal: AbortSignal.timeout(5000), now: new Date(now.getTime() + seconds * 1000) });
  for (const seconds of [0, 100, 299, 301]) await at(seconds);
  assert.equal(server.requests.filter((request) => request === 'GET /catalog').length, 2);
});

for (const { what, open } of outages) {
  test(`[kyc.yente.outage] ${what}: throws, and tells neither whom it looked for nor where`, async () => {
    await using server = await open();
    await assertThrows((signal) => run(server.url, ada, {}, signal), what, ['Ada', 'Lovelace', '1985', 'k1']);
  });
}

test('[kyc.yente.property] no answer but a well-formed one without matches passes', async () => {
  let body: unknown;
  let passes = 0;
  const version = '20261124062715-aaa';
  const datasets = [{ name: 'sanctions', version, index_version: version, children: [] }];
  await using server = await serveStandIn(({ url }) => json(url.includes('/catalog') ? { datasets } : body));
  const result = fc.record(
    { id: fc.string(), caption: fc.string(), score: fc.oneof(fc.double(), fc.string()), match: fc.boolean() },
    { requiredKeys: [] },
  );
  const often = <T>(value: T, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });
  const response = fc.record({
    status: often(200, fc.constantFrom(500, '200', null)),
    results: often([], fc.oneof(fc.array(result), fc.jsonValue())),
    total: often({ value: 0 }, fc.oneof(fc.constant({ value: 1 }), fc.jsonValue())),
    query: often({ schema: 'Person' }, fc.jsonValue()),
  });
  const bodies = fc.oneof(
    fc.jsonValue(),
    fc.record({ responses: fc.oneof(fc.record({ person: response }), fc.jsonValue()) }),
  );
  await fc.assert(
    fc.asyncProperty(bodies, async (value) => {
      body = JSON.parse(JSON.stringify(value));
      const outcome = await run(server.url, ada).then(
        ({ outcome }) => outcome,
        () => 'thrown',
      );
      if (outcome !== 'pass') return;
      passes += 1;
      type Response = { status: number; total: { value: number }; results: { score: number; match: boolean }[] };
      const { person } = (body as { responses: { person: Response } }).responses;
      assert.equal(person.status, 200);
      assert.equal(person.total.value, 0);
      assert.ok(person.results.every(({ score, match }) => !match && score < 0.7));
    }),
    { numRuns: 300 },
  );
  assert.ok(passes > 0, 'the answers were never well-formed');
});
