import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { person } from '../sep12/support.ts';
import { hostUrl, openTestAnchor, randomAccount } from '../support/test-anchor.ts';
import { documentOf } from './openapi/described.ts';
import { call, operators, tokens } from './operator-call.ts';

const program = {
  types: {
    basic: { decision: 'review', fields: { first_name: {}, last_name: {}, email_address: { optional: true } } },
  },
} as const;

const paths = [
  ...['/operator/queue', '/operator/customers/x', '/operator/proposals', '/operator/reasons'],
  ...['/operator/deliveries', '/operator/deliveries/1', '/operator/targets', '/operator/audit/x'],
];
const taking = [
  '/operator/search',
  '/operator/customers/x',
  '/operator/values/x',
  '/operator/proposals/x',
  '/operator/deliveries',
  '/operator/targets',
];

test('[operator.routes] without operators there are no such endpoints', async () => {
  await using anchor = await openTestAnchor();
  for (const path of paths) assert.equal((await anchor.call(undefined, 'GET', path)).status, 404);
});

test("[operator.auth] every endpoint wants an operator's token; a wallet's, a cut or a longer one is none", async () => {
  await using anchor = await openTestAnchor({ operators, program });
  const wallet = await anchor.token(randomAccount());
  for (const token of [undefined, 'x', wallet, tokens.vic.slice(1), `${tokens.vic}v`, '']) {
    for (const path of paths) {
      const { status, headers } = await call(anchor, token, 'GET', path);
      assert.equal(status, 401, path);
      assert.equal(headers.get('www-authenticate'), 'Bearer');
    }
    for (const path of taking) assert.equal((await call(anchor, token, 'POST', path, {})).status, 401, path);
  }
  assert.equal((await anchor.json(undefined, 'GET', '/customer')).status, 401);
  const asWallet = await anchor.anchor.fetch(
    new Request(`${hostUrl}/customer`, { headers: { authorization: `Bearer ${tokens.ada}` } }),
  );
  assert.equal(asWallet.status, 401);
});

test('[operator.cors] no page of another origin may call, and nothing is kept in between', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  for (const path of paths) {
    for (const method of ['GET', 'OPTIONS', 'PATCH', 'HEAD']) {
      const headers = { authorization: `Bearer ${tokens.vic}`, origin: 'https://evil.example' };
      const response = await anchor.anchor.fetch(new Request(`${hostUrl}${path}`, { method, headers }));
      for (const [name] of response.headers) assert.doesNotMatch(name, /^access-control-/, `${method} ${path}`);
      assert.equal(response.headers.get('cache-control'), 'no-store', path);
    }
  }
  const open = await anchor.call(undefined, 'OPTIONS', '/customer');
  assert.equal(open.headers.get('access-control-allow-origin'), '*');
});

test('[operator.routes] a customer from the queue to ACCEPTED, every answer as the document says', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  const { valid, errors } = await new Validator().validate(structuredClone({ ...(await documentOf(anchor)) }));
  assert.ok(valid, JSON.stringify(errors));
  const account = randomAccount();
  const put = await anchor.json(account, 'PUT', '/customer', person);
  const { body: queue } = await call(anchor, tokens.vic, 'GET', '/operator/queue?type=basic&late=false&limit=10');
  assert.deepEqual(
    queue.items.map((item: { customerId: string }) => item.customerId),
    [put.body.id],
  );
  assert.doesNotMatch(JSON.stringify(queue), /Ada|Lovelace|example/);
  const path = `/operator/customers/${put.body.id}`;
  const { body: masked } = await call(anchor, tokens.vic, 'GET', path);
  assert.equal(masked.fields.family_name.value, '••••ce');
  const value = `/operator/values/${put.body.id}`;
  const looked = { field: 'last_name', reason: 'complaint' };
  assert.deepEqual((await call(anchor, tokens.vic, 'POST', value, looked)).body, {
    ...{ customerId: put.body.id, field: 'family_name', value: 'Lovelace' },
  });
  for (const [status, wrong] of [
    [400, { field: 'last_name' }],
    [400, { ...looked, reason: 'curious' }],
    [400, { ...looked, fields: ['last_name'] }],
    [404, { ...looked, field: 'tax_id' }],
  ] as const)
    assert.equal((await call(anchor, tokens.vic, 'POST', value, wrong)).status, status, JSON.stringify(wrong));
  const { body: shown } = await call(anchor, tokens.rob, 'GET', `${path}?lang=es`);
  assert.equal(shown.fields.family_name.value, 'Lovelace');
  assert.deepEqual(shown.standings[0].answer, (await anchor.json(account, 'GET', '/customer?lang=es')).body);
  const { version } = shown;
  const ask = { act: 'ask-again', version, type: 'basic', fields: ['last_name'], reason: 'name-mismatch', note: 'odd' };
  assert.equal((await call(anchor, tokens.rob, 'POST', path, { ...ask, preview: true })).body.outcome, 'preview');
  const asked = await call(anchor, tokens.rob, 'POST', path, ask);
  assert.equal(asked.status, 200);
  assert.deepEqual(asked.body.standings[0].answer, (await anchor.json(account, 'GET', '/customer')).body);
  assert.equal((await call(anchor, tokens.rob, 'POST', path, ask)).status, 412);
  await anchor.json(account, 'PUT', '/customer', { last_name: 'King' });
  const again = (await call(anchor, tokens.rob, 'GET', path)).body;
  const accept = { act: 'accept', version: again.version, type: 'basic' };
  assert.equal((await call(anchor, tokens.vic, 'POST', path, accept)).status, 403);
  assert.equal((await call(anchor, tokens.rob, 'POST', path, accept)).body.outcome, 'done');
  assert.equal((await anchor.json(account, 'GET', '/customer')).body.status, 'ACCEPTED');
  const over = (await call(anchor, tokens.rob, 'GET', path)).body;
  assert.equal((await call(anchor, tokens.rob, 'POST', path, { ...accept, version: over.version })).status, 409);
});

