import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { seedDemo } from '../../src/demo/seed-demo.ts';
import { accessibilityFaults, desk, openBrowser, phone } from '../support/browser.ts';
import { randomAccount } from '../support/test-anchor.ts';
import {
  type ConsoleGround,
  openConsoleGround,
  openPage,
  reviewerToken,
  signIn,
  type WatchedPage,
} from './console-ground.ts';

const screenshots = join(import.meta.dirname, '../../docs/screenshots');

/** Pictures for the documentation are made anew when UPDATE_SCREENSHOTS=1. */
async function keep(page: Page, name: string): Promise<void> {
  // A phone has no keys to be helped with.
  if (process.env['UPDATE_SCREENSHOTS'] !== '1' || name.startsWith('help-phone')) return;
  await mkdir(screenshots, { recursive: true });
  const picture = sharp(await page.screenshot({ fullPage: true }));
  await picture
    .png({ palette: true, colours: 64, compressionLevel: 9 })
    .toFile(join(screenshots, `console-${name}.png`));
}

/** Ids of the demo by the state of their first standing. */
async function byState(ground: ConsoleGround, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const id of ids) {
    const { standings } = (await (
      await fetch(`${ground.url}/operator/customers/${id}`, { headers: { authorization: `Bearer ${reviewerToken}` } })
    ).json()) as { standings: { state: string; reason?: string }[] };
    const [first] = standings;
    if (first === undefined) continue;
    const state = first.reason === 'screening-hit' ? 'screening-hit' : first.state;
    if (!found.has(state)) found.set(state, id);
  }
  return found;
}

interface State {
  readonly name: string;
  readonly path: string;
  /** Brings the page into the state. */
  readonly act?: (page: Page) => Promise<void>;
}

const issuer = randomAccount();
const business = randomAccount();
/** The demo, with a sending anchor whose clients are customers of `full`. */
const options = {
  ...{ appName: 'Cóndor Pay', activeSeps: 'sep-1,sep-10,sep-12,sep-31', sep31MissingKyc: 'hold' },
  ...{ sep31SendingAnchors: [business], sep31Account: randomAccount(), sep31Observer: 'off' },
  sep31Assets: { USDC: { issuer, senderTypes: [], receiverTypes: ['full'] } },
};

/** A customer for whom payments wait; answers the id. */
async function holdPayments({ test: { json } }: ConsoleGround): Promise<string> {
  const names = { type: 'full', memo: '7', memo_type: 'id', first_name: 'Joan', last_name: 'Clarke' };
  const { id } = (await json(business, 'PUT', '/customer', names)).body;
  for (const amount of ['250', '19.99']) {
    const request = { amount, asset_code: 'USDC', asset_issuer: issuer, receiver_id: id };
    assert.equal((await json(business, 'POST', '/sep31/transactions', request)).status, 201);
  }
  return id;
}

/** What a viewer sees otherwise than an admin. */
function viewerStates(id: string | undefined): State[] {
  const path = `/customers/${id}`;
  return [
    { name: 'customer-masked', path },
    { name: 'customer-unmasked', path, act: unmask },
  ];
}

async function unmask(page: Page): Promise<void> {
  await page.getByLabel('Why you look at a value').selectOption('payment-query');
  await page.getByRole('button', { name: 'Show id number' }).click();
  await page.getByText('id number is shown').waitFor();
}

/** Every page, in every state that looks different. */
function statesOf(customers: ReadonlyMap<string, string>): State[] {
  const open =
    (key: string) =>
    async (page: Page): Promise<void> => {
      await page.keyboard.press(key);
      await page.locator('details.act[open]').first().waitFor();
    };
  const inReview = `/customers/${customers.get('in-review')}?type=full`;
  return [
    { name: 'start', path: '' },
    { name: 'queue', path: '/queue' },
    { name: 'queue-filtered', path: '/queue?risk=medium&claimedBy=nobody' },
    { name: 'queue-empty', path: '/queue?reason=duplicate' },
    ...[...customers].map(([state, id]) => ({ name: `customer-${state}`, path: `/customers/${id}` })),
    { name: 'accepting', path: inReview, act: open('a') },
    { name: 'rejecting', path: inReview, act: open('r') },
    { name: 'asking-again', path: inReview, act: open('g') },
    { name: 'deciding-fields', path: inReview, act: open('f') },
    { name: 'preview', path: inReview, act: preview },
    { name: 'done', path: `${inReview}&done=note` },
    { name: 'help', path: '/queue', act: (page) => page.keyboard.press('?') },
    { name: 'proposals', path: '/proposals' },
    { name: 'search', path: '/search' },
    { name: 'search-found', path: '/search', act: search },
    { name: 'kept', path: '/retained' },
    { name: 'audit', path: `/customers/${customers.get('in-review')}/audit` },
    { name: 'deliveries', path: '/deliveries' },
    { name: 'program', path: '/program' },
    { name: 'people', path: '/people' },
    { name: 'people-invited', path: '/people', act: invite },
    { name: 'account', path: '/account' },
    { name: 'not-found', path: '/customers/nobody' },
  ];
}

