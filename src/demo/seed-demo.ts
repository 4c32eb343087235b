import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { loadSharp } from '../kyc/checks/load-sharp.ts';
import { importTokenKey, issueToken } from '../sep10/token.ts';
import type { Anchor } from '../server.ts';
import { encodeStrkey } from '../stellar/strkey.ts';
import { type DemoPerson, demoPeople } from './demo-people.ts';

/** The anchor that is to have something to show, here or in another process. It has the types of {@link demoProgram}, and a worker. */
export interface DemoAnchor {
  readonly fetch: Anchor['fetch'];
  readonly settings: Pick<Anchor['settings'], 'clock' | 'jwtKey' | 'hostUrl' | 'homeDomain'>;
}

/** How long checks may take. */
const patienceMs = 30_000;

/**
 * Registers about thirty customers in all states, as wallets and reviewers would: by the same requests, and nothing else.
 * @param reviewerToken of an operator of `settings.operators` who may decide
 * @returns their ids, in the order of {@link demoPeople}
 */
export async function seedDemo(anchor: DemoAnchor, reviewerToken: string): Promise<readonly string[]> {
  const photo = await drawPhoto();
  const ids: string[] = [];
  for (const person of demoPeople) {
    const token = await walletToken(anchor);
    const id = await register(anchor, token, person, photo);
    ids.push(id);
    if (person.act !== undefined) await decide(anchor, { id, person, token, reviewerToken });
  }
  return ids;
}

/** Whoever holds the key of sessions signs in as anybody. */
async function walletToken({ settings }: DemoAnchor): Promise<string> {
  const account = encodeStrkey('account', randomBytes(32));
  const { clock, jwtKey, hostUrl, homeDomain } = settings;
  const tokens = { key: await importTokenKey(jwtKey), issuer: `${hostUrl}/auth`, lifetimeSeconds: 3600, clock };
  return issueToken(tokens, { sub: account, jti: 'demo', homeDomain });
}

async function register(anchor: DemoAnchor, token: string, person: DemoPerson, photo: Uint8Array): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fieldsOf(person))) form.set(name, value);
  const isAsked = person.type === 'full' && !person.without?.includes('photo_id_front');
  if (isAsked) form.set('photo_id_front', new Blob([new Uint8Array(photo)], { type: 'image/jpeg' }), 'id.jpg');
  const reply = await ask<{ id: string }>(anchor, 'PUT', '/customer', { token, form });
  return reply.id;
}

function fieldsOf({ first, last, type, fields, without = [] }: DemoPerson): Record<string, string> {
  const mail = `${first.toLowerCase()}@example.com`;
  const basic = { birth_date: '1990-04-17' };
  const full = { ...basic, address: '12 Example Street', id_number: `D${first.length}${last.length}4711` };
  const byType = {
    basic,
    full: { ...full, id_expiration_date: '2035-05-31' },
    mail: { email_address: mail },
  };
  const all = { first_name: first, last_name: last, ...byType[type], ...fields };
  return { type, ...Object.fromEntries(Object.entries(all).filter(([name]) => !without.includes(name))) };
}

interface Deciding {
  readonly id: string;
  readonly person: DemoPerson;
  readonly token: string;
  readonly reviewerToken: string;
}

/** Once the checks are over. */
async function decide(anchor: DemoAnchor, { id, person, reviewerToken }: Deciding): Promise<void> {
  const path = `/operator/customers/${id}`;
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const shown = await ask<Shown>(anchor, 'GET', path, { token: reviewerToken });
    const isChecked = shown.standings.every(({ state }) => state !== 'checking');
    if (isChecked) {
      const type = person.act?.['act'] === 'escalate' ? {} : { type: person.type };
      const json = { ...type, ...person.act, version: shown.version };
      await ask(anchor, 'POST', path, { token: reviewerToken, json });
      return;
    }
    if (performance.now() > giveUpAt) throw new Error('the checks of the demo are not over: is there a worker?');
    await delay(100);
  }
}

interface Shown {
  readonly version: number;
  readonly standings: readonly { readonly state: string }[];
}

async function ask<T>(
  { fetch, settings }: DemoAnchor,
  method: string,
  path: string,
  { token, form, json }: { readonly token: string; readonly form?: FormData; readonly json?: object },
): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, ...(json && { 'content-type': 'application/json' }) };
  const body = form ?? (json && JSON.stringify(json));
  const response = await fetch(new Request(`${settings.hostUrl}${path}`, { method, headers, ...(body && { body }) }));
  const text = await response.text();
  if (!response.ok) throw new Error(`the demo's ${method} ${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** Something that looks like a document from afar. */
async function drawPhoto(): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const block = (width: number, height: number, colour: string): Promise<Buffer> =>
    sharp({ create: { width, height, channels: 3, background: colour } })
      .png()
      .toBuffer();
  const lines = [150, 210, 270].map(async (top) => ({ input: await block(260, 24, '#7d8ba0'), left: 300, top }));
  const parts = [{ input: await block(200, 250, '#b9c4d4'), left: 50, top: 110 }, ...(await Promise.all(lines))];
  const page = sharp({ create: { width: 640, height: 400, channels: 3, background: '#e9eef5' } });
  const head = { input: await block(640, 70, '#2f5d9b'), left: 0, top: 0 };
  return page
    .composite([head, ...parts])
    .jpeg({ quality: 80 })
    .toBuffer();
}
