import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issuer, openSep31, program, receiverData, registerBoth, senderData } from '../sep31/world.ts';
import { operatorOf, sessionOf } from './console-ground.ts';

const needed = { id: '', status: '', amount: '', isHeld: false, clearance: '', roles: [] as string[] };

test('[console.payments] the page of a customer has the transactions that are held, for a viewer too, and none that are over', async () => {
  const operators = `api:viewer:${'t'.repeat(40)}`;
  await using world = await openSep31({ sep31MissingKyc: 'hold', program, operators });
  const { sender, url, anchor } = world;
  const { cookie } = await sessionOf(url, await operatorOf(anchor, 'vic', 'viewer'));
  const { bank_account_number, ...incomplete } = receiverData;
  const ids = await registerBoth(sender, senderData, incomplete);
  const request = { amount: 100.5, asset_code: 'USDC', asset_issuer: issuer, funding_method: 'SEPA', ...ids };
  const { id } = (await sender.postTransaction(request)).body;
  const look = async (): Promise<string> =>
    (await fetch(`${url}/console/customers/${ids.receiver_id}`, { headers: { cookie } })).text();
  const page = await look();
  for (const part of [
    id,
    'SEP-31',
    '100.5 USDC',
    'pending customer info update',
    '1 transaction waits',
    'the customer',
  ])
    assert.ok(page.includes(part), part);
  for (const secret of ['Grace', 'Hopper', 'Ada', 'Lovelace']) assert.ok(!page.includes(secret), secret);
  const asked = await fetch(`${url}/operator/customers/${ids.receiver_id}`, {
    headers: { authorization: `Bearer ${'t'.repeat(40)}` },
  });
  const { payments } = (await asked.json()) as { payments: (typeof needed)[] };
  const [{ status, amount, isHeld, clearance, roles } = needed, ...more] = payments;
  assert.deepEqual(
    { status, amount, isHeld, clearance, roles, more },
    {
      ...{ status: 'pending_customer_info_update', amount: '100.5', isHeld: true, clearance: 'asks' },
      ...{ roles: ['receiver'], more: [] },
    },
  );
  const second = (await sender.postTransaction(request)).body.id;
  for (const [stellarTransactionId, amount] of [
    ['asked-for', '100.5'],
    ['beside-it', '7.5'],
  ] as const)
    await anchor.anchor.payments?.paymentReceived(second, { stellarTransactionId, amount });
  assert.match(await look(), /To go back: 7\.5 USDC, <code>beside-it<\/code>/);
  assert.ok(!(await look()).includes('asked-for'), 'what was asked for is not to go back');
  await sender.updateCustomer(ids.receiver_id, { bank_account_number });
  assert.match(await look(), /badge good">pending sender/);
  await anchor.anchor.payments?.update(id, { status: 'expired' });
  assert.ok(!(await look()).includes(id));
});
