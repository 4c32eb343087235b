import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { demoProgram, demoScreening } from '../../src/demo/demo-program.ts';
import type { RawOptions } from '../../src/environment.ts';
import type { Role } from '../../src/kyc/review/operator.ts';
import { hashPassword } from '../../src/operators/password.ts';
import { hashToken } from '../../src/operators/sessions.ts';
import { commandLine, Staff } from '../../src/operators/staff.ts';
import { openStore } from '../../src/store/sql/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { freePort } from '../e2e/started-process.ts';
import { desk } from '../support/browser.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

export const reviewerToken = 'token-of-the-api-'.padEnd(40, 'x');
export const password = 'correct horse battery';

/** A real server on a port of its own, with the program of the demo, and operators who can sign in. */
export interface ConsoleGround extends AsyncDisposable {
  readonly url: string;
  readonly test: TestAnchor;
  /** The same database, beside the server. */
  readonly store: Store;
  readonly staff: Staff;
  /** Somebody of that role who has signed up with {@link password}; answers their name. */
  addOperator(name: string, role: Role): Promise<string>;
  /** Registers somebody as a wallet does; answers the id. */
  register(fields: Readonly<Record<string, string | Blob>>): Promise<string>;
  /** Resolves when the customer is in one of these states. */
  settled(id: string, ...states: readonly string[]): Promise<void>;
}

export async function openConsoleGround(options: RawOptions = {}): Promise<ConsoleGround> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const operators = `api:lead:${reviewerToken}`;
  const own = { port, hostUrl: url, host: '127.0.0.1', program: demoProgram, checkKinds: [demoScreening], operators };
  const test = await openTestAnchor({ ...own, ...options });
  await test.anchor.listen();
  const { settings } = test.anchor;
  const store = await openStore(settings.database, settings.clock, { poolSize: 2 });
  const staff = new Staff(store.operators, settings.clock, ['api']);
  const api = async (path: string): Promise<{ standings: { state: string }[] }> => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${reviewerToken}` } });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as { standings: { state: string }[] };
  };
  return {
    url,
    test,
    store,
    staff,
    addOperator: (name, role) => signUpOperator(store, staff, { name, role, now: settings.clock.now() }),
    register: async (fields) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      const headers = { authorization: `Bearer ${await test.token(randomAccount())}` };
      const response = await fetch(`${url}/customer`, { method: 'PUT', headers, body: form });
      assert.equal(response.status, 202, await response.clone().text());
      return ((await response.json()) as { id: string }).id;
    },
    settled: async (id, ...states) => {
      for (let tries = 0; tries < 400; tries++) {
        const shown = await api(`/operator/customers/${id}`);
        if (shown.standings.every(({ state }) => states.includes(state))) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.fail(`${id} never was ${states.join(' or ')}`);
    },
    [Symbol.asyncDispose]: async () => {
      await store.close();
      await test[Symbol.asyncDispose]();
    },
  };
}

/** Somebody of that role who has signed up with {@link password} at a served anchor; answers their name. */
export async function operatorOf({ anchor }: TestAnchor, name: string, role: Role): Promise<string> {
  const { database, clock } = anchor.settings;
  const store = await openStore(database, clock, { poolSize: 2 });
  try {
    return await signUpOperator(store, new Staff(store.operators, clock), { name, role, now: clock.now() });
  } finally {
    await store.close();
  }
}

async function signUpOperator(
  store: Store,
  staff: Staff,
  { name, role, now }: { readonly name: string; readonly role: Role; readonly now: Date },
): Promise<string> {
  const { token } = await staff.invite(commandLine, name, role);
  const hash = await hashPassword(password);
  assert.ok(await store.operators.accept(hashToken(token), { password: hash }, now));
  return name;
}

/** A page of a browser that notes whatever it should not see. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Dialogs, errors of scripts, refusals of the content policy, requests to elsewhere. */
  readonly alarms: readonly string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = desk,
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const alarms: string[] = [];
  page.on('dialog', (dialog) => {
    alarms.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => void alarms.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      alarms.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const own = request.url().replace(/^blob:/, '');
    if (!own.startsWith(`${url}/`)) alarms.push(`elsewhere: ${request.url()}`);
  });
  return { page, context, alarms, [Symbol.asyncDispose]: () => context.close() };
}

/** Signs in through the form. */
export async function signIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/console/sign-in`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Start' }).waitFor();
}

/** Signs in without a browser; answers the cookie and the token of forms. */
export async function sessionOf(
  url: string,
  name: string,
): Promise<{ readonly cookie: string; readonly formToken: string }> {
  const response = await postForm(url, '/console/sign-in', { name, password, code: '' });
  assert.equal(response.status, 303, await response.text());
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const page = await (await fetch(`${url}/console/account`, { headers: { cookie } })).text();
  const [, formToken = ''] = /name="form_token" value="([^"]+)"/.exec(page) ?? [];
  return { cookie, formToken };
}

/** Sends a form as a page of the console would, unless told otherwise. */
export function postForm(
  url: string,
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const own = { origin: url, 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  return fetch(`${url}${path}`, { method: 'POST', body, redirect: 'manual', headers: { ...own, ...headers } });
}

/** A photo of a document, as good as the program's check wants it. */
export async function photoOf(colour = '#88a0c0'): Promise<Blob> {
  const { default: sharp } = await import('sharp');
  const image = sharp({ create: { width: 320, height: 200, channels: 3, background: colour } });
  return new Blob([new Uint8Array(await image.jpeg().toBuffer())], { type: 'image/jpeg' });
}

/** Somebody who must be looked at by a person. */
export async function someone(first: string, last = 'Person'): Promise<Record<string, string | Blob>> {
  return {
    type: 'full',
    first_name: first,
    last_name: last,
    birth_date: '1990-04-17',
    address: '12 Example Street',
    id_number: 'D4711',
    id_expiration_date: '2035-05-31',
    photo_id_front: await photoOf(),
  };
}
