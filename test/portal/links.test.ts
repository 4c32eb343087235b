import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidRequest } from '../../src/errors.ts';
import { pageAbout } from '../../src/kyc/page-about.ts';
import { call as callAs, tokens } from '../http/operator-call.ts';
import { openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import { consentProgram, cookieIn, pageGround, waitingCustomer } from './ground.ts';
import { OwnCustomers } from './own-customers.ts';

test('[portal.operators] an operator hands out a link, and the audit trail says who; a viewer does not', async () => {
  const logged: object[] = [];
  const write = (fields: object, message: string): void => void logged.push({ ...fields, message });
  await using ground = await pageGround({ logger: { debug: () => {}, info: write, warn: write, error: write } });
  const { id } = await waitingCustomer(ground);
  const ask = (token: string | undefined, body: unknown): ReturnType<typeof callAs> =>
    callAs(ground.anchor, token, 'POST', '/operator/links', body);
  const handed = await ask(tokens.rob, { customer: id, type: 'basic', lang: 'es' });
  assert.equal(handed.status, 200);
  assert.match(handed.body.url, new RegExp(`^${ground.url}/kyc/open\\?link=`));
  assert.ok(Date.parse(handed.body.expiresAt) > Date.now());
  const trail = await callAs(ground.anchor, tokens.lea, 'GET', `/operator/audit/${id}`);
  const noted = trail.body.lines.filter(({ action }: { action: string }) => action === 'link.made');
  assert.deepEqual(
    noted.map(({ actor, about }: Record<string, unknown>) => ({ actor, about })),
    [{ actor: { kind: 'operator', id: 'rob' }, about: { type: 'basic' } }],
  );
  assert.ok(!JSON.stringify([logged, trail.body]).includes('link='), 'the link itself is in no line');
  const other = await waitingCustomer(ground);
  const at = async (customer: string): Promise<number> =>
    (await callAs(ground.anchor, tokens.lea, 'GET', `/operator/customers/${customer}`)).body.version;
  const merge = { act: 'merge', version: await at(other.id), into: id, intoVersion: await at(id) };
  assert.equal((await callAs(ground.anchor, tokens.lea, 'POST', `/operator/customers/${other.id}`, merge)).status, 200);
  assert.equal((await ask(tokens.rob, { customer: other.id })).status, 200);
  const lines = (await callAs(ground.anchor, tokens.lea, 'GET', `/operator/audit/${id}`)).body.lines;
  assert.equal(
    lines.filter(({ action }: { action: string }) => action === 'link.made').length,
    2,
    'a link by the id of before a merge is told of the customer that there is',
  );
  assert.equal((await ask(tokens.vic, { customer: id })).status, 403);
  assert.equal((await ask(undefined, { customer: id })).status, 401);
  assert.equal((await ask(tokens.rob, { customer: 'nobody' })).status, 404);
  for (const wrong of [
    {},
    { customer: 7 },
    { customer: id, type: 'none' },
    { customer: id, transactionId: 't' },
    { customer: id, x: 'y' },
    'x',
  ])
    assert.equal((await ask(tokens.rob, wrong)).status, 400, JSON.stringify(wrong));
});

test('[portal.embedders] customerLink takes an id or a subject, and says what is wrong', async () => {
  await using ground = await pageGround();
  const { anchor } = ground.anchor;
  const account = randomAccount();
  const { body } = await ground.anchor.json(account, 'PUT', '/customer', {
    type: 'simple',
    memo: '7',
    given_name: 'Ana',
  });
  const open = async (about: Parameters<typeof anchor.customerLink>[0]): Promise<string> => {
    const page = await ground.call(await ground.session(about), 'GET', '/kyc');
    return page.text();
  };
  assert.match(await open({ customerId: body.id, type: 'simple', lang: 'en' }), /You are verified/);
  assert.match(
    await open({ subject: { account, memo: { type: 'id', value: '7' } }, type: 'simple', lang: 'en' }),
    /You are verified/,
  );
  assert.match(
    await open({ subject: { account }, type: 'simple', lang: 'en' }),
    /We need some information/,
    'another user of the account',
  );
  await assert.rejects(anchor.customerLink({}), TypeError);
  await assert.rejects(anchor.customerLink({ customerId: 'nobody' }), { code: 'customer_not_found' });
  await assert.rejects(anchor.customerLink({ customerId: body.id, type: 'none' }), InvalidRequest);
});

test('[portal.embedders] a page that is off has no routes and no links', async () => {
  await using closed = await openTestAnchor({ customerPage: false });
  assert.equal((await closed.call(undefined, 'GET', '/kyc')).status, 404);
  await assert.rejects(closed.anchor.customerLink({ subject: { account: randomAccount() } }), {
    code: 'not_implemented',
  });
});

test('[portal.own] an integration of the own has the page as well, with the subject of the link and nothing else', async () => {
  const integration = new OwnCustomers({ given_name: { type: 'string', description: 'Name' } }, { message: 'x' });
  await using ground = await pageGround({ integration, customerPage: true, program: consentProgram });
  const account = randomAccount();
  const cookie = await ground.session({
    subject: { account, memo: { type: 'id', value: '7' } },
    type: 'any',
    lang: 'es',
  });
  const token = await ground.formToken(cookie);
  const form = { 'page:token': token, given_name: 'Ana', 'page:consent': '2026-11', id: 'other', memo: '8' };
  assert.equal((await ground.call(cookie, 'POST', '/kyc', form)).status, 303);
  const [put] = integration.puts;
  assert.deepEqual(
    { ...put, fields: Object.fromEntries(put?.fields ?? []) },
    {
      ...{ account, memo: '7', memoType: 'id', type: 'any', lang: 'es', fields: { given_name: 'Ana' } },
      ...{ files: new Map(), unknownFiles: new Set(), verifications: new Map(), fileIds: new Map() },
      consent: { version: '2026-11', lang: 'es' },
    },
  );
  const subjects = new Set(integration.contexts.map(({ subject }) => JSON.stringify(subject)));
  assert.deepEqual([...subjects], [JSON.stringify({ sub: `${account}:7`, account, memo: { type: 'id', value: '7' } })]);
  await assert.rejects(ground.anchor.anchor.customerLink({ customerId: 'own-1' }), TypeError);
});

test('[portal.own] without a setting an integration of the own has no page', async () => {
  const integration = new OwnCustomers({}, { message: 'x' });
  await using own = await openTestAnchor({ integration });
  assert.equal((await own.call(undefined, 'GET', '/kyc')).status, 404);
});

test('[portal.consent] data is not taken without the consent; what was agreed to is kept and shown to operators', async () => {
  await using ground = await pageGround({ program: consentProgram });
  const account = randomAccount();
  const cookie = await ground.session({ subject: { account }, type: 'simple', lang: 'en' });
  const token = await ground.formToken(cookie);
  const form = { 'page:token': token, given_name: 'Ana' };
  for (const wrong of [form, { ...form, 'page:consent': '2025-01' }]) {
    const refused = await ground.call(cookie, 'POST', '/kyc', wrong);
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /Please agree to this before you send/);
  }
  assert.equal((await ground.anchor.json(account, 'GET', '/customer?type=simple')).body.id, undefined);
  const sent = await ground.call(cookie, 'POST', '/kyc', { ...form, 'page:consent': '2026-11' });
  assert.equal(sent.status, 303);
  const { id } = (await ground.anchor.json(account, 'GET', '/customer?type=simple')).body;
  const shown = await callAs(ground.anchor, tokens.vic, 'GET', `/operator/customers/${id}`);
  assert.equal(shown.body.consent.version, '2026-11');
  assert.equal(shown.body.consent.lang, 'en');
  const audit = await fetch(`${ground.url}/operator/audit/${shown.body.customerId}`, {
    headers: { authorization: `Bearer ${ground.operator}` },
  });
  const { lines } = (await audit.json()) as { lines: { action: string; actor: object; about: object }[] };
  assert.deepEqual(
    lines.filter(({ action }) => action === 'consent.given').map(({ actor, about }) => ({ actor, about })),
    [{ actor: { kind: 'wallet' }, about: { version: '2026-11', lang: 'en' } }],
    'once, however often it is sent',
  );
  const after = await (await ground.call(cookieIn(sent), 'GET', '/kyc')).text();
  assert.doesNotMatch(after, /page:consent/, 'asked once a visit');
});

