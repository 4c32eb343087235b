import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { assertSepAnswer } from './sep-answer.ts';
import { person, programOf, putForm, rowsIn, withdrawer } from './support.ts';

const types = ['sep31-sender', 'sep31-receiver', 'sep6-deposit', 'sep6-withdraw'];

test('[ruling.9] [sep12.get.unregistered] [sep12.get.no-parameters] a stranger is told what is asked, with 200 and no id', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const bare = await anchor.json(sub, 'GET', '/customer');
  assert.equal(bare.status, 200);
  assert.deepEqual(Object.keys(bare.body), ['status', 'fields'], 'neither an id nor provided fields');
  assert.equal(bare.body.status, 'NEEDS_INFO');
  assert.deepEqual(Object.keys(bare.body.fields), [
    'first_name',
    'last_name',
    'email_address',
    'birth_date',
    'address',
  ]);
  const named = await anchor.json(sub, 'GET', `/customer?account=${sub}&memo=7&type=sep31-sender`);
  assert.deepEqual(named.body, bare.body, 'whether or not the stranger is named');
  assert.equal(rowsIn(anchor, 'customers'), 0, 'asking registers nobody');
});

test('[sep12.get.status] [sep12.status.needs-info] [sep12.provided.received] some fields given: the rest is asked for', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { first_name: 'Ada', address: 'Here' })).body;
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer')).body, {
    id,
    status: 'NEEDS_INFO',
    fields: {
      last_name: { type: 'string', description: 'Family or last name' },
      email_address: { type: 'string', description: 'Email address' },
      birth_date: { type: 'date', description: 'Date of birth', optional: true },
    },
    provided_fields: {
      first_name: { type: 'string', description: 'Given or first name', status: 'ACCEPTED' },
      address: {
        type: 'string',
        description: 'Full home address: street, postal code, city, state and country',
        optional: true,
        status: 'ACCEPTED',
      },
    },
  });
});

test('[sep12.status.accepted] [sep12.fields.accepted] [sep12.provided.all-accepted] all required fields given: ACCEPTED, and only optional ones are asked for', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', person);
  const { body } = await anchor.json(sub, 'GET', '/customer');
  assert.equal(body.status, 'ACCEPTED');
  assert.deepEqual(Object.keys(body.fields), ['birth_date', 'address']);
  assertSepAnswer(body);
  await anchor.json(sub, 'PUT', '/customer', { birth_date: '1990-01-31', address: 'Here' });
  const { body: full } = await anchor.json(sub, 'GET', '/customer');
  assert.equal(full.fields, undefined, 'nothing is left to ask');
  assert.equal(full.message, undefined);
});

test('[sep12.status.processing] a type that is reviewed is PROCESSING once complete, with a message and fields in process', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await putForm(anchor, sub, withdrawer, { photo_id_front: jpegBytes() });
  const { body } = await anchor.json(sub, 'GET', '/customer?type=sep6-withdraw');
  assert.equal(body.status, 'PROCESSING');
  assert.match(body.message, /being reviewed/);
  assert.deepEqual(Object.keys(body.fields), ['birth_date', 'bank_account_type', 'photo_id_back']);
  assert.equal(body.provided_fields.photo_id_front.type, 'binary');
  assert.equal(body.provided_fields.photo_id_front.status, 'PROCESSING');
});

test('[ruling.11] [sep12.fields.type] [sep12.fields.description] [sep12.fields.optional] [sep12.provided.status] every answer on the way keeps to the words of the SEP', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const steps = [{}, { first_name: 'Ada' }, person, { ...withdrawer, address_country_code: 'USA' }];
  const check = async (): Promise<void> => {
    for (const type of types) assertSepAnswer((await anchor.json(sub, 'GET', `/customer?type=${type}`)).body);
  };
  await check();
  for (const step of steps) {
    assert.equal((await anchor.json(sub, 'PUT', '/customer', step)).status, 202);
    await check();
  }
  await putForm(anchor, sub, {}, { photo_id_front: jpegBytes() });
  await check();
});

test('[ruling.11] a type that asks nothing answers a stranger NEEDS_INFO with empty fields, and accepts whoever registers', async () => {
  await using anchor = await openTestAnchor({ program: programOf({}) });
  const sub = randomAccount();
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer')).body, { status: 'NEEDS_INFO', fields: {} });
  const { id } = (await anchor.json(sub, 'PUT', '/customer')).body;
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer')).body, { id, status: 'ACCEPTED' });
});

