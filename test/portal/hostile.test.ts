import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Field } from '../../src/sep12/integration.ts';
import { openBrowser, phone } from '../support/browser.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { pageGround, photo } from './ground.ts';
import { OwnCustomers } from './own-customers.ts';

const browser = await openBrowser();
after(() => browser.close());

const payloads = [
  '<script>window.hit=1</script>',
  '"><img src=x onerror=window.hit=1>',
  "' autofocus onfocus=window.hit=1 x='",
  '</textarea><svg onload=window.hit=1>',
  '<a href="javascript:window.hit=1">x</a>',
  '<form action=https://evil.example><button>',
  '&lt;script&gt;window.hit=1&lt;/script&gt;',
  '</title></option></select><style>*{display:none}</style>',
] as const;

/** Notes whatever ran, was asked of others, or was refused by the policy. */
async function watched(page: Page): Promise<() => Promise<void>> {
  const wrong: string[] = [];
  page.on('dialog', (dialog) => void wrong.push(dialog.message()));
  page.on('pageerror', (error) => void wrong.push(error.message));
  page.on('console', (message) => void (/Content.Security/i.test(message.text()) && wrong.push(message.text())));
  page.on(
    'request',
    (request) =>
      void (
        new URL(request.url()).hostname !== 'localhost' &&
        !/^(blob|data):/.test(request.url()) &&
        wrong.push(request.url())
      ),
  );
  return async () => {
    assert.equal(await page.evaluate('window.hit'), undefined);
    assert.equal(
      await page
        .locator('main script, main style, main img:not(.preview), main svg, main a[href^="javascript"]')
        .count(),
      0,
    );
    assert.deepEqual(wrong, []);
  };
}

for (const payload of payloads) {
  test(`[portal.xss] typed into every input and refused, it is text: ${payload}`, async () => {
    await using ground = await pageGround();
    await using context = await browser.newContext(phone);
    const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
    const clean = await watched(page);
    const inputs = page.locator('#answers :is(input[type=text], input[type=email], textarea)');
    for (const input of await inputs.all()) await input.fill(payload);
    await page
      .locator('[id="f-photo_id_front"]')
      .setInputFiles({ name: `${payload}.jpg`, mimeType: 'image/jpeg', buffer: await photo() });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('#faults').waitFor();
    const shown = page.locator('[id="f-given_name"]');
    assert.equal(await shown.inputValue(), payload, 'kept as it was typed');
    await clean();
  });
}

test('[portal.xss] whatever an integration or a setting says is text: labels, choices, reasons, messages, refusals, names', async () => {
  const [field] = [payloads.join(' ')];
  const fields: Record<string, Field> = {
    'own "><i>field': { type: 'string', description: field },
    choice: { type: 'string', description: field, choices: [...payloads] },
    given_name: { type: 'string', description: field },
  };
  const integration = new OwnCustomers(fields, { refusal: field, message: field });
  await using ground = await pageGround({ integration, customerPage: true, appName: field });
  await using context = await browser.newContext(phone);
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: field, lang: field });
  const clean = await watched(page);
  assert.equal(await page.locator('header').textContent(), field);
  await page.locator('[id="f-given_name"]').fill('Ana');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('#faults').waitFor();
  await clean();
});

test('[portal.xss] texts in the query and the headers of a request are not shown', async () => {
  await using ground = await pageGround();
  const cookie = await ground.session({ subject: { account: randomAccount() }, type: 'basic' });
  for (const path of ['/kyc?done=', '/kyc?lang=', '/kyc/open?link=']) {
    for (const payload of payloads) {
      const headers = { 'accept-language': payload.replaceAll(/[^\x20-\x7e]/g, '') };
      const answer = await ground.call(cookie, 'GET', `${path}${encodeURIComponent(payload)}`, undefined, headers);
      assert.ok(!(await answer.text()).includes('window.hit'), path);
    }
  }
});

test('[portal.foreign] a form on another site, sent by a browser that has a session, changes nothing', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const account = randomAccount();
  const page = await ground.open(context, { subject: { account }, type: 'simple', lang: 'en' });
  const token = await page.locator('input[name="page:token"]').first().inputValue();
  const evil = await context.newPage();
  await evil.route('https://evil.example/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${ground.url}/kyc"><input name="page:token" value="${token}"><input name="given_name" value="Eve"><button>x</button></form>`,
    }),
  );
  await evil.goto('https://evil.example/');
  await evil.locator('button').click();
  await evil.waitForURL(`${ground.url}/kyc`);
  await evil.getByRole('heading', { name: 'Your visit is over' }).waitFor();
  assert.equal((await ground.anchor.json(account, 'GET', '/customer?type=simple')).body.id, undefined);
});

test('[portal.foreign] another site can show the page in no frame', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const link = await ground.link({ subject: { account: randomAccount() }, type: 'simple' });
  const evil = await context.newPage();
  await evil.route('https://evil.example/', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${link}"></iframe>` }),
  );
  await evil.goto('https://evil.example/', { waitUntil: 'networkidle' });
  const [, frame] = evil.frames();
  assert.ok(frame === undefined || (await frame.locator('form').count()) === 0);
});