test('[operator.routes] an erasure by two, over HTTP; the proposal names its act', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  const account = randomAccount();
  const { id } = (await anchor.json(account, 'PUT', '/customer', person)).body;
  const path = `/operator/customers/${id}`;
  const { version } = (await call(anchor, tokens.lea, 'GET', path)).body;
  const { body } = await call(anchor, tokens.lea, 'POST', path, { act: 'erase', version });
  assert.deepEqual([body.outcome, body.approver], ['proposed', 'admin']);
  const listed = (await call(anchor, tokens.vic, 'GET', '/operator/proposals')).body.proposals;
  assert.deepEqual(
    listed.map((proposal: { act: object; operator: string }) => [proposal.act, proposal.operator]),
    [[{ act: 'erase' }, 'lea']],
  );
  const settle = `/operator/proposals/${body.proposal}`;
  assert.equal((await call(anchor, tokens.lea, 'POST', settle, { approve: true })).status, 403);
  assert.equal((await call(anchor, tokens.ada, 'POST', settle, { approve: true })).status, 200);
  assert.equal((await call(anchor, tokens.ada, 'POST', settle, { approve: true })).status, 404);
  assert.equal((await call(anchor, tokens.ada, 'GET', path)).status, 404);
  assert.equal((await anchor.json(account, 'GET', '/customer')).body.id, undefined);
});

