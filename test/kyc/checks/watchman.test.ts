import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CheckResult } from '../../../src/kyc/checks/check.ts';
import { watchman } from '../../../src/kyc/checks/watchman.ts';
import { assertThrows, outages } from '../../support/stand-ins/outages.ts';
import { inputOf, json, serveStandIn, testServices } from '../../support/stand-ins/stand-in.ts';
import { type ListedEntity, serveWatchman } from '../../support/stand-ins/watchman-stand-in.ts';

const maduro: ListedEntity = {
  name: 'Nicolas MADURO MOROS',
  entityType: 'person',
  sourceID: '22790',
  birthDate: '1962-11-23',
  governmentIDs: [{ type: 'cedula', country: 'Venezuela', identifier: '5892464' }],
};
const tidewater: ListedEntity = { name: 'TIDEWATER MIDDLE EAST CO.', entityType: 'business', sourceID: '12803' };
const brigade: ListedEntity = { name: 'Cedar Brigade', entityType: 'organization', sourceID: '777' };
const listed = [maduro, tidewater, brigade];
const now = new Date('2026-11-24T07:00:00Z');

function run(url: string, values: Record<string, string>, settings = {}, signal?: AbortSignal): Promise<CheckResult> {
  const check = watchman.open({ url, ...settings }, testServices());
  return check.run(inputOf(values), { signal: signal ?? AbortSignal.timeout(5000), now });
}

interface Evidence {
  readonly screened: { readonly role: string; readonly hits: { readonly id: string; readonly score: number }[] }[];
  readonly lists: unknown;
}

function hitsOf(result: CheckResult): string[] {
  const { screened } = (result as unknown as { evidence: Evidence }).evidence;
  return screened.flatMap(({ role, hits }) => hits.map(({ id }) => `${role} ${id}`));
}

const ada = { given_name: 'Ada', family_name: 'Lovelace', birth_date: '1985-12-10' };
const nicolas = { given_name: 'Nicolas', additional_name: 'Maduro', family_name: 'Moros', birth_date: '1962-11-23' };

test('[kyc.watchman.pass] nobody like the customer is listed: pass, with what was searched as evidence', async () => {
  await using server = await serveWatchman({ listed });
  const result = await run(server.url, ada);
  assert.equal(result.outcome, 'pass');
  const evidence = (result as { evidence: Record<string, unknown> }).evidence;
  assert.equal(evidence['version'], 'v0.66.0');
  assert.equal(evidence['loadedAt'], '2026-11-24T01:00:42Z');
  assert.deepEqual(evidence['lists'], { us_csl: 442, us_ofac: 17649 });
  assert.match(JSON.stringify(evidence['screened']), /"payloads":\["[0-9a-f]{64}"\]/);
  assert.ok(!JSON.stringify(evidence).includes('Lovelace'));
});

for (const nested of [false, true]) {
  test(`[kyc.watchman.hit] a hit, ${nested ? 'nested as in the guide' : 'flat as the engine writes it'}: review`, async () => {
    await using server = await serveWatchman({ listed, nested });
    const result = await run(server.url, nicolas);
    assert.equal(result.outcome, 'review');
    assert.equal((result as { reason: string }).reason, 'sanctions');
    assert.deepEqual(hitsOf(result), ['person 22790']);
  });
}

test('[kyc.watchman.middle] a second name that the list does not have hides nobody', async () => {
  await using server = await serveWatchman({ listed: [{ ...maduro, name: 'Nicolas Moros' }] });
  assert.deepEqual(hitsOf(await run(server.url, { ...nicolas, additional_name: 'Xaver' })), ['person 22790']);
});

test('[kyc.watchman.unicode] letters in another form, and what nobody sees between them, hide nobody', async () => {
  await using server = await serveWatchman({ listed });
  for (const given_name of ['Nico\u200blas', 'Ni\u00adco\u2060las', 'Ｎｉｃｏｌａｓ', '𝐍𝐢𝐜𝐨𝐥𝐚𝐬', 'Nicolas\u3164'])
    assert.deepEqual(hitsOf(await run(server.url, { ...nicolas, given_name })), ['person 22790'], given_name);
  const hidden = { ...ada, id_number: '58\u200b92464', id_country_code: 'VEN' };
  assert.deepEqual(hitsOf(await run(server.url, hidden)), ['person 22790']);
});

test('[kyc.watchman.number] a number that is not the listed one hides no name; the listed number is found under any name', async () => {
  await using server = await serveWatchman({ listed });
  const passport = { id_type: 'passport', id_country_code: 'VEN' };
  assert.deepEqual(hitsOf(await run(server.url, { ...nicolas, ...passport, id_number: 'A1' })), ['person 22790']);
  assert.deepEqual(hitsOf(await run(server.url, { ...ada, ...passport, id_number: '5892464' })), ['person 22790']);
  assert.ok(server.queries.some((query) => query.get('gov_passport') === 'VE:5892464' && !query.has('name')));
});

