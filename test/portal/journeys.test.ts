import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser, phone } from '../support/browser.ts';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { until } from '../support/outbox-ground.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { basicValues, codeFor, pageGround, photo, textOf, waitingCustomer } from './ground.ts';

const browser = await openBrowser();
after(() => browser.close());

const filesOf = (input: unknown): number => (input as { readonly files: readonly unknown[] }).files.length;
const picture = async (): Promise<{ name: string; mimeType: string; buffer: Buffer }> => {
  return { name: 'front.jpg', mimeType: 'image/jpeg', buffer: await photo() };
};

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'on a phone' : 'on a phone without JavaScript';
  test(`[portal.complete] a customer gives what is missing, confirms the address and waits, ${how}`, async () => {
    await using ground = await pageGround();
    await using context = await browser.newContext({ ...phone, javaScriptEnabled });
    const account = randomAccount();
    const page = await ground.open(context, { subject: { account }, type: 'basic', lang: 'en' });
    assert.doesNotMatch(page.url(), /link=/, 'the token has left the address');
    assert.equal(await textOf(page.locator('h1')), 'We need some information from you');

    await page.getByLabel('Given or first name').fill(basicValues.given_name);
    await page.getByLabel('Family or last name').fill(basicValues.family_name);
    await page.getByLabel('Date of birth').fill(basicValues.birth_date);
    await page.getByLabel('Country of residence').selectOption({ label: 'Bolivia' });
    await page.getByLabel('Email address').fill('ana at example');
    await page.getByLabel('Kind of identity document').selectOption('ID card');
    await page.getByLabel('Image of the front').setInputFiles(await picture());
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('#faults').waitFor();
    assert.match(await textOf(page.locator('[id="e-email_address"]')), /expected an email address/);
    assert.equal(await page.getByLabel('Given or first name').inputValue(), basicValues.given_name, 'kept');

    await page.getByLabel('Email address').fill(basicValues.email_address);
    if (!javaScriptEnabled) await page.getByLabel('Image of the front').setInputFiles(await picture());
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByLabel('Code that confirms').waitFor();
    assert.equal(await textOf(page.locator('h1')), 'Please confirm that this is yours');
    assert.doesNotMatch(await textOf(page.locator('body')), /Ana|Quispe|ana@example/, 'nothing is shown back');

    const { body } = await ground.anchor.json(account, 'GET', '/customer?type=basic');
    const first = await codeFor(ground, body.id);
    await page.getByLabel('Code that confirms').fill(first === '000000' ? '111111' : '000000');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('[id="e-email_address_verification"]').waitFor();
    await page.getByLabel('Code that confirms').fill(first);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('heading', { name: 'We are checking your information' }).waitFor();
    const asked = await ground.anchor.json(account, 'GET', '/customer?type=basic');
    assert.equal(asked.body.status, 'PROCESSING');
    assert.ok(Object.values(asked.body.provided_fields).length === 7);
  });
}

test('[portal.rejected] a rejected photo is told of by itself, sent again, and the callback goes out', async () => {
  await using ground = await pageGround();
  await using receiver = await callbackReceiver(ground.anchor.anchor.settings.signer.publicKey);
  const { account, id } = await waitingCustomer(ground);
  const set = await ground.anchor.json(account, 'PUT', '/customer/callback', { id, type: 'basic', url: receiver.url });
  assert.equal(set.status, 200);
  await using context = await browser.newContext(phone);
  const page = await ground.open(context, { customerId: id, type: 'basic', lang: 'es' });
  assert.equal(await page.locator('html').getAttribute('lang'), 'es');
  await page.getByRole('heading', { name: 'Estamos comprobando sus datos' }).waitFor();

  await ground.decide(id, { act: 'reject-field', fields: ['photo_id_front'], reason: 'document-unreadable' });
  await page.getByRole('heading', { name: 'Necesitamos algunos datos suyos' }).waitFor();
  assert.match(await textOf(page.locator('[id="e-photo_id_front"]')), /no se puede leer/);
  assert.match(await textOf(page.locator('#live')), /Necesitamos/, 'said to whoever listens');
  await receiver.received(1);

  await page
    .locator('[id="f-photo_id_front"]')
    .setInputFiles({ name: 'new.jpg', mimeType: 'image/jpeg', buffer: await photo(800, 500) });
  await page.locator('img.preview').waitFor();
  await page.getByRole('button', { name: 'Enviar', exact: true }).click();
  await page.getByRole('heading', { name: 'Estamos comprobando sus datos' }).waitFor();
  await ground.decide(id, { act: 'accept' });
  await page.getByRole('heading', { name: 'Su verificación está completa' }).waitFor();
  await until(() => receiver.posts.some(({ body }) => JSON.parse(body.toString()).status === 'ACCEPTED'));
  assert.deepEqual(
    receiver.posts.filter(({ fault }) => fault !== undefined),
    [],
  );
});

