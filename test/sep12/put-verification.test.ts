import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CustomerNotFound, InvalidRequest } from '../../src/errors.ts';
import type { CustomerAnswer, CustomerIntegration, ProvidedFieldStatus } from '../../src/sep12/integration.ts';
import { muxedAddress } from '../../src/stellar/address.ts';
import { openTestAnchor, randomAccount, randomContract } from '../support/test-anchor.ts';
import { openPort } from './port.ts';
import { assertSepAnswer } from './sep-answer.ts';
import { barePart, multipart, person, programOf, reply } from './support.ts';

const path = '/customer/verification';
const code = { mobile_number_verification: '123456' };
const notAwaited = { error: "'mobile_number_verification' is invalid: no confirmation code is awaited" };
const json = { 'content-type': 'application/json' };

test("[sep12.verification.404] an id that never was and another subject's are one and the same 404", async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const { id } = (await anchor.json(`${account}:7`, 'PUT', '/customer', person)).body;
  const asks: readonly (readonly [sub: string, id: string])[] = [
    [account, 'nobody'],
    [account, '../customer'],
    [`${account}:8`, id],
    [muxedAddress(account, '8'), id],
    [randomAccount(), id],
    [randomContract(), id],
  ];
  const texts = new Set<string>();
  for (const [sub, asked] of asks) {
    const body = JSON.stringify({ id: asked, ...code });
    const put = await anchor.call(sub, 'PUT', path, { headers: json, body });
    assert.equal(put.status, 404, sub);
    texts.add(await put.text());
  }
  assert.deepEqual([...texts], ['{"error":"customer not found"}']);
});

test('[sep12.verification.404] a deleted customer is 404', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', person)).body;
  await anchor.json(sub, 'DELETE', `/customer/${sub}`);
  assert.equal((await anchor.json(sub, 'PUT', path, { id, ...code })).status, 404);
});

test('[kyc.codes] a code that nothing awaits is 400 in the same words here and in PUT, and changes nothing', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const mobile = { mobile_number: '+14155550100', type: 'sep6-deposit' };
  const { id } = (await anchor.json(sub, 'PUT', '/customer', { ...person, ...mobile })).body;
  const before = (await anchor.json(sub, 'GET', '/customer?type=sep6-deposit')).body;
  for (const [method, where] of [
    ['PUT', path],
    ['PUT', '/customer'],
  ] as const) {
    const put = await anchor.json(sub, method, where, { id, ...code });
    assert.deepEqual([put.status, put.body], [400, notAwaited], where);
  }
  assert.deepEqual((await anchor.json(sub, 'GET', '/customer?type=sep6-deposit')).body, before);
});

test('[kyc.codes] here a code for what no type asks for is refused, too, without the name it came under', async () => {
  await using anchor = await openTestAnchor({ program: programOf({ first_name: {} }) });
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', {})).body;
  for (const name of ['ada_lovelace_verification', 'mobile_number_verification']) {
    const put = await anchor.json(sub, 'PUT', path, { id, [name]: '1' });
    assert.equal(put.status, 400);
    assert.equal(put.body.error, "'*_verification' is invalid: no confirmation code is awaited");
  }
});

test('[sep12.verification.200] without an id or without a code it is 400, whatever kind of body says so', async () => {
  await using anchor = await openTestAnchor();
  const sub = randomAccount();
  const { id } = (await anchor.json(sub, 'PUT', '/customer', person)).body;
  const noCode = { error: "a confirmation code is required, in a field with the suffix '_verification'" };
  for (const asked of [id, 'nobody']) {
    for (const body of [{}, { mobile_number: '+14155550100' }, { mobile_number_verification: '' }]) {
      const put = await anchor.json(sub, 'PUT', path, { id: asked, ...body });
      assert.deepEqual([put.status, put.body], [400, noCode], JSON.stringify(body));
    }
  }
  const empty = [{}, { headers: json }, { body: new URLSearchParams() }, { body: new URLSearchParams(code) }];
  for (const init of empty) {
    const put = await reply(await anchor.call(sub, 'PUT', path, init));
    assert.deepEqual([put.status, put.body], [400, { error: "'id' is required" }]);
  }
});