test('[kyc.watchman.types] a company is looked for as business and as organization, its director and shareholder, too', async () => {
  await using server = await serveWatchman({ listed });
  const of = (values: Record<string, string>): Promise<string[]> => run(server.url, values).then(hitsOf);
  assert.deepEqual(await of({ 'organization.name': 'Tidewater Middle East Co.' }), ['organization 12803']);
  assert.deepEqual(await of({ 'organization.name': 'Cedar Brigade' }), ['organization 777']);
  const acme = { 'organization.name': 'Acme GmbH' };
  assert.deepEqual(await of({ ...acme, 'organization.director_name': maduro.name }), ['director 22790']);
  assert.deepEqual(await of({ ...acme, 'organization.shareholder_name': tidewater.name }), ['shareholder 12803']);
  assert.deepEqual(await of({ ...acme, ...nicolas }), ['person 22790']);
});

test('[kyc.watchman.bands] below minMatch pass, from it review, from rejectAbove, if set, rejected for good', async () => {
  await using server = await serveWatchman({ listed });
  const born = { ...nicolas, birth_date: '1990-01-01' };
  assert.equal((await run(server.url, born)).outcome, 'pass');
  assert.equal((await run(server.url, born, { minMatch: 0.7 })).outcome, 'review');
  assert.equal((await run(server.url, born, { minMatch: 0.7, rejectAbove: 0.95 })).outcome, 'review');
  const rejected = await run(server.url, nicolas, { rejectAbove: 0.95 });
  assert.equal(rejected.outcome, 'fail');
  assert.ok('final' in rejected && rejected.final);
});

test('[kyc.watchman.loading] an engine that has no list loaded is no engine that found nobody', async () => {
  await using server = await serveWatchman({ listed, loading: true });
  await assert.rejects(() => run(server.url, ada), { message: 'watchman: has no list loaded' });
  assert.equal(server.queries.length, 0);
});

test('[kyc.watchman.echo] an answer to another query, as a careless cache gives it, is no answer', async () => {
  const clean = (name: string, entityType: string): unknown => ({ query: { name, entityType }, entities: null });
  let answer = clean('Ada Lovelace', 'person');
  await using server = await serveStandIn(({ url }) => json(url.includes('listinfo') ? lists : answer));
  assert.equal((await run(server.url, ada)).outcome, 'pass');
  for (answer of [clean('Eve Adams', 'person'), clean('Ada Lovelace', 'vessel'), { entities: null }])
    await assert.rejects(() => run(server.url, ada), { message: 'watchman: answered another query' });
});

test('[kyc.watchman.nobody] an input that names nobody is no input without hits', async () => {
  await using server = await serveWatchman({ listed });
  await assert.rejects(() => run(server.url, { birth_date: '1962-11-23' }), /names nobody/);
});

test('[kyc.watchman.settings] faults of settings have their place', () => {
  assert.deepEqual(watchman.faultsOf({ url: 'http://watchman:8084' }), []);
  assert.match(watchman.faultsOf({})[0] ?? '', /^settings\.url: expected/);
  for (const url of ['ftp://a', 'http://u:p@a', 'http://a/?q=1', 'http://a/#x', 'watchman:8084', 7])
    assert.equal(watchman.faultsOf({ url }).length, 1, String(url));
  const faults = watchman.faultsOf({ url: 'http://a', minMatch: 1.5, rejectAbove: '1', list: 'x' });
  assert.deepEqual(faults.map((fault) => fault.split(':')[0]).sort(), [
    'settings.list',
    'settings.minMatch',
    'settings.rejectAbove',
  ]);
});

for (const { what, open } of outages) {
  test(`[kyc.watchman.outage] ${what}: throws, and tells neither whom it looked for nor where`, async () => {
    await using server = await open();
    await assertThrows((signal) => run(server.url, ada, {}, signal), what, ['Ada', 'Lovelace', '1985']);
  });
}

const lists = { lists: { us_ofac: 17646 }, version: 'v0.66.0' };
const echo = { name: 'Ada Lovelace', entityType: 'person' };

test('[kyc.watchman.property] no answer but a well-formed one without hits passes', async () => {
  let body: unknown;
  let passes = 0;
  await using server = await serveStandIn(({ url }) => json(url.includes('listinfo') ? lists : body));
  const entity = fc.record(
    { name: fc.string(), sourceID: fc.string(), sourceList: fc.string(), match: fc.oneof(fc.double(), fc.string()) },
    { requiredKeys: [] },
  );
  const entities = fc.oneof(
    fc.constantFrom(null, []),
    fc.jsonValue(),
    fc.array(entity),
    fc.array(fc.record({ entity, match: fc.double() })),
  );
  const bodies = fc.oneof(fc.jsonValue(), fc.record({ query: fc.oneof(fc.constant(echo), fc.jsonValue()), entities }));
  const isClean = (item: unknown): boolean => {
    const { entity: inner, match } = item as { entity?: object; match?: unknown };
    const { name, sourceID, sourceList } = (inner ?? item) as Record<string, unknown>;
    return [name, sourceID, sourceList].every(Boolean) && typeof match === 'number' && match < 0.85;
  };
  await fc.assert(
    fc.asyncProperty(bodies, async (value) => {
      body = JSON.parse(JSON.stringify(value));
      const outcome = await run(server.url, { given_name: 'Ada', family_name: 'Lovelace' }).then(
        (result) => result.outcome,
        () => 'thrown',
      );
      if (outcome !== 'pass') return;
      passes += 1;
      const answer = body as { query: typeof echo; entities: unknown[] | null };
      assert.deepEqual(answer.query, echo);
      assert.ok(answer.entities === null || answer.entities.every(isClean));
    }),
    { numRuns: 300 },
  );
  assert.ok(passes > 0, 'the answers were never well-formed');
});