test('[portal.again] a new code can be asked for, and what was typed stays', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const account = randomAccount();
  const put = await ground.anchor.json(account, 'PUT', '/customer', {
    type: 'basic',
    email_address: 'ana@example.com',
  });
  await codeFor(ground, put.body.id);
  const page = await ground.open(context, { customerId: put.body.id, type: 'basic', lang: 'en' });
  await page.getByLabel('Given or first name').fill('Ana');
  await page.getByRole('button', { name: 'Send a new code' }).click();
  await page.locator('#main').getByText('A new code will be sent').waitFor();
  assert.equal(await page.getByLabel('Given or first name').inputValue(), 'Ana');
});

test('[portal.typing] whoever is filling in something is told of a change, and not interrupted', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const account = randomAccount();
  const page = await ground.open(context, { subject: { account }, type: 'basic', lang: 'en' });
  await page.getByLabel('Given or first name').fill('An');
  await ground.anchor.json(account, 'PUT', '/customer', { type: 'basic', family_name: 'Quispe' });
  await page.locator('#changed').waitFor({ state: 'visible' });
  assert.equal(await page.getByLabel('Given or first name').inputValue(), 'An');
});

test('[portal.typing] a visit that is over, a server that is busy and a proxy that refuses cost nothing that was typed; a new link for the same customer goes on with it', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const [account, about] = [randomAccount(), { type: 'basic', lang: 'en' } as const];
  const page = await ground.open(context, { subject: { account }, ...about });
  const name = page.getByLabel('Given or first name');
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const told = async (text: string): Promise<void> => {
    await page.locator('#failed').getByText(text).waitFor();
    assert.equal(await name.inputValue(), 'Ana', text);
    assert.equal(await page.locator('[id="f-photo_id_front"]').evaluate(filesOf), 1, text);
    assert.ok(await page.locator('#sending').isHidden());
  };
  await name.fill('Ana');
  await page.locator('[id="f-photo_id_front"]').setInputFiles(await picture());
  for (const [status, body, text] of [
    [413, '<html><body>nginx</body></html>', 'It could not be sent.'],
    [503, '<main id="main"><h1>Please wait</h1><p>Try again.</p></main>', 'Please wait: Try again.'],
  ] as const) {
    await page.route('**/kyc', (route) => route.fulfill({ status, body, contentType: 'text/html' }), { times: 1 });
    await send.click();
    await told(text);
  }
  await context.clearCookies();
  await send.click();
  await told('Your visit is over: Ask for a new link where you got this one.');
  await (await ground.open(context, { subject: { account: randomAccount() }, ...about })).close();
  await send.click();
  await told('This did not come from our page');
  await (await ground.open(context, { subject: { account }, ...about })).close();
  await send.click();
  await page.locator('.received li').nth(1).waitFor();
  const { body } = await ground.anchor.json(account, 'GET', '/customer?type=basic');
  assert.deepEqual(Object.keys(body.provided_fields).sort(), ['given_name', 'photo_id_front']);
});

test('[portal.typing] whoever is filling in something is told that the visit is over before they send it', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
  await page.getByLabel('Given or first name').fill('An');
  await context.clearCookies();
  await page.locator('#failed').getByText('Your visit is over').waitFor();
  assert.ok(await page.locator('#changed').isHidden(), 'there is nothing to be shown');
});

test('[portal.languages] the customer may choose another language, and the page keeps to it', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext({ ...phone, locale: 'fr-FR' });
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic' });
  assert.equal(await page.locator('html').getAttribute('lang'), 'fr', 'as the browser asks for');
  await page.getByRole('link', { name: 'العربية' }).click();
  await page.locator('html[dir=rtl]').waitFor();
  await page.reload();
  assert.equal(await page.locator('html').getAttribute('lang'), 'ar');
});

test('[portal.leave] a visit that was ended is over, and a page that is still open says so', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
  const other = await context.newPage();
  await other.goto(`${ground.url}/kyc`);
  await page.getByRole('button', { name: 'End this visit' }).click();
  await page.getByRole('heading', { name: 'You have ended your visit' }).waitFor();
  await other.getByRole('heading', { name: 'Your visit is over' }).waitFor();
});
