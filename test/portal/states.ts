import type { BrowserContext, Page } from 'playwright-core';
import { randomAccount } from '../support/test-anchor.ts';
import { basicValues, codeFor, freshAddress, heldPayment, type PageGround, waitingCustomer } from './ground.ts';

/** What the page can look like, and how it comes to look so. */
export interface PageState {
  readonly name: string;
  reach(ground: PageGround, context: BrowserContext, lang: string): Promise<Page>;
}

/** Every state with its own look. */
export const pageStates: readonly PageState[] = [
  {
    name: 'link',
    reach: async (ground, context, lang) =>
      at(context, await ground.link({ subject: { account: randomAccount() }, lang })),
  },
  { name: 'bad-link', reach: async (ground, context) => at(context, `${ground.url}/kyc/open?link=x`) },
  { name: 'no-session', reach: async (ground, context) => at(context, `${ground.url}/kyc`) },
  {
    name: 'needs-info',
    reach: (ground, context, lang) =>
      ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang }),
  },
  {
    name: 'faults',
    reach: async (ground, context, lang) => {
      const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang });
      await page.locator('[id="f-given_name"]').fill('Ana');
      await page.locator('[id="f-email_address"]').fill('ana at example');
      await page.locator('#answers > button').click();
      await page.locator('#faults').waitFor();
      return page;
    },
  },
  {
    name: 'code',
    reach: async (ground, context, lang) => {
      const account = randomAccount();
      const { body } = await ground.anchor.json(account, 'PUT', '/customer', {
        ...basicValues,
        type: 'basic',
        email_address: freshAddress(),
      });
      await codeFor(ground, body.id);
      return ground.open(context, { customerId: body.id, type: 'basic', lang });
    },
  },
  {
    name: 'payment-held',
    reach: async (ground, context, lang) => {
      const { id, transactionId } = await heldPayment(ground);
      return ground.open(context, { customerId: id, type: 'basic', transactionId, lang });
    },
  },
  {
    name: 'processing',
    reach: async (ground, context, lang) => {
      const { id } = await waitingCustomer(ground);
      return ground.open(context, { customerId: id, type: 'basic', lang });
    },
  },
  {
    name: 'rejected-photo',
    reach: async (ground, context, lang) => {
      const { id } = await waitingCustomer(ground);
      await ground.decide(id, { act: 'reject-field', fields: ['photo_id_front'], reason: 'document-unreadable' });
      return ground.open(context, { customerId: id, type: 'basic', lang });
    },
  },
  {
    name: 'accepted',
    reach: async (ground, context, lang) => {
      const { id } = await waitingCustomer(ground);
      await ground.decide(id, { act: 'accept' });
      return ground.open(context, { customerId: id, type: 'basic', lang });
    },
  },
  {
    name: 'rejected',
    reach: async (ground, context, lang) => {
      const { id } = await waitingCustomer(ground);
      await ground.decide(id, { act: 'reject', reason: 'not-eligible' });
      return ground.open(context, { customerId: id, type: 'basic', lang });
    },
  },
  {
    name: 'left',
    reach: async (ground, context, lang) => {
      const page = await ground.open(context, { subject: { account: randomAccount() }, type: 'basic', lang });
      await page.locator('footer form button').click();
      await page.waitForURL(/leave/);
      return page;
    },
  },
];

async function at(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}
