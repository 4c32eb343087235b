import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { adminCommand } from '../../src/admin-command.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { decodeStrkey } from '../../src/stellar/strkey.ts';
import { openPage, password, type WatchedPage } from '../console/console-ground.ts';
import { type StartedProcess, startProcess } from '../e2e/started-process.ts';
import { SendingAnchor } from '../sep31/sending-anchor.ts';
import { phone } from '../support/browser.ts';
import { type CallbackReceiver, callbackReceiver } from '../support/callback-receiver.ts';
import { horizonStandIn } from '../support/stand-ins/horizon-stand-in.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';

/** Whoever receives is looked at by a person, with a document. */
const program: ProgramDefinition = {
  defaultType: 'sep31-sender',
  types: {
    'sep31-sender': { decision: 'automatic', fields: { first_name: {}, last_name: {} } },
    'sep31-receiver': { decision: 'review', fields: { first_name: {}, last_name: {}, photo_id_front: {} } },
  },
};

export const issuer = randomAccount();
const apiToken = 'token-of-the-api-'.padEnd(40, 'x');

/** The server as it is installed and started, a sending anchor that has signed in there, and where that is told of changes. */
export interface StoryGround extends AsyncDisposable {
  readonly server: StartedProcess;
  readonly dataDir: string;
  readonly sender: SendingAnchor;
  /** Notes what is wrong with a callback's signature. */
  readonly receiver: CallbackReceiver;
  /** A link to the customer page, as operators' systems ask for one. */
  customerLink(customer: string, transactionId: string): Promise<string>;
}

export async function openStory(): Promise<StoryGround> {
  await using opening = new AsyncDisposableStack();
  const directory = opening.use(await temporaryDirectory());
  const horizon = opening.use(await horizonStandIn());
  const sender = new SendingAnchor();
  const programPath = join(directory.path, 'program.json');
  await writeFile(programPath, JSON.stringify(program));
  const env = {
    ...{ KYC_PROGRAM: programPath, HORIZON_URI: horizon.url, OPERATORS: `api:reviewer:${apiToken}` },
    ...{ ACTIVE_SEPS: 'sep-1,sep-10,sep-12,sep-31', SEP31_MISSING_KYC: 'hold', SEP31_OBSERVER: 'off' },
    ...{ SEP31_SENDING_ANCHORS: sender.account, SEP31_ACCOUNT: randomAccount() },
    SEP31_ASSETS: JSON.stringify({ USDC: { issuer } }),
  };
  const server = opening.use(await startProcess({ dataDir: directory.path, env }));
  await sender.signIn(server.url);
  const publicKey = decodeStrkey('account', sender.signingKey) ?? assert.fail('no SIGNING_KEY');
  const receiver = opening.use(await callbackReceiver(publicKey));
  const own = opening.move();
  return {
    ...{ server, sender, receiver, dataDir: directory.path },
    customerLink: async (customer, transactionId) => {
      const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ customer, type: 'sep31-receiver', transactionId, lang: 'en' });
      const response = await fetch(`${server.url}/operator/links`, { method: 'POST', headers, body });
      assert.equal(response.status, 200);
      return ((await response.json()) as { url: string }).url;
    },
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}

/** Somebody who was invited on the command line and signs up in the browser. */
export async function openConsole(
  browser: Browser,
  { server: { url, port }, dataDir }: StoryGround,
): Promise<WatchedPage> {
  const printed = await adminCommand(['create', 'rita', '--role', 'reviewer'], {
    DATA_DIR: dataDir,
    PORT: String(port),
  });
  const [link = ''] = /http:\S+/.exec(printed) ?? [];
  const watched = await openPage(browser, url);
  await watched.page.goto(link);
  await watched.page.getByLabel('A new password').fill(password);
  await watched.page.getByRole('button', { name: 'Sign up' }).click();
  await watched.page.getByRole('heading', { name: 'Start' }).waitFor();
  return watched;
}

/** The customer page on a phone, behind a link and the tap that it takes. */
export async function openOnPhone(browser: Browser, url: string, link: string): Promise<WatchedPage> {
  const watched = await openPage(browser, url, phone);
  await watched.page.goto(link);
  await watched.page.getByRole('button', { name: 'Continue' }).tap();
  await watched.page.waitForURL(/\/kyc$/);
  return watched;
}

/** Waits for a page's first heading. */
export function arrived(page: Page, heading: string | RegExp): Promise<void> {
  return page.getByRole('heading', { level: 1, name: heading }).waitFor();
}
