import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { commandLine } from '../../src/operators/staff.ts';
import { openBrowser } from '../support/browser.ts';
import { openConsoleGround, openPage, postForm, signIn } from './console-ground.ts';

/** A device that has a passkey and unlocks it. */
async function plugIn(page: Page): Promise<{ readonly client: CDPSession; readonly authenticatorId: string }> {
  const client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { client, authenticatorId };
}

test('[console.passkeys] a passkey is added, signs in without a password, and not after it is removed', async () => {
  await using ground = await openConsoleGround();
  await using browser = await openBrowser();
  await ground.addOperator('rob', 'reviewer');
  await using watched = await openPage(browser, ground.url);
  const { page, alarms } = watched;
  const { client, authenticatorId } = await plugIn(page);
  await signIn(page, ground.url, 'rob');
  await page.goto(`${ground.url}/console/account`);
  await page.getByLabel('Name of the new passkey').fill('my laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('The passkey is added.').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  const enter = async (): Promise<void> => {
    await page.goto(`${ground.url}/console/sign-in`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  };
  await enter();
  await page.getByRole('heading', { name: 'Start' }).waitFor();
  const rob = (await ground.store.operators.findByName('rob'))?.id ?? '';
  await ground.staff.disable(commandLine, rob);
  await enter();
  await page.getByRole('alert').getByText('nobody signs in by this passkey').waitFor();
  const refused = (await ground.store.audit.list({}, 1000)).filter(({ action }) => action === 'operator.refused');
  assert.deepEqual(
    refused.map(({ about }) => about),
    [{ operator: 'rob', by: 'passkey' }],
    'who is disabled and tries is in the trail',
  );
  await ground.staff.enable(commandLine, rob);
  await enter();
  await page.getByRole('heading', { name: 'Start' }).waitFor();
  await page.goto(`${ground.url}/console/account`);
  await page.getByText(/by passkey\./).waitFor();
  await page.getByRole('button', { name: 'Remove my laptop' }).click();
  await page.getByText('The passkey is removed.').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await enter();
  await page.getByRole('alert').getByText('nobody signs in by this passkey').waitFor();
  await client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  assert.deepEqual(alarms, []);
});

test('[console.passkeys] a challenge is answered once, by whom it was made for, while it is fresh', async () => {
  const state = { now: Date.now() };
  await using ground = await openConsoleGround({ clock: { now: () => new Date(state.now) } });
  await using browser = await openBrowser();
  await ground.addOperator('rob', 'reviewer');
  await using watched = await openPage(browser, ground.url);
  const { page } = watched;
  await plugIn(page);
  await signIn(page, ground.url, 'rob');
  await page.goto(`${ground.url}/console/account`);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('The passkey is added.').waitFor();
  const answered = page.waitForRequest((request) => request.url().endsWith('/console/passkey/sign-in'));
  await page.goto(`${ground.url}/console/sign-in`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  const form = Object.fromEntries(new URLSearchParams((await answered).postData() ?? ''));
  await page.getByRole('heading', { name: 'Start' }).waitFor();
  const replay = async (sent: Record<string, string>): Promise<number> =>
    (await postForm(ground.url, '/console/passkey/sign-in', sent)).status;
  assert.equal(await replay(form), 401, 'again');
  assert.equal(await replay({ ...form, signed: `${form['signed']}x` }), 401);
  const asked = await postForm(ground.url, '/console/passkey/options/sign-in', {});
  const { signed } = (await asked.json()) as { signed: string };
  assert.equal(await replay({ ...form, signed }), 401, 'an answer to another question');
  state.now += 20 * 60_000;
  await page.goto(`${ground.url}/console/account`);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('Sign out and in again').waitFor();
});
