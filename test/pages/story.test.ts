import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { photoOf } from '../console/console-ground.ts';
import { openBrowser } from '../support/browser.ts';
import { until } from '../support/outbox-ground.ts';
import { arrived, issuer, openConsole, openOnPhone, openStory, type StoryGround } from './story-ground.ts';

test('[pages.story] a held payment: its photo is rejected in the console, sent again on a phone, accepted by keyboard; signed callbacks tell of it, and the payment is released', async () => {
  await using story = await openStory();
  await using browser = await openBrowser();
  const { sender, receiver, server } = story;
  const { grace, payment } = await askToPay(story);

  await using desk = await openConsole(browser, story);
  await rejectPhoto(desk.page, grace);
  await sender.until(payment, 'pending_customer_info_update');
  await told(story, '/customer', 'NEEDS_INFO');

  await using hand = await openOnPhone(browser, server.url, await story.customerLink(grace, payment));
  const waits = hand.page.locator('.payments');
  await arrived(hand.page, 'We need some information from you');
  assert.match((await waits.textContent()) ?? '', /100\.5 USDC\s*goes on once we have/);
  assert.match((await hand.page.locator('[id="e-photo_id_front"]').textContent()) ?? '', /read/);
  const photo = Buffer.from(await (await photoOf('#c08070')).arrayBuffer());
  const input = hand.page.locator('[id="f-photo_id_front"]');
  await input.setInputFiles({ name: 'new.jpg', mimeType: 'image/jpeg', buffer: photo });
  await hand.page.locator('img.preview').waitFor();
  await hand.page.getByRole('button', { name: 'Send', exact: true }).tap();
  await arrived(hand.page, 'We are checking your information');
  assert.match((await waits.textContent()) ?? '', /on hold while we check/);

  await acceptByKeyboard(desk.page, grace);
  await arrived(hand.page, 'You are verified');
  assert.match((await waits.textContent()) ?? '', /going on/, 'the page of the customer has changed by itself');
  await told(story, '/customer', 'ACCEPTED');
  await told(story, '/payment', 'pending_sender');
  const { transaction } = (await sender.until(payment, 'pending_sender')).body;
  assert.ok(transaction.stellar_account_id && transaction.stellar_memo, 'where the money is to go is told now');

  await desk.page.goto(`${server.url}/console/customers/${grace}`);
  const row = desk.page.locator('section:has(#payments)').getByRole('row').filter({ hasText: payment });
  assert.match((await row.textContent()) ?? '', /100\.5 USDC\s*pending sender/);
  assert.deepEqual([...receiver.posts.filter(({ fault }) => fault !== undefined), ...desk.alarms, ...hand.alarms], []);
});

/** Both are registered; the photo of whoever receives waits for a person, and so does the payment. */
async function askToPay({
  sender,
  receiver,
}: StoryGround): Promise<{ readonly grace: string; readonly payment: string }> {
  const ada = await sender.putCustomer('1', { type: 'sep31-sender', first_name: 'Ada', last_name: 'Lovelace' });
  const names = { type: 'sep31-receiver', first_name: 'Grace', last_name: 'Hopper' };
  const put = await sender.putForm('2', { ...names, photo_id_front: await photoOf('#303030') });
  const grace: string = put.body.id;
  const parties = { sender_id: ada.body.id, receiver_id: grace };
  const posted = await sender.postTransaction({
    amount: '100.5',
    asset_code: 'USDC',
    asset_issuer: issuer,
    ...parties,
  });
  assert.deepEqual([posted.status, posted.body.stellar_account_id], [201, undefined], 'no account to pay to yet');
  const payment: string = posted.body.id;
  const at = new URL(receiver.url).origin;
  assert.equal((await sender.putCustomerCallback(grace, 'sep31-receiver', `${at}/customer`)).status, 200);
  assert.equal((await sender.putCallback(payment, `${at}/payment`)).status, 204);
  return { grace, payment };
}

async function rejectPhoto(page: Page, id: string): Promise<void> {
  await page.keyboard.press('q');
  await arrived(page, 'Queue');
  await page.keyboard.press('o');
  await arrived(page, `Customer ${id.slice(0, 8)}`);
  await page.getByRole('link', { name: '1 transaction waits' }).waitFor();
  await page.getByRole('checkbox', { name: 'Decide on photo id front' }).check();
  await page.keyboard.press('f');
  await page.locator('#field-reason').selectOption('document-unreadable');
  await page.getByRole('button', { name: 'Decide', exact: true }).click();
  await page.getByText('The fields are rejected. The customer is told.').waitFor();
  await arrived(page, 'Queue');
  assert.equal(await page.locator('[data-item]').count(), 0);
}

/** The queue, the claim, the page with the photo that was sent again, and the word. */
async function acceptByKeyboard(page: Page, id: string): Promise<void> {
  const { keyboard } = page;
  await keyboard.press('s');
  await arrived(page, 'Start');
  await keyboard.press('q');
  await arrived(page, 'Queue');
  await keyboard.press('c');
  await page.getByRole('status').getByText('You hold the customer').waitFor();
  await keyboard.press('o');
  await arrived(page, `Customer ${id.slice(0, 8)}`);
  await until(async () => Number(await page.evaluate(photoRed)) > 150);
  await keyboard.press('a');
  await keyboard.press('Enter');
  await page.getByText('Accepted. The customer is told.').waitFor();
}

/** How red the photo is that the reviewer sees: the first one was grey. */
const photoRed = `(() => {
  const image = document.querySelector('[data-viewer] img');
  image.loading = 'eager';
  if (!image.complete || image.naturalWidth === 0) return 0;
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  return pen.getImageData(5, 5, 1, 1).data[0];
})()`;

/** A callback that says so has come. What is wrong with any signature is looked at in the end. */
async function told({ receiver }: StoryGround, path: string, status: string): Promise<void> {
  await until(() =>
    receiver.posts.some((post) => {
      const body = JSON.parse(post.body.toString()) as { status?: string; transaction?: { status: string } };
      return post.path === path && (body.transaction?.status ?? body.status) === status;
    }),
  );
}
