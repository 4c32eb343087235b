import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawOptions } from '../../src/environment.ts';
import { keysCommand } from '../../src/keys-command.ts';
import { jsonLogger } from '../../src/lib/log.ts';
import { openAnchor } from '../../src/server.ts';
import { freshSecrets } from '../../src/vault/fresh-secrets.ts';
import { type KmsStandIn, serveKms } from '../support/stand-ins/kms-stand-in.ts';
import { serveVault, transitKey } from '../support/stand-ins/vault-stand-in.ts';
import { openTestAnchor, randomAccount, type TestAnchor, temporaryDirectory } from '../support/test-anchor.ts';

const person = { first_name: 'Ada', last_name: 'Lovelace', email_address: 'ada@example.com' };

/** KMS where the SDK looks for it by itself, as an operator sets it. */
async function openKms(): Promise<KmsStandIn> {
  const kms = await serveKms({ aliases: { 'alias/anchor-kyc': 'key-1' }, disabled: new Set() });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_KMS: kms.url,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'stand-in',
    AWS_REGION: 'eu-central-1',
  });
  return kms;
}

function put(anchor: TestAnchor, account: string, fields: object = person): ReturnType<TestAnchor['json']> {
  return anchor.json(account, 'PUT', '/customer', fields);
}

test('[keys.kms] a server over KMS asks it once for each customer, and while it is away answers 503 for whom it must ask, and nobody else', async () => {
  await using kms = await openKms();
  const lines: string[] = [];
  const logger = jsonLogger('info', (line) => void lines.push(line));
  const encryptionKeys = 'kms:aws-kms:alias/anchor-kyc';
  await using anchor = await openTestAnchor({ encryptionKeys, dataKeyCacheSize: 2, logger });
  const accounts = Array.from({ length: 3 }, randomAccount);
  const [ada = '', bob = '', eve = ''] = accounts;
  const count = (operation: string): number => kms.calls.filter((call) => call.operation === operation).length;
  const [before, decrypts] = [count('Encrypt'), count('Decrypt')];
  for (const account of accounts) assert.equal((await put(anchor, account)).status, 202);
  for (const account of [bob, eve]) await put(anchor, account, { first_name: 'Augusta' });
  assert.equal(count('Encrypt') - before, 3);
  assert.equal(count('Decrypt') - decrypts, 0, 'what this process wrapped it knows');
  kms.behaviour.fault = { type: 'KMSInternalException', status: 500 };
  assert.equal((await put(anchor, bob, { first_name: 'Byron' })).status, 202, 'kept in memory');
  for (const refused of [await put(anchor, ada, { first_name: 'Byron' }), await put(anchor, randomAccount())]) {
    assert.equal(refused.status, 503);
    assert.match(refused.body.error, /^personal data cannot be opened or stored right now/);
    assert.equal(refused.headers.get('retry-after'), '5');
  }
  assert.equal((await anchor.json(ada, 'GET', '/customer')).body.status, 'ACCEPTED', 'where they stand takes no key');
  const warned = lines.find((line) => line.includes('"level":"warn"') && line.includes('KeyServiceFault')) ?? '';
  assert.match(warned, /"code":"KMSInternalException"/);
  kms.behaviour.fault = undefined;
  assert.equal((await put(anchor, ada, { first_name: 'Byron' })).status, 202);
  assert.equal(count('Decrypt') - decrypts, 1 + 3, 'three tries while it was away, and one');
  assert.deepEqual(kms.malformed, []);
});

test('[keys.kms] a customer who is deleted is forgotten by the process', async () => {
  await using kms = await openKms();
  await using anchor = await openTestAnchor({ encryptionKeys: 'kms:aws-kms:alias/anchor-kyc' });
  const forgotten: string[] = [];
  const ring = anchor.anchor.settings.keyRing;
  assert.ok(ring !== undefined && kms.url !== '');
  const forget = ring.forget.bind(ring);
  ring.forget = (owner) => {
    forgotten.push(owner);
    forget(owner);
  };
  const account = randomAccount();
  const { id } = (await put(anchor, account)).body;
  assert.equal((await anchor.call(account, 'DELETE', `/customer/${account}`)).status, 200);
  assert.deepEqual(forgotten, [id]);
});

