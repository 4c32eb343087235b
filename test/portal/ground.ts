import type { BrowserContext, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import type { RawOptions } from '../../src/environment.ts';
import type { CodeMessage } from '../../src/kyc/codes/senders/code-sender.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { freePort } from '../e2e/started-process.ts';
import { operators, tokens } from '../http/operator-call.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

/** A sending anchor, whose clients are customers of `basic`. */
export const business = randomAccount();
const issuer = randomAccount();
const payments = {
  ...{ activeSeps: 'sep-1,sep-10,sep-12,sep-31', sep31MissingKyc: 'hold', sep31Observer: 'off' },
  ...{ sep31SendingAnchors: [business], sep31Account: randomAccount() },
  sep31Assets: { USDC: { issuer, senderTypes: [], receiverTypes: ['basic'] } },
};

/** Every kind of question, a code, and a person who decides. */
export const pageProgram: ProgramDefinition = {
  types: {
    basic: {
      decision: 'review',
      fields: {
        given_name: {},
        family_name: {},
        birth_date: {},
        address_country_code: {},
        address: { optional: true },
        email_address: { verify: true },
        id_type: {
          choices: ['passport', { value: 'id_card', label: { en: 'ID card', es: 'Cédula', ar: 'بطاقة هوية' } }],
        },
        photo_id_front: {},
      },
    },
    simple: { decision: 'automatic', fields: { given_name: {}, city: { optional: true } } },
    card: { decision: 'automatic', fields: { 'card.number': {}, 'card.holder_name': {} } },
  },
};

/** The same, with something to agree to. */
export const consentProgram: ProgramDefinition = {
  ...pageProgram,
  consent: {
    version: '2026-11',
    text: {
      en: 'We use what you send to verify who you are.\nWe keep it as long as the law demands, and show it to nobody else.',
      ar: 'نستخدم ما ترسله للتحقق من هويتك.\nنحتفظ به ما دام القانون يقتضي ذلك، ولا نعرضه على أحد.',
      es: 'Usamos lo que envía para verificar su identidad.\nLo guardamos mientras la ley lo exija y no lo mostramos a nadie más.',
    },
  },
};

/** A served anchor with the page, and what a test does at it. */
export interface PageGround extends AsyncDisposable {
  readonly anchor: TestAnchor;
  /** The public URL, at which it is served. */
  readonly url: string;
  readonly operator: string;
  /** Codes as they left, the latest last. */
  readonly codes: readonly CodeMessage[];
  /** A fresh link for an account, or a customer. */
  link(about: Parameters<TestAnchor['anchor']['customerLink']>[0]): Promise<string>;
  /** Opens a fresh link in a browser, with the tap that it takes. */
  open(context: BrowserContext, about: Parameters<TestAnchor['anchor']['customerLink']>[0]): Promise<Page>;
  /** Decides as a person, by the API for operators, on the customer as they are. */
  decide(customerId: string, act: object): Promise<void>;
  /** The cookie of a session, by HTTP alone. */
  session(about: Parameters<TestAnchor['anchor']['customerLink']>[0]): Promise<string>;
  /** A request to the page with a cookie; redirects are not followed. */
  call(
    cookie: string,
    method: 'GET' | 'POST',
    path: string,
    form?: Form,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** The token of a session's forms. */
  formToken(cookie: string): Promise<string>;
}

type Form = Readonly<Record<string, string | File>>;

export async function pageGround(options: RawOptions = {}): Promise<PageGround> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const codes: CodeMessage[] = [];
  const sender = {
    channel: 'email',
    send: async (message: CodeMessage): Promise<void> => void codes.push(message),
  } as const;
  const anchor = await openTestAnchor({
    ...{ hostUrl: url, port, host: '127.0.0.1', operators, program: pageProgram, codeSenders: [sender] },
    ...{ appName: 'Cóndor Pay', supportContact: 'help@condor.example' },
    ...(takesPayments(options) && payments),
    ...options,
  });
  await anchor.anchor.listen();
  const link: PageGround['link'] = async (about) => (await anchor.anchor.customerLink(about)).url;
  const asOperator = async (method: string, path: string, body?: unknown): Promise<{ version: number }> => {
    const headers = { authorization: `Bearer ${tokens.lea}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, headers, ...sent });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as { version: number };
  };
  const call: PageGround['call'] = (cookie, method, path, form, headers = {}) => {
    const sent = form === undefined ? {} : { body: toFormData(form) };
    const own = { cookie, ...(method === 'POST' && { 'sec-fetch-site': 'same-origin' }), ...headers };
    return fetch(`${url}${path}`, { method, headers: own, redirect: 'manual', ...sent });
  };
  return {
    anchor,
    url,
    operator: tokens.lea,
    codes,
    link,
    open: async (context, about) => {
      const page = await context.newPage();
      await page.goto(await link(about));
      await page.locator('form button').first().click();
      await page.waitForURL(/\/kyc$/);
      return page;
    },
    decide: async (customerId, act) => {
      const path = `/operator/customers/${customerId}`;
      const { version } = await asOperator('GET', path);
      await asOperator('POST', path, { version, type: 'basic', ...act });
    },
    session: async (about) => {
      const token = new URL(await link(about)).searchParams.get('link') ?? '';
      const response = await call('', 'POST', '/kyc/open', { 'page:link': token });
      return cookieIn(response);
    },
    call,
    formToken: async (cookie) => {
      const html = await (await call(cookie, 'GET', '/kyc')).text();
      return /name="page:token" value="([^"]+)"/.exec(html)?.[1] ?? '';
    },
    [Symbol.asyncDispose]: () => anchor[Symbol.asyncDispose](),
  };
}

function takesPayments({ integration, program }: RawOptions): boolean {
  return integration === undefined && [undefined, pageProgram, consentProgram].some((known) => known === program);
}

/** The cookie that a response sets, as a browser sends it back; '' for none. */
export function cookieIn(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
}

function toFormData(form: Form): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) data.append(name, value);
  return data;
}

/** The text of an element. */
export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? '';
}

/** A photo that can be looked at: plain, the same for the same size. */
export async function photo(width = 640, height = 400): Promise<Buffer> {
  const tile = sharp({
    create: { width, height, channels: 3, background: '#c7d3df' },
  });
  return tile.jpeg().toBuffer();
}

/** A customer of `basic` who has sent everything and waits for a person. */
export async function waitingCustomer(ground: PageGround): Promise<{ readonly account: string; readonly id: string }> {
  const account = randomAccount();
  const form = new FormData();
  const values = { ...basicValues, email_address: freshAddress() };
  for (const [name, value] of Object.entries(values)) form.append(name, value);
  form.append('type', 'basic');
  form.append('photo_id_front', new File([new Uint8Array(await photo())], 'front.jpg'));
  const response = await ground.anchor.call(account, 'PUT', '/customer', { body: form });
  const { id } = (await response.json()) as { id: string };
  const sent = await codeFor(ground, id);
  const { status } = await ground.anchor.json(account, 'PUT', '/customer', {
    id,
    type: 'basic',
    email_address_verification: sent,
  });
  if (status !== 202) throw new Error(`the code was refused: ${status}`);
  return { account, id };
}

/** A client of the business to whom 250 USDC are to be paid, and of whom the page asks the rest. */
export async function heldPayment({
  anchor,
}: PageGround): Promise<{ readonly id: string; readonly transactionId: string }> {
  const names = { type: 'basic', memo: String(addresses++), memo_type: 'id', given_name: 'Ana', family_name: 'Quispe' };
  const { id } = (await anchor.json(business, 'PUT', '/customer', names)).body;
  const request = { amount: '250', asset_code: 'USDC', asset_issuer: issuer, receiver_id: id };
  const { status, body } = await anchor.json(business, 'POST', '/sep31/transactions', request);
  if (status !== 201) throw new Error(`the payment was refused: ${JSON.stringify(body)}`);
  return { id, transactionId: body.id };
}

/** The latest code that was sent for a customer's address, once it was. */
export async function codeFor({ codes }: PageGround, customerId: string, after = 0): Promise<string> {
  const giveUpAt = performance.now() + 10_000;
  for (;;) {
    const sent = codes.filter((code) => code.customerId === customerId).slice(after);
    const last = sent.at(-1);
    if (last !== undefined) return last.code;
    if (performance.now() > giveUpAt) throw new Error('no code was sent');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

let addresses = 0;

/** An address that no code was sent to yet: one address gets few. */
export function freshAddress(): string {
  addresses += 1;
  return `ana.${addresses}@example.com`;
}

/** What `basic` asks but the photo. */
export const basicValues = {
  given_name: 'Ana',
  family_name: 'Quispe',
  birth_date: '1990-04-17',
  address_country_code: 'BOL',
  email_address: 'ana@example.com',
  id_type: 'passport',
} as const;