test('[portal.more-info] moreInfoUrl leads a subject to its own page, whatever else it names', () => {
  const context = { subject: { sub: 'G:7', account: 'G', memo: { type: 'id', value: '7' } }, requestId: 'r' } as const;
  assert.deepEqual(pageAbout('G', context, { memo: '8', type: 't', lang: 'es' }), {
    ...{ account: 'G', memo: { type: 'id', value: '7' }, type: 't', lang: 'es' },
  });
  const shared = { subject: { sub: 'G', account: 'G' }, requestId: 'r' };
  assert.deepEqual(pageAbout('G', shared, { memo: '8' }), { account: 'G', memo: { type: 'id', value: '8' } });
  assert.deepEqual(pageAbout('G', shared, { id: 'c', transactionId: 'x', type: 't' }), {
    ...{ account: 'G', customerId: 'c', transactionId: 'x', type: 't' },
  });
});

test('[portal.mounted] below a path the page is where its links lead, stripped by the proxy or not, and also when the path is /kyc itself', async () => {
  for (const [base, isStripped] of [
    ['/a/b', false],
    ['/a/b', true],
    ['/kyc', false],
    ['/kyc', true],
  ] as const) {
    await using mounted = await openTestAnchor({ hostUrl: `http://localhost:8000${base}` });
    const { url } = await mounted.anchor.customerLink({ subject: { account: randomAccount() } });
    const path = url.slice(`http://localhost:8000${isStripped ? base : ''}`.length);
    const page = await mounted.call(undefined, 'GET', path);
    assert.equal(page.status, 200, `${base} ${isStripped}`);
    assert.match(await page.text(), new RegExp(`action="${base}/kyc/open"`));
  }
});
