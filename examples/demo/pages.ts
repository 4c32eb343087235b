import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { demoPeople } from '../../src/demo/demo-people.ts';
import { seedDemo } from '../../src/demo/seed-demo.ts';

const program = fileURLToPath(new URL('../../bin/anchor-kyc.js', import.meta.url));

/** The running demo, as far as its pages are to have something to show. */
export interface Scenery {
  readonly url: string;
  readonly directory: string;
  /** SERVER_JWT_KEY: by it the made-up wallets sign in. */
  readonly jwtKey: string;
  readonly operatorToken: string;
  /** Of the sending anchor. */
  readonly senderToken: string;
  /** A client of the sending anchor who is accepted. */
  readonly senderId: string;
  readonly issuer: string;
}

/** What a person needs to look around. */
export interface Entrances {
  readonly name: string;
  /** Made for this run. */
  readonly password: string;
  /** The customer page of somebody for whom a payment waits. */
  readonly heldLink: string;
  /** The customer page of somebody whose photo was rejected. */
  readonly photoLink: string;
}

/** Fills the console with made-up customers, holds a payment, and lets one person in. */
export async function setPages(scenery: Scenery): Promise<Entrances> {
  const { url, jwtKey, operatorToken } = scenery;
  const settings = {
    ...{ hostUrl: url, homeDomain: new URL(url).host, jwtKey: Buffer.from(jwtKey) },
    clock: { now: () => new Date() },
  };
  const ids = await seedDemo({ fetch, settings }, operatorToken);
  const rejected = demoPeople.findIndex(({ act }) => act?.['reason'] === 'document-unreadable');
  const { customer, transactionId } = await holdPayment(scenery);
  return {
    ...(await signUp(scenery)),
    heldLink: await linkFor(scenery, { customer, transactionId, type: 'sep31-receiver' }),
    photoLink: await linkFor(scenery, { customer: ids[rejected] ?? '', type: 'full' }),
  };
}

/** A payment to somebody whose account at the bank is not known. */
async function holdPayment(scenery: Scenery): Promise<{ readonly customer: string; readonly transactionId: string }> {
  const { url, senderToken: token, senderId, issuer } = scenery;
  const joan = { first_name: 'Joan', last_name: 'Clarke', email_address: 'joan@example.com', bank_number: '011000015' };
  const body = { type: 'sep31-receiver', memo: '3', memo_type: 'id', ...joan };
  const { id: customer } = await ask(`${url}/customer`, { method: 'PUT', token, body });
  const parties = { sender_id: senderId, receiver_id: customer };
  const request = { amount: '250', asset_code: 'USDC', asset_issuer: issuer, ...parties };
  const { id: transactionId } = await ask(`${url}/sep31/transactions`, { method: 'POST', token, body: request });
  return { customer, transactionId };
}

async function linkFor({ url, operatorToken: token }: Scenery, about: object): Promise<string> {
  const made = await ask(`${url}/operator/links`, { method: 'POST', token, body: about });
  return made.url;
}

/** As whoever runs a server does: a command makes a link, good once, and the link somebody who can sign in. */
async function signUp({ url, directory }: Scenery): Promise<Pick<Entrances, 'name' | 'password'>> {
  const [name, password] = ['rita', (randomBytes(8).toString('hex').match(/.{4}/g) ?? []).join('-')];
  const env = { PATH: process.env['PATH'], DATA_DIR: directory, PORT: new URL(url).port };
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'admin', 'create', name], { env });
  const [link = ''] = /http:\S+/.exec(stdout) ?? [];
  const form = new URLSearchParams({ password, code: '' });
  const response = await fetch(link, { method: 'POST', redirect: 'manual', headers: { origin: url }, body: form });
  assert.equal(response.status, 303);
  return { name, password };
}

/** What the endpoints answer that are asked here: one of the two. */
interface Made {
  readonly id: string;
  readonly url: string;
}

async function ask(
  url: string,
  { method, token, body }: { method: string; token: string; body: object },
): Promise<Made> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${new URL(url).pathname} was answered ${response.status}`);
  return (await response.json()) as Made;
}
