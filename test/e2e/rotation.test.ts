import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { openSqliteShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import type { Secrets } from '../../src/vault/fresh-secrets.ts';
import { LocalKeyRing, SealBroken } from '../../src/vault/key-ring.ts';
import { ShreddedKeyRing } from '../../src/vault/shred-keys.ts';
import { openVault } from '../../src/vault/vault.ts';
import { type BuiltServer, freshSecrets, startBuiltServer } from '../support/built-server.ts';
import { randomAccount, temporaryDirectory } from '../support/test-anchor.ts';
import { send } from './requests.ts';
import { type Finished, type ProgramRun, runProgram, startProgram } from './started-process.ts';

const customers = 600;
const wallets = 4;
const keyOf = (id: string): readonly [string, Buffer] => [id, randomBytes(32)];
const text = ([id, bytes]: readonly [string, Buffer]): string => `${id}:${bytes.toString('base64')}`;
const [old, fresh] = [keyOf('old'), keyOf('new')];

/** Somebody who puts and gets all the while, and what they were answered that they should not have been. */
interface Wallet {
  readonly account: string;
  readonly token: string;
  puts: number;
  readonly failures: string[];
}

test('[e2e.rotation] under load, broken off twice by a kill -9: no request fails, and afterwards the new key alone opens everything, the old one nothing', async (t) => {
  await using directory = await temporaryDirectory();
  const dataDir = directory.path;
  const secrets = freshSecrets();
  const keyed = (...keys: readonly (readonly [string, Buffer])[]): Secrets => ({
    ...secrets,
    encryptionKeys: keys.map(text).join(),
  });
  const accounts = Array.from({ length: customers }, randomAccount);
  {
    await using server = await startBuiltServer({ dataDir, secrets: keyed(old) });
    await register(server, accounts);
  }
  const puts = await rotateUnderLoad(dataDir, keyed(fresh, old), accounts);
  t.diagnostic(`${puts} PUTs, and as many GETs, meanwhile`);
  await assertOpensWith(dataDir, new LocalKeyRing(new Map([fresh])), customers);
  await assertOpensWith(dataDir, new LocalKeyRing(new Map([old])), 0);
  await assert.rejects(
    startBuiltServer({ dataDir, secrets: keyed(old) }),
    /key 'new' is missing.*key 'old' was retired/,
  );
  await using server = await startBuiltServer({ dataDir, secrets: keyed(fresh) });
  await register(server, accounts);
  for (const account of accounts.slice(0, 20)) {
    const { status, body } = await get(server, await server.token(account), account);
    assert.equal(status, 200);
    assert.ok('first_name' in body.provided_fields);
  }
});

async function rotateUnderLoad(dataDir: string, secrets: Secrets, accounts: readonly string[]): Promise<number> {
  await using server = await startBuiltServer({ dataDir, secrets });
  const stop = new AbortController();
  const busy = await Promise.all(
    accounts.slice(0, wallets).map(async (account): Promise<Wallet> => {
      return { account, token: await server.token(account), puts: 0, failures: [] };
    }),
  );
  const load = busy.map((wallet) => keepAsking(server, wallet, stop.signal));
  const env = environment(dataDir, secrets);
  for (const kill of [1, 2]) {
    const { stderr } = await killedHalfway(env);
    assert.match(stderr, /^\d+ of \d+$/m, `kill ${kill}`);
  }
  const status = await runProgram(['keys', 'status'], env);
  assert.match(status.stdout, /^old {2}wraps [1-9]\d* of customers/m);
  const early = await runProgram(['keys', 'retire', 'old'], env);
  assert.equal(early.code, 1);
  assert.match(early.stderr, /'old' still wraps data keys/);
  const done = await runProgram(['keys', 'rotate'], env);
  assert.deepEqual(
    [done.code, done.stdout.split('\n')[2]],
    [0, 'old  wraps nothing: anchor-kyc keys retire old'],
    done.stderr,
  );
  const retired = await runProgram(['keys', 'retire', 'old'], env);
  assert.equal(retired.code, 0, retired.stderr);
  stop.abort();
  await Promise.all(load);
  for (const { failures } of busy) assert.deepEqual(failures, []);
  assert.ok(busy.every(({ puts }) => puts > 20));
  assert.doesNotMatch(server.output(), /"level":"(error|warn)"/);
  return busy.reduce((sum, wallet) => sum + wallet.puts, 0);
}

function environment(dataDir: string, secrets: Secrets): Record<string, string> {
  const { signingSeed, serverJwtKey, encryptionKeys } = secrets;
  return {
    LOCAL_MODE: '1',
    DATA_DIR: dataDir,
    SIGNING_SEED: signingSeed,
    SERVER_JWT_KEY: serverJwtKey,
    KYC_ENCRYPTION_KEYS: encryptionKeys,
  };
}

/** A rotation that is killed when it says for the first time that it has done some. */
async function killedHalfway(env: Readonly<Record<string, string>>): Promise<Finished> {
  const run: ProgramRun = startProgram(['keys', 'rotate'], env);
  await Promise.race([once(run.child.stderr ?? run.child, 'data'), run.finished]);
  run.child.kill('SIGKILL');
  const finished = await run.finished;
  assert.equal(finished.signal, 'SIGKILL', `it was through already: ${finished.stdout}${finished.stderr}`);
  return finished;
}

async function keepAsking(server: BuiltServer, wallet: Wallet, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const last_name = wallet.puts % 2 === 0 ? 'Byron' : 'Lovelace';
    const { status, text: told } = await put(server, wallet.token, { account: wallet.account, last_name });
    if (status === 202) wallet.puts++;
    else wallet.failures.push(`PUT ${status} ${told}`);
    const answer = await get(server, wallet.token, wallet.account);
    if (answer.status !== 200 || !('last_name' in answer.body.provided_fields))
      wallet.failures.push(`GET ${answer.status}`);
  }
}