test('[operator.bodies] what is not JSON, not an object, unknown or of a wrong kind is 400, and no value of it is repeated', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  const { id } = (await anchor.json(randomAccount(), 'PUT', '/customer', person)).body;
  const path = `/operator/customers/${id}`;
  const secret = 'Sensitive-Value';
  for (const body of [
    '{',
    '[]',
    'null',
    { act: secret },
    { act: 'accept', version: secret, type: 'basic' },
    { act: 'accept', version: 1, type: secret },
    { act: 'accept', version: 1, type: 'basic', [secret]: 1 },
    { act: 'reject', version: 1, reason: secret },
    { act: 'reject', version: 1, reason: 'sanctions', typ: 'basic' },
    { act: 'ask-again', version: 1, type: 'basic', fields: secret },
    { act: 'ask-again', version: 1, type: 'basic', fields: [1] },
    { act: 'set-risk', version: 1, risk: secret },
    { act: 'accept', version: 1, type: 'basic', preview: secret },
    { act: 'note', version: 1, note: 'x'.repeat(5000) },
    { act: 'link', version: 1, account: secret },
    { act: 'claim', type: secret },
  ]) {
    const { status, body: told } = await call(anchor, tokens.ada, 'POST', path, body);
    assert.equal(status, 400, JSON.stringify(body));
    assert.doesNotMatch(told.error, /Sensitive/);
  }
  assert.equal((await call(anchor, tokens.ada, 'POST', path, { note: 'x'.repeat(70_000) })).status, 413);
  for (const query of ['late=maybe', 'limit=0', 'limit=x', 'state=x', 'after=x', 'escalated=1'])
    assert.equal((await call(anchor, tokens.ada, 'GET', `/operator/queue?${query}`)).status, 400, query);
  const form = {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.ada}` },
    body: new URLSearchParams({ act: 'erase' }),
  };
  assert.equal((await anchor.anchor.fetch(new Request(`${hostUrl}${path}`, form))).status, 400);
});

test('[operator.reasons] the catalogue tells what each reason is for and what the customer reads', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  const { reasons } = (await call(anchor, tokens.vic, 'GET', '/operator/reasons')).body;
  const about = new Map(reasons.map((reason: { code: string; about: string }) => [reason.code, reason.about]));
  assert.deepEqual(
    ['document-unreadable', 'sanctions', 'more-needed', 'screening-hit', 'periodic-review'].map((code) =>
      about.get(code),
    ),
    ['field', 'customer', 'field', undefined, undefined],
  );
});

test('[operator.settings] tokens are kept as hashes, and a setting in which two could be one person is refused', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  assert.doesNotMatch(JSON.stringify(anchor.anchor.settings.operators), /v{32}/);
  const long = 't'.repeat(32);
  for (const wrong of [
    'ann',
    `ann:lead:${'x'.repeat(31)}`,
    `ann:boss:${long}`,
    `ann:lead:${long},Ann:admin:${'u'.repeat(32)}`,
    `ann:lead:${long},bob:admin:${long}`,
    `:lead:${long}`,
    `ann:lead:${long},`,
  ])
    await assert.rejects(openTestAnchor({ operators: wrong }), (error: Error) => {
      return /operators: expected/.test(error.message) && !error.message.includes(long);
    });
});

test('[operator.audit] a lead is told who did and read what of a customer, page by page, also of one who is gone', async () => {
  await using anchor = await openTestAnchor({ operators, program });
  const account = randomAccount();
  const { id } = (await anchor.json(account, 'PUT', '/customer', person)).body;
  await call(anchor, tokens.rob, 'GET', `/operator/customers/${id}`);
  for (const name of ['vic', 'rob'] as const)
    assert.equal((await call(anchor, tokens[name], 'GET', `/operator/audit/${id}`)).status, 403);
  const actions = async (): Promise<string[]> =>
    (await call(anchor, tokens.lea, 'GET', `/operator/audit/${id}`)).body.lines.map(
      ({ action }: { action: string }) => action,
    );
  assert.deepEqual(await actions(), ['customer.created', 'values.written', 'status.moved', 'values.shown']);
  const first = (await call(anchor, tokens.lea, 'GET', `/operator/audit/${id}?limit=3`)).body;
  const second = (await call(anchor, tokens.lea, 'GET', `/operator/audit/${id}?limit=3&after=${first.next}`)).body;
  assert.deepEqual([first.lines.length, second.lines.length, second.next], [3, 1, undefined]);
  const [shown] = second.lines;
  assert.deepEqual([shown.actor, shown.about.shown], [{ kind: 'operator', id: 'rob' }, 'in full']);
  assert.ok(!JSON.stringify([first, second]).includes(account));
  await anchor.call(account, 'DELETE', `/customer/${account}`);
  assert.equal((await actions()).at(-1), 'customer.erased');
  assert.equal((await call(anchor, tokens.lea, 'GET', `/operator/audit/${id}?after=x`)).status, 400);
});

test('[operator.export] what is held is exported to an admin with a reason, and what is kept of erased customers is listed', async () => {
  const erasure = { retention: { years: 5, ground: 'AMLR Art. 77' } };
  await using anchor = await openTestAnchor({ operators, program: { ...program, erasure } });
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { type: 'basic', ...person })).body;
  const order = { reason: 'subject-request', reference: 'dsr-7', forSubject: true };
  assert.equal((await call(anchor, tokens.lea, 'POST', `/operator/exports/${id}`, order)).status, 403);
  assert.equal((await call(anchor, tokens.ada, 'POST', `/operator/exports/${id}`, {})).status, 400);
  const { status, body } = await call(anchor, tokens.ada, 'POST', `/operator/exports/${id}`, order);
  assert.equal(status, 200);
  assert.ok(body.held.field_values.some(({ opened }: { opened: string }) => opened === person.first_name));
  const { version } = (await call(anchor, tokens.lea, 'GET', `/operator/customers/${id}`)).body;
  const hold = { act: 'hold', version, reason: 'a subpoena' };
  assert.equal((await call(anchor, tokens.lea, 'POST', `/operator/customers/${id}`, hold)).status, 200);
  assert.equal((await anchor.json(sub, 'DELETE', `/customer/${sub}`)).status, 200);
  const kept = await call(anchor, tokens.lea, 'GET', '/operator/retained');
  assert.deepEqual([kept.body.items.length, kept.body.items[0].customerId], [1, id]);
  assert.equal((await call(anchor, tokens.rob, 'GET', '/operator/retained')).status, 403);
});