test('[keys.migrate] from a local key to KMS and on to Vault: put first, rotate, retire; every step serves', async () => {
  await using directory = await temporaryDirectory();
  await using kms = await openKms();
  await using vault = await serveVault({ keys: new Map([['kyc', transitKey()]]), token: 'hvs.stand-in' });
  const secrets = freshSecrets();
  const local = secrets.encryptionKeys;
  const inKms = 'kms:aws-kms:alias/anchor-kyc';
  const inVault = 'vault:vault-transit:kyc';
  const environmentOf = (keys: string) => ({
    LOCAL_MODE: '1',
    DATA_DIR: directory.path,
    SIGNING_SEED: secrets.signingSeed,
    SERVER_JWT_KEY: secrets.serverJwtKey,
    KYC_ENCRYPTION_KEYS: keys,
    VAULT_ADDR: vault.url,
    VAULT_TOKEN: 'hvs.stand-in',
  });
  const optionsOf = (encryptionKeys: string): RawOptions => ({
    ...{ ...secrets, encryptionKeys, dataDir: directory.path, vaultAddr: vault.url, vaultToken: 'hvs.stand-in' },
  });
  const accounts = Array.from({ length: 5 }, randomAccount);
  const serve = async (keys: string, during: () => Promise<void> = async () => {}): Promise<void> => {
    await using anchor = await openTestAnchor({ ...optionsOf(keys) });
    await during();
    for (const account of accounts) assert.equal((await put(anchor, account)).status, 202, keys);
  };
  const run = (keys: string, ...args: readonly string[]): Promise<string> =>
    keysCommand(args, environmentOf(keys), () => {});
  await serve(local);
  const id = local.slice(0, local.indexOf(':'));
  await assert.rejects(run(`${inKms},${local}`, 'rotate'), /no server has been started with key 'kms'/);
  await serve(`${inKms},${local}`, async () => {
    assert.match(await run(`${inKms},${local}`, 'rotate', '--dry-run'), /^6 data keys would be wrapped by 'kms'/);
    assert.match(await run(`${inKms},${local}`, 'rotate'), /^6 data keys were wrapped by 'kms'/);
    assert.match(await run(`${inKms},${local}`, 'retire', id), /is retired/);
  });
  await serve(inKms);
  await serve(`${inVault},${inKms}`, async () => {
    assert.match(await run(`${inVault},${inKms}`, 'rotate'), /^6 data keys were wrapped by 'vault'/);
    assert.match(await run(`${inVault},${inKms}`, 'retire', 'kms'), /is retired/);
  });
  await serve(inVault, async () => {
    vault.behaviour.keys.get('kyc')?.versions.push(Buffer.alloc(32, 9));
    assert.match(await run(inVault, 'rotate'), /^0 data keys/);
    assert.match(await run(inVault, 'rotate', '--again'), /^6 data keys were wrapped by 'vault'/);
    assert.equal(vault.requests.filter((request) => request.includes('/rewrap/')).length, 6);
  });
  assert.deepEqual(kms.malformed, []);
  assert.match(await run(inVault, 'status'), /^vault {2}current {2}wraps 5 of customers, 1 of index_keys$/m);
  assert.equal(await run(`${inVault}`, 'list'), 'vault  vault-transit  current\n');
  await assert.rejects(
    openAnchor({ localMode: true, ...optionsOf(inKms) }, 'option'),
    /key 'kms' was retired.*key 'vault' is missing/,
  );
});

test('[keys.command] what cannot be is refused by name: an unknown key, the current one, a key that is not there', async () => {
  await using directory = await temporaryDirectory();
  const secrets = freshSecrets();
  const environment = { LOCAL_MODE: '1', DATA_DIR: directory.path, KYC_ENCRYPTION_KEYS: secrets.encryptionKeys };
  const run = (...args: readonly string[]): Promise<string> => keysCommand(args, environment, () => {});
  await assert.rejects(run('status'), /DATA_DIR: expected the directory of a server that was started before/);
  await using _ = await openTestAnchor({ ...secrets, dataDir: directory.path });
  const [id = ''] = secrets.encryptionKeys.split(':');
  await assert.rejects(run('retire', id), /is the current key: put another one first/);
  await assert.rejects(run('retire', 'nonsense'), /'nonsense' has never been a key of this database/);
  await assert.rejects(run('rotate', '--wrong'), TypeError);
  for (const args of [[], ['help'], ['retire'], ['rotate', 'x'], ['list', 'x'], ['retire', 'a', 'b']])
    await assert.rejects(run(...args), { name: 'UsageError' }, args.join(' '));
  assert.match(await run('generate'), /^SIGNING_SEED=S.*\nSERVER_JWT_KEY=.*\nKYC_ENCRYPTION_KEYS=.*\n$/);
  assert.ok(!(await run('list')).includes(secrets.encryptionKeys.slice(id.length + 1)));
});