async function register(server: BuiltServer, accounts: readonly string[]): Promise<void> {
  const waiting = [...accounts];
  const one = async (): Promise<void> => {
    for (let account = waiting.pop(); account !== undefined; account = waiting.pop()) {
      const fields = { account, first_name: 'Ada', last_name: 'Lovelace' };
      const { status, text: told } = await put(server, await server.token(account), fields);
      assert.equal(status, 202, told);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

function put(server: BuiltServer, token: string, fields: object): ReturnType<typeof send> {
  const body = { type: 'sep31-sender', ...fields };
  return send('PUT', `http://localhost:${server.port}/customer`, { token, body });
}

async function get(
  server: BuiltServer,
  token: string,
  account: string,
): Promise<{ status: number; body: { provided_fields: object } }> {
  const url = `http://localhost:${server.port}/customer?type=sep31-sender&account=${account}`;
  const { status, text: told } = await send('GET', url, { token });
  return { status, body: JSON.parse(told) };
}

/** How many customers' values a ring opens: all of these, or it must be none that opens at all. */
async function assertOpensWith(dataDir: string, ring: LocalKeyRing, expected: number): Promise<void> {
  const store = await openSqliteStore(join(dataDir, 'anchor-kyc.db'), systemClock);
  const shreds = await openSqliteShredKeys(join(dataDir, 'shreds.db'));
  const shredded = new ShreddedKeyRing(ring, shreds);
  let opened = 0;
  for (const { kekId, count } of await store.keys.listKeyUses()) assert.ok(kekId === 'new' && count > 0);
  for (const { id, ...wrapped } of await store.keys.listWrapped('customers', 'new', '', 10 * customers)) {
    const record = await store.findCustomerById(id);
    const values = (record && (await store.listValues(id, record.version))) ?? [];
    const vault = await openVault(shredded, id, wrapped).catch((error: unknown) => {
      assert.ok(error instanceof SealBroken);
    });
    if (vault === undefined) continue;
    for (const { field, sealed } of values) assert.ok(vault.open(field, sealed).length > 0);
    opened++;
  }
  await shreds.close();
  await store.close();
  assert.equal(opened, expected);
}
