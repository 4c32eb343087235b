import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomAccount } from '../support/test-anchor.ts';
import { codeFor, freshAddress, pageGround, photo, waitingCustomer } from './ground.ts';

test('[portal.reach] a form reaches the customer of its session alone, and what the page asks for alone', async () => {
  await using ground = await pageGround();
  const victim = await waitingCustomer(ground);
  const uploaded = new FormData();
  uploaded.append('file', new File([new Uint8Array(await photo())], 'front.jpg'));
  const { file_id: fileId } = (await (
    await ground.anchor.call(victim.account, 'POST', '/customer/files', { body: uploaded })
  ).json()) as {
    file_id: string;
  };
  const account = randomAccount();
  const cookie = await ground.session({ subject: { account }, type: 'basic' });
  const token = await ground.formToken(cookie);
  const names = {
    id: victim.id,
    account: victim.account,
    memo: '7',
    memo_type: 'id',
    type: 'simple',
    transaction_id: 't',
  };
  const form = {
    ...names,
    'page:token': token,
    given_name: 'Mallory',
    photo_id_front_file_id: fileId,
    city: 'Nowhere',
  };
  const sent = await ground.call(cookie, 'POST', '/kyc', form);
  assert.equal(sent.status, 303);
  const { body } = await ground.anchor.json(account, 'GET', '/customer?type=basic');
  assert.notEqual(body.id, victim.id);
  assert.deepEqual(
    Object.keys(body.provided_fields),
    ['given_name'],
    "no file of another customer's, no field that is not asked",
  );
  const { body: after } = await ground.anchor.json(victim.account, 'GET', `/customer?type=basic`);
  assert.equal(after.status, 'PROCESSING');
});

test('[portal.reach] what was accepted cannot be changed by a form that does not ask for it', async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const { body } = await ground.anchor.json(account, 'PUT', '/customer', { type: 'simple', given_name: 'Ana' });
  const cookie = await ground.session({ customerId: body.id, type: 'simple' });
  const token = await ground.formToken(cookie);
  const page = await ground.call(cookie, 'POST', '/kyc', { 'page:token': token, given_name: 'Eve' });
  assert.equal(page.headers.get('location'), '/kyc?done=nothing');
});

test('[portal.limits] a visitor who sends without end is told to wait', async () => {
  await using ground = await pageGround();
  const cookie = await ground.session({ subject: { account: randomAccount() }, type: 'simple' });
  const token = await ground.formToken(cookie);
  for (let sent = 0; sent < 30; sent++)
    assert.equal((await ground.call(cookie, 'POST', '/kyc', { 'page:token': token })).status, 303);
  const refused = await ground.call(cookie, 'POST', '/kyc', { 'page:token': token });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
});

test('[portal.card] what was typed of a card is not shown again, everything else is', async () => {
  await using ground = await pageGround();
  const cookie = await ground.session({ subject: { account: randomAccount() }, type: 'card', lang: 'en' });
  const token = await ground.formToken(cookie);
  const typed = { 'card.number': '4111111111111112', 'card.holder_name': 'Ana Quispe' };
  const refused = await ground.call(cookie, 'POST', '/kyc', { 'page:token': token, ...typed });
  const html = await refused.text();
  assert.equal(refused.status, 400);
  assert.match(html, /expected a card number/);
  assert.ok(html.includes('Ana Quispe') && !html.includes('4111111111111112'));
});

test('[portal.large] a file that is too large is told of beside its field', async () => {
  await using ground = await pageGround({ bodyLimits: { fileBytes: 1024 * 1024 } });
  const cookie = await ground.session({ subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
  const token = await ground.formToken(cookie);
  const file = new File([new Uint8Array(1024 * 1024 + 1)], 'front.jpg');
  const refused = await ground.call(cookie, 'POST', '/kyc', { 'page:token': token, photo_id_front: file });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /id="e-photo_id_front" class="fault">[^<]*too large: at most 1 MB/);
});

test('[portal.codes] asking again and again sends no more codes than the limits allow, and the one that was sent stays good', async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const address = freshAddress();
  const { body } = await ground.anchor.json(account, 'PUT', '/customer', { type: 'basic', email_address: address });
  const first = await codeFor(ground, body.id);
  const cookie = await ground.session({ customerId: body.id, type: 'basic', lang: 'en' });
  const token = await ground.formToken(cookie);
  for (let asked = 0; asked < 10; asked++) {
    const again = await ground.call(cookie, 'POST', '/kyc/again', {
      'page:token': token,
      'page:field': 'email_address',
    });
    assert.equal(again.headers.get('location'), '/kyc?done=code_sent');
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(ground.codes.length, 1, 'the next one waits for half a minute to be over');
  for (const field of ['given_name', 'city', 'nobody', '']) {
    const none = await ground.call(cookie, 'POST', '/kyc/again', { 'page:token': token, 'page:field': field });
    assert.equal(none.headers.get('location'), '/kyc', 'nothing is said of a field that awaits no code');
  }
  const form = { 'page:token': token, email_address_verification: first };
  assert.equal((await ground.call(cookie, 'POST', '/kyc', form)).headers.get('location'), '/kyc?done=sent');
});

test('[portal.codes] five wrong codes on the page are five wrong codes of the customer', async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const { body } = await ground.anchor.json(account, 'PUT', '/customer', {
    type: 'basic',
    email_address: freshAddress(),
  });
  const right = await codeFor(ground, body.id);
  const cookie = await ground.session({ customerId: body.id, type: 'basic', lang: 'en' });
  const token = await ground.formToken(cookie);
  const guess = (code: string): Promise<Response> =>
    ground.call(cookie, 'POST', '/kyc', { 'page:token': token, email_address_verification: code });
  for (let tries = 0; tries < 5; tries++)
    assert.equal((await guess(right === '000000' ? '111111' : '000000')).status, 400);
  const refused = await guess(right);
  assert.match(await refused.text(), /There were too many wrong confirmation codes/);
});

test('[portal.gone] what fails on our side is told without its cause, in the language of the visit, and the log knows it by the id', async () => {
  const lines: string[] = [];
  const note = (fields: object, message: string): void => void lines.push(JSON.stringify({ ...fields, message }));
  const integration = {
    get: () => Promise.reject(new Error('hunter22 of Ana Quispe')),
    put: () => Promise.reject(new Error('hunter22')),
    delete: () => Promise.resolve(),
  };
  const logger = { debug: note, info: note, warn: note, error: note };
  await using ground = await pageGround({ integration, customerPage: true, logger });
  const cookie = await ground.session({ subject: { account: randomAccount() }, lang: 'es' });
  const broken = await ground.call(cookie, 'GET', '/kyc');
  const html = await broken.text();
  assert.equal(broken.status, 500);
  assert.match(html, /Algo ha fallado/);
  assert.ok(html.includes(broken.headers.get('x-request-id') ?? '?'));
  assert.ok(
    lines.some((line) => line.includes(broken.headers.get('x-request-id') ?? '?') && line.includes('unexpectedly')),
  );
  assert.doesNotMatch(html + lines.join(), /hunter22|Quispe/);
});