test('[sep12.get.type] [sep12.get.type-optional] one customer has a status for each type, and one for the default type', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  await anchor.json(sub, 'PUT', '/customer', { ...person, type: 'sep31-sender' });
  const statuses = await Promise.all(
    ['', ...types].map(async (type) => (await anchor.json(sub, 'GET', `/customer?type=${type}`)).body.status),
  );
  assert.deepEqual(statuses, ['ACCEPTED', 'ACCEPTED', 'NEEDS_INFO', 'NEEDS_INFO', 'NEEDS_INFO']);
});

test('[sep12.get.type-optional] [ruling.10] the default type is the one the program names, else its first', async () => {
  const program = {
    types: {
      first: { decision: 'automatic', fields: { first_name: {} } },
      second: { decision: 'automatic', fields: { last_name: {} } },
    },
  } as const;
  await using first = await openTestAnchor({ program });
  await using second = await openTestAnchor({ program: { ...program, defaultType: 'second' } });
  assert.deepEqual(await askedFields(first, ''), ['first_name']);
  assert.deepEqual(await askedFields(second, ''), ['last_name']);
  assert.deepEqual(await askedFields(second, '?type=first'), ['first_name']);
});

test('[ruling.10] [sep12.get.400] an unknown type is 400 on GET and PUT and lists the known ones', async () => {
  await using anchor = await openTestAnchor();
  const error = `'type' is invalid: expected one of ${types.join(', ')}`;
  for (const type of ['nope', 'SEP6-DEPOSIT', 'constructor', '__proto__', ' sep6-deposit']) {
    const got = await anchor.json(randomAccount(), 'GET', `/customer?${new URLSearchParams({ type })}`);
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', { type, ...person });
    assert.deepEqual([got.status, got.body], [400, { error }], type);
    assert.deepEqual([put.status, put.body], [400, { error }], type);
  }
  assert.equal(rowsIn(anchor, 'customers'), 0, 'a refused PUT registers nobody');
});

test('[ruling.10] [sep12.get.transaction-type] a transaction_id needs a type, a known one, and an own transaction', async () => {
  await using anchor = await openTestAnchor();
  const cases = [
    [{ transaction_id: 'tx-1' }, 400, /^'type' is required together with 'transaction_id'$/],
    [{ transaction_id: 'tx-1', type: 'nope' }, 400, /^'type' is invalid/],
    [{ transaction_id: 'tx-1', type: 'sep31-sender' }, 404, /^transaction not found$/],
  ] as const;
  for (const [params, status, error] of cases) {
    const got = await anchor.json(randomAccount(), 'GET', `/customer?${new URLSearchParams(params)}`);
    const put = await anchor.json(randomAccount(), 'PUT', '/customer', params);
    assert.deepEqual([got.status, put.status], [status, status], JSON.stringify(params));
    assert.match(got.body.error, error);
    assert.match(put.body.error, error);
  }
});

test('[sep12.get.id] [sep12.get.account-memo] [sep12.put.same-id] a customer is found by id, by account and memo, and by token alike', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const { id } = (await anchor.json(`${account}:7`, 'PUT', '/customer', person)).body;
  const own = await anchor.json(`${account}:7`, 'GET', '/customer');
  for (const query of [`id=${id}`, `account=${account}&memo=7`, `account=${account}&memo=7&memo_type=id`, 'memo=7']) {
    assert.deepEqual((await anchor.json(account, 'GET', `/customer?${query}`)).body, own.body, query);
  }
  assert.equal(own.body.id, id);
});

test('[sep12.get.404] an id that does not exist is 404 and its error repeats nothing', async () => {
  await using anchor = await openTestAnchor();
  for (const id of [randomUUID(), 'x', "' or 1=1 --", '\u0000', 'ü'.repeat(1000)]) {
    const got = await anchor.json(randomAccount(), 'GET', `/customer?${new URLSearchParams({ id })}`);
    assert.equal(got.status, 404);
    assert.deepEqual(got.body, { error: 'customer not found' });
  }
});

test('[sep12.fields.sep9] fields are asked for, and answered, in the spelling the program uses', async () => {
  await using anchor = await openTestAnchor({
    program: programOf({ given_name: {}, 'organization.name': {}, last_name: {} }),
  });
  const sub = randomAccount();
  assert.deepEqual(await askedFields(anchor, ''), ['given_name', 'organization.name', 'last_name']);
  await anchor.json(sub, 'PUT', '/customer', {
    first_name: 'Ada',
    family_name: 'Lovelace',
    'organization.name': 'Engines',
  });
  const { body } = await anchor.json(sub, 'GET', '/customer');
  assert.deepEqual(Object.keys(body.provided_fields), ['given_name', 'organization.name', 'last_name']);
});

async function askedFields(anchor: TestAnchor, query: string): Promise<string[]> {
  return Object.keys((await anchor.json(randomAccount(), 'GET', `/customer${query}`)).body.fields);
}
