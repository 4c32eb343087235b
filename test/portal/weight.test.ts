import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { sep9Fields } from '../../src/sep9/catalogue.ts';
import { openBrowser, phone } from '../support/browser.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { pageGround } from './ground.ts';

const browser = await openBrowser();
after(() => browser.close());

const maxBytes = 100_000;

/** More than anybody asks at once: every field of SEP-9, so that every list of countries and languages is in the page. */
const everything: ProgramDefinition = {
  types: {
    everything: {
      decision: 'automatic',
      fields: Object.fromEntries(
        [...sep9Fields.keys()].filter((name) => name !== 'card.cvc').map((name) => [name, {}]),
      ),
    },
  },
};

for (const [what, options, type] of [
  ['the usual questions', {}, 'basic'],
  ['every field of SEP-9', { program: everything }, 'everything'],
] as const) {
  test(`[portal.weight] from the link to the page with ${what} less than 100 kB are transferred, headers and all`, async () => {
    await using ground = await pageGround(options);
    await using context = await browser.newContext(phone);
    const page = await context.newPage();
    const client = await context.newCDPSession(page);
    await client.send('Network.enable');
    let bytes = 0;
    client.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto(await ground.link({ subject: { account: randomAccount() }, type, lang: 'ar' }));
    await page.locator('form button').first().click();
    await page.waitForURL(/\/kyc$/);
    await page.waitForLoadState('networkidle');
    assert.ok(bytes > 1000 && bytes < maxBytes, `${bytes} bytes`);
  });
}

test('[portal.weight] style and script are kept by the browser, and asked for again only when they are others', async () => {
  await using ground = await pageGround();
  const cookie = await ground.session({ subject: { account: randomAccount() }, type: 'basic' });
  const html = await (await ground.call(cookie, 'GET', '/kyc')).text();
  for (const [, url = ''] of html.matchAll(/(?:href|src)="(\/kyc\/page\.[^"]+)"/g)) {
    const asset = await ground.call('', 'GET', url);
    assert.match(asset.headers.get('cache-control') ?? '', /immutable/);
    assert.match(url, /\?[\w-]{12}$/);
  }
});

test('[portal.state] what has not changed is told in no bytes', async () => {
  await using ground = await pageGround();
  const account = randomAccount();
  const cookie = await ground.session({ subject: { account }, type: 'simple' });
  const first = await ground.call(cookie, 'GET', '/kyc/state');
  const tag = first.headers.get('etag') ?? '';
  const same = await ground.call(cookie, 'GET', '/kyc/state', undefined, { 'if-none-match': tag });
  assert.deepEqual([same.status, await same.text()], [304, '']);
  await ground.anchor.json(account, 'PUT', '/customer', { type: 'simple', given_name: 'Ana' });
  const changed = await ground.call(cookie, 'GET', '/kyc/state', undefined, { 'if-none-match': tag });
  assert.equal(changed.status, 200);
});
