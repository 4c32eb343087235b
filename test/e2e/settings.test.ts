import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { environmentNames } from '../../src/environment.ts';
import { withSecretFiles } from '../../src/secret-files.ts';
import { openAnchor } from '../../src/server.ts';
import { readOptions } from '../../src/setting-files.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { send, tokenFor } from './requests.ts';
import { type Finished, freePort, runProgram, startProcess } from './started-process.ts';

type Environment = Readonly<Record<string, string>>;

/** What `anchor-kyc keys generate` prints, as an environment. */
async function generateKeys(): Promise<Environment> {
  const { stdout } = await runProgram(['keys', 'generate']);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Settings that `serve` takes. */
async function productionSettings(dataDir: string): Promise<Environment & { readonly PORT: string }> {
  const port = await freePort();
  return {
    ...(await generateKeys()),
    DATA_DIR: dataDir,
    PORT: String(port),
    HOST: '127.0.0.1',
    HOST_URL: 'https://kyc.example.com',
    HORIZON_URI: 'https://horizon-testnet.stellar.org',
  };
}

function assertRefused({ code, stdout, stderr }: Finished, named: readonly string[], hidden: readonly string[] = []) {
  assert.equal(code, 1, stderr);
  for (const name of named) assert.match(stderr, new RegExp(`^\\s*(anchor-kyc: )?${name}: expected .{4,}`, 'm'));
  const lines = stderr.split('\n').filter((line) => line.includes(': expected '));
  assert.equal(lines.length, named.length, `exactly what is wrong is named:\n${stderr}`);
  assert.doesNotMatch(stdout + stderr, /\n\s+at /, 'no stack trace');
  for (const value of hidden) assert.ok(!(stdout + stderr).includes(value), 'no secret is repeated');
  assert.doesNotMatch(stdout, /serving|serves/);
}

/** A wrong value for each variable. */
const wrongValues: Environment = {
  ACTIVE_SEPS: 'sep-1,sep-10,sep-99',
  HOST_URL: 'ftp://kyc.example.com',
  PORT: '80000',
  HOST: 'no host at all',
  HOME_DOMAIN: 'https://example.com',
  SEP10_HOME_DOMAINS: 'example.com,not a domain',
  WEB_AUTH_DOMAIN: 'example.com/auth',
  HORIZON_URI: 'horizon',
  SIGNING_SEED: 'GBADSEEDGBADSEEDGBADSEEDGBADSEEDGBADSEEDGBADSEEDGBADSEED',
  SERVER_JWT_KEY: 'too-short-a-secret',
  KYC_ENCRYPTION_KEYS: 'one:c2hvcnQtc2VjcmV0LWtleQ==',
  KEY_SERVICE_TIMEOUT: '1',
  DATA_KEY_CACHE_SIZE: '-1',
  DATA_KEY_CACHE_TTL: '0',
  JWT_TTL: 'a day',
  DATABASE_URL: 'mysql://root:hunter22@localhost/kyc',
  SHRED_DATABASE_URL: 'mysql://localhost/shreds',
  FILES_URL: 's3://key:hunter22@kyc-files?region=eu-west-1',
  LOCAL_MODE: 'perhaps',
  SHARED_ACCOUNTS: 'sometimes',
  SEP10_AUTHORIZATION: 'maybe',
  SEP10_CLIENT_ATTRIBUTION_REQUIRED: 'maybe',
  SEP10_CLIENT_ATTRIBUTION_ALLOWLIST: 'https://wallet.example.com',
  SEP10_CLIENT_ATTRIBUTION_DENYLIST: '?',
  SEP10_CLIENT_ATTRIBUTION_REQUEST_TIMEOUT: '0',
  KYC_PROGRAM: '/nowhere/program.json',
  STELLAR_TOML: '/nowhere/extra.toml',
  WORKER: 'perhaps',
  SMTP_URL: 'https://mail.example.com',
  MAIL_FROM: 'nobody',
  SMS_URL: 'sms',
  SMS_COUNTRIES: 'Mexico',
  CODES_PER_VALUE: '0',
  CODES_PER_ACCOUNT: 'many',
  SMS_PER_HOUR: '-1',
  OPERATOR_WEBHOOKS: '[{"url":"https://hooks.example/hunter22","secret":"whsec_aHVudGVyMjI="}]',
  METRICS: 'perhaps',
  CUSTOMER_PAGE: 'perhaps',
  CUSTOMER_LINK_TTL: '5',
  CUSTOMER_SESSION_TTL: 'an hour',
  BRAND_COLOR: 'blue',
  SUPPORT_CONTACT: 'the desk downstairs',
  CONSOLE: 'perhaps',
  CONSOLE_SINGLE_SIGN_ON: '{"issuer":"ftp://sso.example","clientId":"x","clientSecret":"hunter22"}',
  OPERATORS: 'ann:boss:token-of-ann-that-is-secret',
  UNMASKINGS_PER_HOUR: '0',
  UNMASKINGS_PER_DAY: 'many',
  SEP31_SENDING_ANCHORS: 'GABC',
  SEP31_ACCOUNT: 'CABC',
  SEP31_ASSETS: '{"USDC":{"issuer":"hunter22"}}',
  SEP31_MISSING_KYC: 'sometimes',
  SEP31_OBSERVER: 'yesterday',
  SEP6_ASSETS: '{"USDC":{"issuer":"hunter22"}}',
  SEP6_MISSING_KYC: 'sometimes',
  SEP6_ACCOUNTS: 'GABC',
  SEP6_OBSERVER: 'yesterday',
  TRANSFERS: '/nowhere/transfers.ts',
  RAILS: '/nowhere/rails.ts',
  LOG_LEVEL: 'loud',
  DATA_DIR: fileURLToPath(import.meta.url),
};
/** Any text is a passphrase; those of Vault are looked at when a key is there (test/vault/key-options.test.ts). */
const anyValues = [
  ...['STELLAR_NETWORK_PASSPHRASE', 'APP_NAME', 'SMS_ACCOUNT_SID', 'SMS_AUTH_TOKEN', 'SMS_FROM'],
  ...['VAULT_ADDR', 'VAULT_TOKEN', 'VAULT_TOKEN_FILE', 'VAULT_NAMESPACE'],
];
/** A mode that is no mode is not local mode, in which these have defaults. */
const alsoNamed: Readonly<Record<string, readonly string[]>> = {
  LOCAL_MODE: ['SIGNING_SEED', 'SERVER_JWT_KEY', 'KYC_ENCRYPTION_KEYS', 'HOST_URL'],
};
const secrets = ['SIGNING_SEED', 'SERVER_JWT_KEY', 'KYC_ENCRYPTION_KEYS'].map((name) => wrongValues[name] ?? '');
const hidden = [...secrets, 'hunter22', 'token-of-ann'];

/** These are wrong only once they are used, or are read by the command line itself. */
const foundInUse = ['HOST', 'DATA_DIR', 'LOCAL_MODE'];

/** What the program does first with its environment, in this process: dozens of processes that end at once would take a minute. */
async function openedWith(environment: Environment): Promise<Finished> {
  try {
    const anchor = await openAnchor(await readOptions(await withSecretFiles(environment)), 'environment');
    await anchor.close();
    return { code: 0, signal: null, stdout: '', stderr: '' };
  } catch (error) {
    assert.ok(error instanceof TypeError, String(error));
    return { code: 1, signal: null, stdout: '', stderr: error.message };
  }
}

suite('wrong settings', { concurrency: 2 }, () => {
  test('[e2e.settings] every variable has a wrong value in this test', () => {
    assert.deepEqual([...Object.keys(wrongValues), ...anyValues].sort(), Object.values(environmentNames).sort());
  });

  for (const [name, value] of Object.entries(wrongValues)) {
    test(`[e2e.settings] a wrong ${name} stops the start, and is named with what is expected`, async () => {
      await using directory = await temporaryDirectory();
      const env = { DATA_DIR: directory.path, PORT: String(await freePort()), [name]: value };
      const start = foundInUse.includes(name) ? runProgram(['start'], env) : openedWith({ LOCAL_MODE: '1', ...env });
      assertRefused(await start, [name, ...(alsoNamed[name] ?? [])], hidden);
    });
  }

  test('[e2e.settings] every wrong value is named at once, and no secret is repeated', async () => {
    await using directory = await temporaryDirectory();
    // HOST and DATA_DIR are found out by using them, and LOCAL_MODE decides what the others may be.
    const { HOST: _host, DATA_DIR: _dataDir, LOCAL_MODE: _localMode, ...wrong } = wrongValues;
    const finished = await runProgram(['start'], { DATA_DIR: directory.path, ...wrong });
    assertRefused(finished, Object.keys(wrong), hidden);
  });

  test('[e2e.settings] sep-31 without what it takes stops the start, naming all of it', async () => {
    await using directory = await temporaryDirectory();
    const env = { DATA_DIR: directory.path, ACTIVE_SEPS: 'sep-1,sep-10,sep-12,sep-31' };
    assertRefused(await runProgram(['start'], env), ['SEP31_SENDING_ANCHORS', 'SEP31_ACCOUNT', 'SEP31_ASSETS']);
  });

  test('[e2e.settings] sep-6 without what it offers stops the start', async () => {
    await using directory = await temporaryDirectory();
    const env = { DATA_DIR: directory.path, ACTIVE_SEPS: 'sep-1,sep-10,sep-12,sep-6' };
    assertRefused(await runProgram(['start'], env), ['SEP6_ASSETS']);
  });

  test('[sep12.pre.web-auth] [e2e.settings] sep-12 without sep-10 stops the start', async () => {
    await using directory = await temporaryDirectory();
    const finished = await runProgram(['start'], { DATA_DIR: directory.path, ACTIVE_SEPS: 'sep-1,sep-12' });
    assertRefused(finished, ['ACTIVE_SEPS']);
    assert.match(finished.stderr, /sep-10 beside sep-12/);
  });

  test('[e2e.settings] faults of a KYC program are named with their path', async () => {
    await using directory = await temporaryDirectory();
    const path = join(directory.path, 'program.json');
    const types = {
      sender: { decision: 'guess', fields: { first_name: { optional: 'yes' }, shoe_size: {} } },
    };
    await writeFile(path, JSON.stringify({ types, defaultType: 'nobody' }));
    const { code, stderr } = await runProgram(['start'], { DATA_DIR: directory.path, KYC_PROGRAM: path });
    assert.equal(code, 1);
    for (const fault of [
      /^.*KYC_PROGRAM: expected/m,
      /types\.sender\.decision/,
      /fields\.first_name/,
      /shoe_size/,
      /defaultType/,
    ]) {
      assert.match(stderr, fault);
    }
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  for (const [name, text] of [
    ['program.json', '{ "types": '],
    ['program.ts', 'export const program = {};'],
    ['program.js', 'export default {'],
    ['program.yaml', 'types: {}'],
    ['empty.json', 'null'],
  ] as const) {
    test(`[e2e.settings] a KYC_PROGRAM that is no program stops the start: ${name} with ${text}`, async () => {
      await using directory = await temporaryDirectory();
      const path = join(directory.path, name);
      await writeFile(path, text);
      const finished = await runProgram(['start'], { DATA_DIR: directory.path, KYC_PROGRAM: path });
      assertRefused(finished, ['KYC_PROGRAM']);
    });
  }

  test('[e2e.settings] a port that another process listens on stops the start', async () => {
    await using directory = await temporaryDirectory();
    const taken = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    const finished = await runProgram(['start'], { DATA_DIR: directory.path, PORT: String(port) });
    taken.close();
    assertRefused(finished, ['PORT']);
  });

  test('[e2e.settings] another key under the id of the one that sealed the database stops the start and names the id', async () => {
    await using directory = await temporaryDirectory();
    const first = await startProcess({ dataDir: directory.path, env: { KYC_ENCRYPTION_KEYS: key('k-1', 1) } });
    await first.terminate();
    for (const keys of [key('k-1', 2), key('k-2', 1)]) {
      const env = { DATA_DIR: directory.path, PORT: String(await freePort()), KYC_ENCRYPTION_KEYS: keys };
      const { code, stderr } = await runProgram(['start'], env);
      assert.equal(code, 1);
      assert.match(stderr, /KYC_ENCRYPTION_KEYS: key 'k-1'/);
      assert.ok(!stderr.includes(keys.slice(4)));
    }
    const rotated = { KYC_ENCRYPTION_KEYS: `${key('k-2', 2)},${key('k-1', 1)}` };
    await using server = await startProcess({ dataDir: directory.path, env: rotated });
    assert.equal((await send('GET', `${server.url}/health`)).status, 200, 'an added key is welcome');
  });
});

function key(id: string, fill: number): string {
  return `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
}

suite('serve is production', { concurrency: 2 }, () => {
  test('[e2e.settings] serve refuses to make keys, and takes neither http URLs nor HORIZON_URI=off', async () => {
    await using directory = await temporaryDirectory();
    const dataDir = join(directory.path, 'data');
    const missing = await runProgram(['serve'], { DATA_DIR: dataDir });
    assertRefused(missing, ['SIGNING_SEED', 'SERVER_JWT_KEY', 'KYC_ENCRYPTION_KEYS', 'HOST_URL']);
    assert.ok(!existsSync(dataDir), 'nothing is written');
    const good = await productionSettings(dataDir);
    const withWrong = (wrong: Environment): Promise<Finished> => runProgram(['serve'], { ...good, ...wrong });
    assertRefused(await withWrong({ HOST_URL: 'http://kyc.example.com' }), ['HOST_URL']);
    assertRefused(await withWrong({ HORIZON_URI: 'off' }), ['HORIZON_URI']);
    assertRefused(await withWrong({ HORIZON_URI: 'http://horizon.example.com' }), ['HORIZON_URI']);
    assertRefused(await withWrong({ LOCAL_MODE: '1' }), ['LOCAL_MODE']);
    assert.ok(!existsSync(dataDir), 'nothing is written');
  });

  test('[e2e.settings] what keys generate prints lets serve start, and serve says nothing of local mode', async () => {
    await using directory = await temporaryDirectory();
    const { PORT, ...env } = await productionSettings(directory.path);
    assert.deepEqual(Object.keys(env).slice(0, 3), ['SIGNING_SEED', 'SERVER_JWT_KEY', 'KYC_ENCRYPTION_KEYS']);
    await using server = await startProcess({ dataDir: directory.path, port: Number(PORT), command: 'serve', env });
    const toml = (await send('GET', `${server.url}/.well-known/stellar.toml`)).text;
    assert.match(toml, /KYC_SERVER = "https:\/\/kyc\.example\.com"/);
    assert.match(toml, /WEB_AUTH_ENDPOINT = "https:\/\/kyc\.example\.com\/auth"/);
    assert.doesNotMatch(server.stdout(), /LOCAL MODE/);
    const files = await readdir(directory.path);
    assert.ok(
      files.every((name) => !['signing.seed', 'jwt.key', 'encryption.keys'].includes(name)),
      files.join(),
    );
  });

  test('[e2e.settings] keys generate never prints the same key twice', async () => {
    const [one, other] = await Promise.all([generateKeys(), generateKeys()]);
    for (const [name, value] of Object.entries(one)) assert.notEqual(value, other[name], name);
  });
});

suite('the command line', { concurrency: 2 }, () => {
  test('[e2e.settings] check says whether settings would do, and writes nothing', async () => {
    await using directory = await temporaryDirectory();
    const dataDir = join(directory.path, 'data');
    const good = await runProgram(['check'], { DATA_DIR: dataDir, LOCAL_MODE: '1' });
    assert.equal(good.code, 0);
    assert.match(good.stdout, /good.*\n.*sep31-sender: \d+ fields, automatic/);
    assertRefused(await runProgram(['check'], { LOCAL_MODE: '1', PORT: 'x', JWT_TTL: '0' }), ['PORT', 'JWT_TTL']);
    const production = await productionSettings(dataDir);
    assert.equal((await runProgram(['check'], production)).code, 0);
    assert.ok(!existsSync(dataDir));
  });

  test('[e2e.settings] --help names every command and every variable', async () => {
    const { code, stdout } = await runProgram(['--help']);
    assert.equal(code, 0);
    for (const word of ['start', 'serve', 'check', 'keys generate', ...Object.values(environmentNames)]) {
      assert.ok(stdout.includes(word), word);
    }
  });

  test('[e2e.settings] an unknown command is answered with the usage and exit code 2', async () => {
    const { code, stdout, stderr } = await runProgram(['strat']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /there is no command 'strat'/);
    assert.match(stderr, /anchor-kyc start/);
  });

  const oldNode = '/usr/bin/node';
  test('[e2e.settings] on a Node that is too old it says so in one line', {
    skip: !isTooOld(oldNode),
  }, async () => {
    const { code, stdout, stderr } = await runProgram(['start'], {}, oldNode);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^anchor-kyc needs Node 22\.18 or newer; this is Node \d+\.\d+\.\d+\.\n$/);
  });
});

/** Whether the machine has a Node there, and it is older than what the program runs on. */
function isTooOld(node: string): boolean {
  if (!existsSync(node)) return false;
  const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node']).toString().split('.').map(Number);
  return major < 22 || (major === 22 && minor < 18);
}

suite('settings that take effect', { concurrency: 2 }, () => {
  const definition = `{ "types": { "vip": { "decision": "automatic", "fields": { "first_name": {} } } } }`;
  for (const [name, text] of [
    ['program.json', definition],
    ['program.js', `export default ${definition};`],
    ['program.ts', `const program: { readonly types: object } = ${definition};\nexport default program;`],
  ] as const) {
    test(`[e2e.settings] KYC_PROGRAM may be ${name}`, async () => {
      await using directory = await temporaryDirectory();
      const path = join(directory.path, name);
      await writeFile(path, text);
      await using server = await startProcess({ dataDir: directory.path, env: { KYC_PROGRAM: path } });
      const token = await tokenFor(server.url);
      const { text: body } = await send('GET', `${server.url}/customer?type=vip`, { token });
      assert.deepEqual(Object.keys(JSON.parse(body).fields), ['first_name']);
      assert.equal((await send('GET', `${server.url}/customer?type=sep31-sender`, { token })).status, 400);
    });
  }

  test('[seed.S1] a SEP that is not active has no routes and no line in stellar.toml', async () => {
    await using directory = await temporaryDirectory();
    const env = { ACTIVE_SEPS: 'sep-1,sep-10' };
    await using server = await startProcess({ dataDir: directory.path, env });
    const toml = (await send('GET', `${server.url}/.well-known/stellar.toml`)).text;
    assert.match(toml, /WEB_AUTH_ENDPOINT/);
    assert.doesNotMatch(toml, /KYC_SERVER/);
    const token = await tokenFor(server.url);
    for (const method of ['GET', 'PUT']) {
      assert.equal((await send(method, `${server.url}/customer`, { token })).status, 404, method);
    }
  });

  test('[sep12.pre.kyc-server] [seed.S1] the default is sep-1, sep-10 and sep-12, each with its line in stellar.toml', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startProcess({ dataDir: directory.path });
    const toml = (await send('GET', `${server.url}/.well-known/stellar.toml`)).text;
    for (const line of [/^WEB_AUTH_ENDPOINT = /m, /^KYC_SERVER = /m, /^SIGNING_KEY = /m]) assert.match(toml, line);
  });
});