test('[sep12.verification.200] [ruling.5] [ruling.6] who else is named must be the customer', async () => {
  await using anchor = await openTestAnchor();
  const account = randomAccount();
  const { id } = (await anchor.json(`${account}:7`, 'PUT', '/customer', person)).body;
  const asks: readonly (readonly [status: number, sub: string, body: object])[] = [
    [403, account, { account: randomAccount() }],
    [403, `${account}:7`, { memo: '8' }],
    [400, account, { memo: '8' }],
    [400, account, { memo: '007' }],
  ];
  for (const [status, sub, body] of asks)
    assert.equal((await anchor.json(sub, 'PUT', path, { id, ...code, ...body })).status, status, JSON.stringify(body));
  for (const body of [{ memo: '7' }, { account }, { account: muxedAddress(account, '7') }])
    assert.deepEqual((await anchor.json(account, 'PUT', path, { id, ...code, ...body })).body, notAwaited);
});

/** An integration that sends a code for the phone and takes it; `next` is what the field becomes. */
function verifying(next: ProvidedFieldStatus): Partial<CustomerIntegration> {
  let status: ProvidedFieldStatus = 'VERIFICATION_REQUIRED';
  const answer = (): CustomerAnswer => ({
    id: 'c-1',
    status: status === 'VERIFICATION_REQUIRED' ? 'NEEDS_INFO' : next === 'ACCEPTED' ? 'ACCEPTED' : 'PROCESSING',
    ...(status === 'VERIFICATION_REQUIRED' && { fields: {} }),
    providedFields: { mobile_number: { type: 'string', description: 'Phone', status } },
  });
  return {
    get: async () => answer(),
    putVerification: async ({ id, verifications }) => {
      if (id !== 'c-1') throw new CustomerNotFound();
      if (verifications.get('mobile_number') !== '123456')
        throw new InvalidRequest('The provided confirmation code was invalid.');
      status = next;
      return answer();
    },
  };
}

test('[sep12.verification.statuses] [sep12.verification.200] a field that is verified becomes PROCESSING or ACCEPTED, and the answer is that of GET', async () => {
  for (const next of ['PROCESSING', 'ACCEPTED'] as const) {
    for (const init of [
      { headers: json, body: JSON.stringify({ id: 'c-1', mobile_number_verification: 123456 }) },
      { body: new URLSearchParams({ id: 'c-1', ...code }) },
      multipart([barePart('mobile_number_verification', '123456'), barePart('id', 'c-1')]),
    ]) {
      await using anchor = await openPort(verifying(next));
      const sub = randomAccount();
      const before = await anchor.json(sub, 'GET', '/customer?id=c-1');
      assert.equal(before.body.provided_fields.mobile_number.status, 'VERIFICATION_REQUIRED');
      const wrong = await anchor.json(sub, 'PUT', path, { id: 'c-1', mobile_number_verification: '0' });
      assert.deepEqual([wrong.status, wrong.body], [400, { error: 'The provided confirmation code was invalid.' }]);
      const put = await reply(await anchor.call(sub, 'PUT', path, init));
      assert.equal(put.status, 200);
      assert.equal(put.body.provided_fields.mobile_number.status, next);
      assertSepAnswer(put.body);
      assert.deepEqual(put.body, (await anchor.json(sub, 'GET', '/customer?id=c-1')).body);
      assert.equal((await anchor.json(sub, 'PUT', path, { id: 'c-2', ...code })).status, 404);
    }
  }
});

test('[sep12.verification.200] codes of nested and prefixed fields arrive by the name of their field', async () => {
  const seen: object[] = [];
  await using anchor = await openPort({
    putVerification: async ({ verifications, lang }) => {
      seen.push([Object.fromEntries(verifications), lang]);
      return { id: 'c-1', status: 'ACCEPTED' };
    },
  });
  const body = { id: 'c-1', lang: 'es', organization: { email_verification: '1' }, email_address_verification: 'abc' };
  assert.equal((await anchor.json(randomAccount(), 'PUT', path, body)).status, 200);
  assert.deepEqual(seen, [[{ 'organization.email': '1', email_address: 'abc' }, 'es']]);
});
