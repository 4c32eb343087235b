import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { RawOptions } from '../../src/environment.ts';
import type { CheckKind } from '../../src/kyc/checks/check.ts';
import type { CodeMessage } from '../../src/kyc/codes/senders/code-sender.ts';
import { jsonLogger } from '../../src/lib/log.ts';
import { openAnchor } from '../../src/server.ts';
import { freshSecrets } from '../../src/vault/fresh-secrets.ts';
import { operators, tokens } from '../http/operator-call.ts';
import { upload } from '../sep12/file-support.ts';
import { barePart, multipart, reply } from '../sep12/support.ts';
import { type JsonReply, jpegBytes, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

/** Two who know each other's database: what is theirs, and whose sealed bytes are put in the other's place. */
export const values = {
  first_name: 'Zdenka-Canary',
  last_name: 'Quixwimble-Canary',
  email_address: 'canary@planted.example',
} as const;
const noteText = 'a note that nobody but operators reads: Canary-Note';
const found = { list: 'Canary-Evidence' };

/** Screens with evidence for whoever reviews. */
const screening: CheckKind = {
  name: 'screening',
  inputs: ['first_name', 'last_name'],
  early: true,
  fourEyes: false,
  faultsOf: () => [],
  open: () => ({ run: async () => ({ outcome: 'pass', evidence: found }) }),
};

const program = {
  types: {
    basic: {
      decision: 'review',
      fields: {
        first_name: {},
        last_name: {},
        email_address: { verify: true },
        photo_id_front: { optional: true },
        photo_id_back: { optional: true },
      },
      checks: ['screening'],
    },
    quick: { decision: 'automatic', fields: { first_name: {}, last_name: {} } },
  },
  checks: { screening: { use: 'screening' } },
} as const;

/** A customer with something in every sealed column. */
export interface Person {
  readonly account: string;
  readonly id: string;
  readonly photo: Buffer;
  /** A file sent ahead, by somebody else who is no customer. */
  readonly uploader: string;
  readonly uploadId: string;
}

/** An anchor whose database somebody else writes to. */
export interface TamperingGround extends AsyncDisposable {
  readonly anchor: TestAnchor;
  readonly database: DatabaseSync;
  readonly lines: string[];
  readonly sent: CodeMessage[];
  readonly ada: Person;
  readonly bob: Person;
  /** Opens a second anchor over the same database, as a restart does. */
  restart(): Promise<void>;
}

/** Opens one with two people in it. */
export async function openTamperingGround(): Promise<TamperingGround> {
  const lines: string[] = [];
  const sent: CodeMessage[] = [];
  const options: RawOptions = {
    ...freshSecrets(),
    program,
    operators,
    checkKinds: [screening],
    codeSenders: [{ channel: 'email', send: async (message) => void sent.push(message) }],
    logger: jsonLogger('info', (line) => void lines.push(line)),
  };
  const anchor = await openTestAnchor(options);
  const database = new DatabaseSync(join(anchor.dataDir, 'anchor-kyc.db'), { timeout: 5000 });
  const dispose = async (): Promise<void> => {
    database.close();
    await anchor[Symbol.asyncDispose]();
  };
  const { ada, bob } = await populate(anchor, database).catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  return {
    ...{ anchor, database, lines, sent, ada, bob },
    restart: async () => {
      const again = await openAnchor(
        { localMode: true, hostUrl: 'http://localhost:8000', dataDir: anchor.dataDir, worker: false, ...options },
        'option',
      );
      await again.close();
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** Two people under a legal hold, each with evidence of a third who became part of them. */
async function populate(anchor: TestAnchor, database: DatabaseSync): Promise<{ ada: Person; bob: Person }> {
  const ada = await register(anchor, database);
  const bob = await register(anchor, database);
  for (const { id } of [ada, bob]) {
    await merge(anchor, (await register(anchor, database)).id, id);
    const { version } = (await asOperator(anchor, 'GET', id)).body;
    const hold = { act: 'hold', version, reason: 'a Canary-Subpoena' };
    assert.equal((await asOperator(anchor, 'POST', id, hold)).status, 200);
  }
  return { ada, bob };
}

async function register(anchor: TestAnchor, database: DatabaseSync): Promise<Person> {
  const [account, uploader] = [randomAccount(), randomAccount()];
  const photo = jpegBytes(randomBytes(80));
  // Codes to one mailbox are few and far between.
  const email_address = `canary-${account.toLowerCase().slice(0, 20)}@planted.example`;
  const put = await anchor.json(account, 'PUT', '/customer', { type: 'basic', ...values, email_address });
  assert.equal(put.status, 202, put.body?.error);
  const { id } = put.body;
  const person = { account, id, photo, uploader, uploadId: await upload(anchor, uploader) };
  assert.equal((await putPhoto(anchor, person)).status, 202);
  const callback = { url: 'https://wallet.example/canary-callback' };
  assert.equal((await anchor.json(account, 'PUT', '/customer/callback', callback)).status, 200);
  await until(() => count(database, 'evidence', id) > 0 && count(database, 'codes', id, 'and hash is not null') > 0);
  const { version } = (await asOperator(anchor, 'GET', id)).body;
  assert.equal((await asOperator(anchor, 'POST', id, { act: 'note', version, note: noteText })).status, 200);
  return person;
}

/** A lead merges the one into the other, so that evidence of before is kept beside. */
async function merge(anchor: TestAnchor, from: string, into: string): Promise<void> {
  const versionOf = async (id: string): Promise<number> => (await asOperator(anchor, 'GET', id)).body.version;
  const order = { act: 'merge', version: await versionOf(from), into, intoVersion: await versionOf(into) };
  const { status, body } = await asOperator(anchor, 'POST', from, order);
  assert.equal(status, 200, body.error);
}

/** Sends the same photo again, which the server compares with what it holds. */
export async function putPhoto(anchor: TestAnchor, { account, photo }: Person): Promise<JsonReply> {
  const parts = [barePart('type', 'basic'), barePart('photo_id_front', photo)];
  return reply(await anchor.call(account, 'PUT', '/customer', multipart(parts)));
}

/** Calls about a customer as a lead. */
export async function asOperator(anchor: TestAnchor, method: string, id: string, body?: unknown): Promise<JsonReply> {
  const headers = new Headers({ authorization: `Bearer ${tokens.lea}`, 'content-type': 'application/json' });
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return reply(
    await anchor.anchor.fetch(
      new Request(`http://localhost:8000/operator/customers/${id}`, { method, headers, ...sent }),
    ),
  );
}

/** Waits until it holds, ten seconds at most. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 1000, 'it did not come to hold in time');
    await delay(10);
  }
}

function count(database: DatabaseSync, table: string, id: string, more = ''): number {
  const row = database.prepare(`select count(*) as count from ${table} where customer_id = ? ${more}`).get(id);
  return Number(row?.['count']);
}

/** One sealed place: a column of one row. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly where: string;
  readonly by: readonly SQLInputValue[];
}

/** The bytes at a place. */
export function bytesAt(database: DatabaseSync, { table, column, where, by }: Place): Buffer {
  const row = database.prepare(`select ${column} as bytes from ${table} where ${where}`).get(...by);
  assert.ok(row?.['bytes'] instanceof Uint8Array, `${table}.${column} holds something`);
  return Buffer.from(row['bytes']);
}

/** Writes bytes to a place, as somebody with the database does. */
export function write(database: DatabaseSync, { table, column, where, by }: Place, bytes: Uint8Array): void {
  const { changes } = database.prepare(`update ${table} set ${column} = ? where ${where}`).run(bytes, ...by);
  assert.ok(Number(changes) > 0);
}
