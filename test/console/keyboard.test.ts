import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { openConsoleGround, openPage, signIn, someone } from './console-ground.ts';

test('[console.keyboard] a reviewer clears a queue of ten by keyboard alone', async () => {
  await using ground = await openConsoleGround();
  await using browser = await openBrowser();
  await ground.addOperator('rob', 'reviewer');
  const ids: string[] = [];
  for (let index = 0; index < 10; index++) {
    const id = await ground.register(await someone(`Person ${index}`));
    await ground.settled(id, 'in-review');
    ids.push(id);
  }
  await using watched = await openPage(browser, ground.url);
  const { page, alarms } = watched;
  await signIn(page, ground.url, 'rob');
  const { keyboard } = page;
  const arrived = (heading: string | RegExp): Promise<void> =>
    page.getByRole('heading', { level: 1, name: heading }).waitFor();
  await keyboard.press('q');
  await arrived('Queue');
  // Down and up the rows, to see that they move.
  await keyboard.press('j');
  await keyboard.press('j');
  assert.equal(await page.evaluate(focusedRow), 2);
  await keyboard.press('k');
  assert.equal(await page.evaluate(focusedRow), 1);
  for (const [index, id] of ids.entries()) {
    await keyboard.press('s');
    await arrived('Start');
    await keyboard.press('q');
    await arrived('Queue');
    assert.equal(await page.locator('[data-item]').count(), ids.length - index);
    await keyboard.press('c');
    await page.getByRole('status').getByText('You hold the customer').waitFor();
    await keyboard.press('o');
    await arrived(`Customer ${id.slice(0, 8)}`);
    await (index < 8 ? accept : index === 8 ? reject : askAgain)(page);
  }
  assert.equal(await page.locator('[data-item]').count(), 0);
  await Promise.all(
    ids.map((id, index) =>
      ground.settled(id, index < 8 ? 'accepted' : index === 8 ? 'rejected' : 'resubmission-asked'),
    ),
  );
  assert.deepEqual(alarms, []);
});

test('[console.keyboard] single keys do nothing in a field, with the switch off, or with another key held', async () => {
  await using ground = await openConsoleGround();
  await using browser = await openBrowser();
  await ground.addOperator('vic', 'viewer');
  await using watched = await openPage(browser, ground.url);
  const { page } = watched;
  await signIn(page, ground.url, 'vic');
  await page.locator('.chart table a').first().focus();
  const { height = 0 } = (await page.locator('.chart table a').first().boundingBox()) ?? {};
  assert.ok(height > 10, 'whoever goes by keys sees the link of a chart that they are on');
  await page.locator('.chart svg a').nth(2).click();
  await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
  assert.match(page.url(), /olderThan=24$/, 'and a bar leads to those it counts');
  await page.keyboard.press('/');
  await page.locator('#name:focus').waitFor();
  await page.keyboard.type('q');
  assert.equal(await page.getByLabel('Customer id').inputValue(), 'q');
  await page.goto(`${ground.url}/console`);
  await page.keyboard.press('Alt+q');
  assert.match(page.url(), /\/console$/);
  await page.keyboard.press('?');
  await page.getByLabel('Use single keys').uncheck();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('q');
  assert.match(page.url(), /\/console$/);
});

async function accept(page: Page): Promise<void> {
  await page.keyboard.press('a');
  await page.keyboard.press('Enter');
  await page.getByText('Accepted. The customer is told.').waitFor();
}

/** Type, reason by its first letters, note, button. */
async function reject(page: Page): Promise<void> {
  await page.keyboard.press('r');
  await page.keyboard.press('Tab');
  await page.keyboard.type('suspected');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Rejected for good.').waitFor();
}

async function askAgain(page: Page): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press('Space');
  for (let tabs = 0; tabs < 12 && (await page.evaluate(focusedText)) !== 'Ask again'; tabs++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('The customer is asked again.').waitFor();
}

/** The place of the row that has the focus. */
const focusedRow = `[...document.querySelectorAll('[data-item]')].indexOf(document.activeElement.closest('[data-item]'))`;
const focusedText = 'document.activeElement.textContent';
