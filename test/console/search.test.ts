import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { openConsoleGround, openPage, postForm, sessionOf, signIn, someone } from './console-ground.ts';

test('[console.search] a reviewer finds customers by a value, by keyboard alone; the value is in no address', async () => {
  await using ground = await openConsoleGround();
  await using browser = await openBrowser();
  await ground.addOperator('rob', 'reviewer');
  const id = await ground.register(await someone('Zoë', 'Müller'));
  await ground.settled(id, 'in-review');
  await using watched = await openPage(browser, ground.url);
  const { page, alarms } = watched;
  await signIn(page, ground.url, 'rob');
  const { keyboard } = page;
  const found = async (): Promise<void> => {
    await page.getByRole('status').getByText('One customer.').waitFor();
    assert.equal(new URL(page.url()).search, '');
    assert.doesNotMatch(page.url(), /4711/);
  };
  const arrived = (heading: string): Promise<void> => page.getByRole('heading', { level: 1, name: heading }).waitFor();
  await keyboard.press('/');
  await arrived('Search');
  await page.getByLabel('Field').focus();
  await keyboard.type('id number');
  await keyboard.press('Tab');
  await keyboard.type(' d-4711');
  await keyboard.press('Enter');
  await found();
  await page.getByLabel('First and last name').fill('müller zoe');
  await page.getByRole('textbox', { name: 'Birth date' }).fill('1990-04-17');
  await keyboard.press('Enter');
  await found();
  // The first row has the focus, as in the queue.
  await keyboard.press('o');
  await arrived(`Customer ${id.slice(0, 8)}`);
  assert.deepEqual(alarms, []);
});

test('[console.search] a viewer is shown no such form and refused what it sends', async () => {
  await using ground = await openConsoleGround();
  const { url } = ground;
  const asked = { field: 'id_number', value: 'D4711' };
  for (const [name, role, status] of [
    ['vic', 'viewer', 403],
    ['rob', 'reviewer', 200],
  ] as const) {
    await ground.addOperator(name, role);
    const { cookie, formToken } = await sessionOf(url, name);
    const page = await (await fetch(`${url}/console/search`, { headers: { cookie } })).text();
    assert.equal(page.includes('/search/values'), role !== 'viewer');
    const form = { ...asked, form_token: formToken };
    assert.equal((await postForm(url, '/console/search/values', form, { cookie })).status, status);
    assert.equal((await postForm(url, '/console/search/values', asked, { cookie })).status, 403, 'no token');
  }
});
