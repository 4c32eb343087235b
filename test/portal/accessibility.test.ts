import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { accessibilityFaults, openBrowser, phone } from '../support/browser.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { consentProgram, pageGround, pageProgram } from './ground.ts';
import { pageStates } from './states.ts';

const browser = await openBrowser();
after(() => browser.close());

/** Wider than its window, a page has to be pushed around (WCAG 2.2 § 1.4.10). */
async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What axe finds in each theme, which a page changes without being loaded again. */
async function faultsInBothThemes(page: Page): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const fault of await accessibilityFaults(page)) faults.push(`${colorScheme}: ${fault}`);
  }
  return faults;
}

const looks: readonly (readonly [name: string, lang: string, options: BrowserContextOptions])[] = [
  ['in English', 'en', {}],
  ['in Arabic', 'ar', { locale: 'ar' }],
];

for (const [name, lang, options] of looks) {
  test(`[portal.accessible] axe finds no fault in any state of the page, ${name}, in both themes, on 360 pixels`, async () => {
    await using ground = await pageGround({ program: consentProgram });
    for (const state of pageStates) {
      await using context = await browser.newContext({ ...phone, ...options });
      const page = await state.reach(ground, context, lang);
      assert.deepEqual(await faultsInBothThemes(page), [], `${state.name} ${name}`);
      assert.equal(await overflow(page), 0, `${state.name} ${name} fits`);
      for (const details of await page.locator('summary').all()) await details.click();
      assert.deepEqual(await faultsInBothThemes(page), [], `${state.name} ${name}, opened`);
    }
  });
}

test('[portal.accessible] a colour that cannot be read is made one that can, in both themes', async () => {
  for (const brandColor of ['#ffe600', '#000000', '#ffffff', '#7f7f7f', '#00ff88']) {
    await using ground = await pageGround({ brandColor, program: pageProgram });
    for (const colorScheme of ['light', 'dark'] as const) {
      await using context = await browser.newContext({ ...phone, colorScheme });
      const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
      assert.deepEqual(await accessibilityFaults(page), [], `${brandColor} ${colorScheme}`);
    }
  }
});

test('[portal.accessible] everything can be done by keyboard, and what is focused is told', async () => {
  await using ground = await pageGround({ program: consentProgram });
  await using context = await browser.newContext(phone);
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'simple', lang: 'en' });
  await page.locator('[id="f-given_name"]').focus();
  await page.keyboard.type('Ana');
  await page.keyboard.press('Tab');
  await page.keyboard.type('La Paz');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  assert.equal(await page.locator('#f-consent').isChecked(), true);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'You are verified' }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1', 'the new heading has the focus');
});

test('[portal.accessible] a page that says what is wrong leads to it', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext({ ...phone, javaScriptEnabled: false });
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
  await page.locator('[id="f-email_address"]').fill('x');
  await page.locator('#answers > button').click();
  await page.locator('#faults a').click();
  assert.match(page.url(), /#f-email_address$/);
  const input = page.locator('[id="f-email_address"]');
  assert.equal(await input.getAttribute('aria-invalid'), 'true');
  const described = (await input.getAttribute('aria-describedby')) ?? '';
  assert.match((await page.locator(`[id="${described}"]`).textContent()) ?? '', /expected an email address/);
});