async function preview(page: Page): Promise<void> {
  await page.keyboard.press('g');
  await page.getByRole('checkbox', { name: 'photo id front', exact: true }).check();
  await page.locator('#ask-again-reason').selectOption('document-unreadable');
  await page.locator('#ask-again-lang').selectOption('ar');
  await page.locator('details.act[open]').getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('heading', { name: 'Preview' }).waitFor();
}

async function search(page: Page): Promise<void> {
  await page.getByLabel('First and last name').fill('Nobody Atall');
  await page.getByRole('textbox', { name: 'Birth date' }).fill('1990-04-17');
  await page.getByRole('button', { name: 'Search by name' }).click();
  await page.getByText('No customer.').waitFor();
}

async function invite(page: Page): Promise<void> {
  await page.getByLabel('Name').fill(`new-${Math.round(performance.now())}`);
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByText('Give this link').waitFor();
}

/** A demo of which somebody wants an erasure, and for one of whom payments wait. */
async function prepare(ground: ConsoleGround): Promise<ReadonlyMap<string, string>> {
  const customers = await byState(ground, await seedDemo(ground.test.anchor, reviewerToken));
  assert.ok(customers.size >= 8, [...customers.keys()].join(', '));
  const headers = { authorization: `Bearer ${reviewerToken}`, 'content-type': 'application/json' };
  const path = `${ground.url}/operator/customers/${customers.get('accepted')}`;
  const { version } = (await (await fetch(path, { headers })).json()) as { version: number };
  const body = JSON.stringify({ act: 'erase', version });
  assert.equal((await fetch(path, { method: 'POST', headers, body })).status, 200);
  await ground.addOperator('ada', 'admin');
  await ground.addOperator('vic', 'viewer');
  return new Map([...customers, ['payments-held', await holdPayments(ground)]]);
}

/** What is wrong with the states on one device in both themes, a line each. */
async function faultsOf(
  watched: WatchedPage,
  url: string,
  visits: Readonly<Record<string, readonly State[]>>,
  device: string,
): Promise<string[]> {
  const { page } = watched;
  const faults: string[] = [];
  const look = async (name: string): Promise<void> => {
    faults.push(...(await hintsAtKeys(page, name, device)));
    for (const colorScheme of ['light', 'dark'] as const) {
      const on = `${device}-${colorScheme}`;
      await page.emulateMedia({ colorScheme });
      for (const fault of await accessibilityFaults(page)) faults.push(`${name} ${on}: ${fault}`);
      const wider = Number(await page.evaluate(overflow));
      if (wider > 0) faults.push(`${name} ${on} is ${wider} px wider than the screen`);
      if (shown.includes(name) && pictured.includes(on)) await keep(page, `${name}-${on}`);
    }
  };
  await page.goto(`${url}/console/sign-in`);
  await look('sign-in');
  for (const [who, states] of Object.entries(visits)) {
    await signIn(page, url, who);
    for (const { name, path, act } of states) {
      await page.goto(`${url}/console${path}`);
      await act?.(page);
      await look(name);
    }
  }
  return [...faults, ...watched.alarms];
}

/** What a phone, which has no keys, is told of them. */
async function hintsAtKeys(page: Page, where: string, device: string): Promise<string[]> {
  if (device !== 'phone' || where === 'help') return [];
  const hints = await page.locator('kbd:visible, [data-help]:visible').allTextContents();
  return hints.map((hint) => `${where} hints at a key on a phone: ${hint}`);
}

const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

test('[console.accessible] axe finds nothing on any page in any state, in both themes, at a desk and on a phone', async () => {
  await using ground = await openConsoleGround(options);
  await using browser = await openBrowser();
  const customers = await prepare(ground);
  const visits = { ada: statesOf(customers), vic: viewerStates(customers.get('in-review')) };
  for (const [device, size] of Object.entries({ desk, phone })) {
    await using watched = await openPage(browser, ground.url, size);
    assert.deepEqual(await faultsOf(watched, ground.url, visits, device), []);
  }
});

const pictured: readonly string[] = ['desk-light', 'phone-dark'];
/** States of which the documentation has pictures. */
const shown: readonly string[] = [
  'start',
  'queue',
  'customer-screening-hit',
  'customer-payments-held',
  'preview',
  'help',
];
