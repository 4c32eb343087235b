import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { openConsoleGround, openPage, signIn, someone } from './console-ground.ts';

const look = `(() => {
  const { scale, rotate, translate } = document.querySelector('[data-viewer] img').style;
  return [scale, rotate, translate].join(' ');
})()`;

test('[console.viewer] a document is zoomed, turned, moved by hand and by arrow keys, never out of sight, and put back', async () => {
  await using ground = await openConsoleGround();
  await using browser = await openBrowser();
  await ground.addOperator('rob', 'reviewer');
  const id = await ground.register(await someone('Person'));
  await ground.settled(id, 'in-review');
  await using watched = await openPage(browser, ground.url);
  const { page, alarms } = watched;
  await signIn(page, ground.url, 'rob');
  await page.goto(`${ground.url}/console/customers/${id}`);
  const pane = page.locator('[data-viewer] .pane');
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.keyboard.press('t');
  assert.equal(await page.evaluate(look), '1.5625 90deg 0px');
  await pane.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(look), '1.5625 90deg -40px -40px');
  const { x = 0, y = 0 } = (await pane.boundingBox()) ?? {};
  await page.mouse.move(x + 100, y + 100);
  await page.mouse.down();
  await page.mouse.move(x + 130, y + 90, { steps: 3 });
  await page.mouse.up();
  await page.mouse.move(x + 10, y + 10);
  assert.equal(await page.evaluate(look), '1.5625 90deg -10px -50px');
  for (let n = 0; n < 60; n++) await page.keyboard.press('ArrowLeft');
  const [, , moved = ''] = String(await page.evaluate(look)).split(' ');
  assert.ok(Number.parseFloat(moved) < 600, 'it stays in sight');
  await page.getByRole('button', { name: 'Fit' }).click();
  assert.equal(await page.evaluate(look), '1 0deg 0px');
  assert.deepEqual(alarms, []);
});
