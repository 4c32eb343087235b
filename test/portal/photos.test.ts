import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { openBrowser, phone } from '../support/browser.ts';
import { until } from '../support/outbox-ground.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { type PageGround, pageGround, photo } from './ground.ts';

const browser = await openBrowser();
after(() => browser.close());

/** A photo with so much in it that it does not get small. */
async function noisyPhoto(width: number, height: number): Promise<Buffer> {
  const raw = randomBytes(width * height * 3);
  return sharp(raw, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 75 })
    .toBuffer();
}

async function choose(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  await page.locator('[id="f-photo_id_front"]').setInputFiles({ name, mimeType, buffer });
}

/** The sizes of the files that are kept of an account's customer. */
async function keptSizes({ anchor }: PageGround, account: string): Promise<number[]> {
  const { body } = await anchor.json(account, 'GET', '/customer?type=basic');
  const { files } = (await anchor.json(account, 'GET', `/customer/files?customer_id=${body.id}`)).body;
  return files.map(({ size }: { size: number }) => size);
}

test('[portal.photos] a large photo is sent smaller and as sharp as documents need, a small one as it is', async () => {
  await using ground = await pageGround();
  const large = await noisyPhoto(4000, 3000);
  // Browsers that can draw HEIC make it smaller, too; the one of the tests goes by the bytes, whatever they are called.
  for (const [name, type, picture, isKept] of [
    ['front.jpg', 'image/jpeg', large, false],
    ['IMG_1.HEIC', 'image/heic', large, false],
    ['IMG_1.heic', '', large, false],
    ['front.jpg', 'image/jpeg', await noisyPhoto(2900, 1900), true],
    ['front.jpg', 'image/jpeg', await photo(), true],
  ] as const) {
    await using context = await browser.newContext(phone);
    const account = randomAccount();
    const page = await ground.open(context, { subject: { account }, type: 'basic', lang: 'en' });
    await choose(page, name, type, picture);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('.received').waitFor();
    const [size = 0] = await keptSizes(ground, account);
    assert.ok(
      isKept ? size === picture.length : size < picture.length && size > 1_000_000,
      `${picture.length} → ${size}`,
    );
  }
});

test('[portal.photos] while a photo is on its way it is told how far, and a photo that is too large is not sent', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
  let posts = 0;
  page.on('request', (request) => void (request.method() === 'POST' && posts++));
  await choose(page, 'scan.pdf', 'application/pdf', Buffer.alloc(10 * 1024 * 1024 + 1));
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('This file is too large.').waitFor();
  assert.equal(posts, 0);

  const client = await context.newCDPSession(page);
  const slow = { offline: false, latency: 300, downloadThroughput: 90_000, uploadThroughput: 90_000 };
  await client.send('Network.emulateNetworkConditions', slow);
  await choose(page, 'front.jpg', 'image/jpeg', await noisyPhoto(700, 500));
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('progress').waitFor({ state: 'visible' });
  await until(async () => Number(await page.evaluate('document.querySelector("progress")?.value ?? 1')) > 0);
  await page.locator('.received').waitFor();
});

test('[portal.photos] what could not be sent can be sent again, and nothing that was typed is lost', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
  await page.getByLabel('Given or first name').fill('Ana');
  await choose(page, 'front.jpg', 'image/jpeg', await photo());
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('It could not be sent.').waitFor();
  await context.setOffline(false);
  assert.equal(await page.getByLabel('Given or first name').inputValue(), 'Ana');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.received li').nth(1).waitFor();
});

test('[portal.photos] on a phone the camera is offered beside the choice of a file, and HEIC and PDF are taken', async () => {
  await using ground = await pageGround();
  await using context = await browser.newContext(phone);
  const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang: 'en' });
  const input = page.locator('[id="f-photo_id_front"]');
  const accept = (await input.getAttribute('accept')) ?? '';
  for (const kind of ['image/jpeg', 'image/png', 'image/heic', '.heic', 'application/pdf'])
    assert.ok(accept.includes(kind));
  await page.evaluate(`document.getElementById('f-photo_id_front').addEventListener('click', (event) => {
    window.captured = event.target.getAttribute('capture');
  })`);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Take a photo' }).click();
  await chooser;
  assert.equal(await page.evaluate('window.captured'), 'environment');
  assert.equal(await input.getAttribute('capture'), null, 'the other choice stays');
});
