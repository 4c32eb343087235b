import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Anchor, createAnchor, type Options } from 'anchor-kyc';
import { start as startExpress } from '../../examples/express.ts';
import { start as startFastify } from '../../examples/fastify.ts';
import { start as startNodeHttp } from '../../examples/node-http.ts';
import { openForProduction } from '../../examples/production.ts';
import { start as startAtRoot } from '../../examples/root-mount.ts';
import { openApp } from '../../examples/web-standard.ts';
import { freePort } from '../e2e/started-process.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { post, readAnswer, type Send, Wallet } from './wallet.ts';

/** An app under test: how to reach it and how to stop it. */
interface App {
  readonly url: string;
  readonly send: Send;
  close(): Promise<void>;
}

type Open = (options: Options) => Promise<App>;

type Start = (port: number, options: Options) => Promise<{ url: string; close(): Promise<void> }>;

const overNetwork =
  (start: Start): Open =>
  async (options) => ({ ...(await start(await freePort(), options)), send: (request) => fetch(request) });

const webStandard: Open = async (options) => {
  const { fetch: send, close } = await openApp(options);
  return { url: 'http://localhost:3000', send, close };
};

describe('[embed.node-http] the example in plain node:http', () => testMount(overNetwork(startNodeHttp)));
describe('[embed.express] the example in Express', () => {
  testMount(overNetwork(startExpress));
  testOwnJson(startExpress);
});
describe('[embed.fastify] the example in Fastify', () => {
  testMount(overNetwork(startFastify));
  testOwnJson(startFastify);
});
describe('[embed.fetch] the example with Request and Response', () => testMount(webStandard));

/** What holds wherever the handler is mounted under `/kyc`, beside routes of the app's own. */
function testMount(open: Open): void {
  let app: App;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  const wallet = (memo?: string) => new Wallet(app.send).signIn(app.url, memo);

  before(async () => {
    directory = await temporaryDirectory();
    app = await open({ dataDir: directory.path, logLevel: 'silent' });
  });
  after(async () => {
    await app.close();
    await directory[Symbol.asyncDispose]();
  });

  test('[embed.mount] a wallet finds the anchor, signs in, is asked, answers in JSON and with a photo, and erases itself', async () => {
    const customer = await wallet();
    const stranger = await customer.get();
    assert.equal(stranger.status, 200);
    assert.equal(stranger.body.status, 'NEEDS_INFO');
    assert.deepEqual(Object.keys(stranger.body.fields), [
      'first_name',
      'email_address',
      'photo_id_front',
      'occupation',
    ]);

    const first = await customer.put({ first_name: 'Ada', email_address: 'ada@example.com' });
    assert.equal(first.status, 202);
    const { id } = first.body;
    assert.deepEqual(Object.keys((await customer.get({ id })).body.fields), ['photo_id_front', 'occupation']);

    assert.deepEqual(await customer.putPhoto({ id, occupation: 'mathematician' }), { status: 202, body: { id } });
    const { body } = await customer.get();
    assert.equal(body.status, 'ACCEPTED');
    assert.equal(body.id, id);
    assert.equal(Object.keys(body.provided_fields).length, 4);

    assert.deepEqual(await customer.delete(), { status: 200, body: {} });
    assert.equal((await customer.get({ id })).status, 404);
    assert.equal((await customer.get()).body.id, undefined);
  });

  test('[embed.mount] what the integration refuses becomes 400 or 404 with its message', async () => {
    const customer = await wallet();
    assert.deepEqual(await customer.put({ email_address: 'nobody' }), {
      status: 400,
      body: { error: "'email_address' is invalid: expected an e-mail address" },
    });
    assert.equal((await customer.put({ photo_id_front: '[object File]' })).status, 400);
    assert.deepEqual(await customer.delete(), { status: 404, body: { error: 'customer not found' } });
    assert.deepEqual(await customer.get({ id: 'unknown' }), { status: 404, body: { error: 'customer not found' } });
  });

  test('[embed.mount] an id reaches only the customers of the account and memo that are signed in', async () => {
    const plain = await wallet();
    const { id } = (await plain.put({ memo: '7', first_name: 'Ada' })).body;
    assert.equal((await plain.get({ id })).status, 200, 'the account itself');
    assert.equal((await plain.get({ id, memo: '8' })).status, 400, 'the account, naming somebody else');
    assert.equal((await (await wallet()).get({ id })).status, 404, 'another account');
    const shared = await wallet('7');
    const own = await shared.put({ first_name: 'Grace' });
    assert.equal((await shared.get({ id: own.body.id })).status, 200, 'the memo itself');
    assert.equal((await shared.get({ id })).status, 404, 'the same memo of another account');
  });

  test('[embed.mount] routes of the app itself answer beside it', async () => {
    const hello = await readAnswer(await app.send(new Request(`${app.url}/hello`)));
    assert.deepEqual(hello, { status: 200, body: { hello: 'world' } });
    assert.equal((await app.send(new Request(`${app.url}/nowhere`))).status, 404);
  });

  test('[embed.mount] what it does not serve under its path is 404, without a token 401, left out by the integration 501', async () => {
    const answer = async (path: string, init?: RequestInit) =>
      readAnswer(await app.send(new Request(`${app.url}${path}`, init)));
    assert.deepEqual(await answer('/kyc/nowhere'), { status: 404, body: { error: 'no such endpoint' } });
    assert.equal((await answer('/kyc/customer')).status, 401);
    assert.equal((await answer('/kyc/customer', { method: 'OPTIONS' })).status, 204);
    const callback = await (await wallet()).put({ url: 'https://wallet.example' }, '/customer/callback');
    assert.deepEqual(callback, { status: 501, body: { error: 'not implemented' } });
    assert.equal((await answer('/kyc/health')).status, 200);
    assert.equal((await answer('/kyc//customer/')).status, 401, 'slashes that clients add');
  });
}

function testOwnJson(start: Start): void {
  test('[embed.own-json] JSON bodies of the app itself are still parsed', async () => {
    await using directory = await temporaryDirectory();
    const app = await start(await freePort(), { dataDir: directory.path, logLevel: 'silent' });
    const hello = await readAnswer(await fetch(post(`${app.url}/hello`, { name: 'Ada' })));
    assert.deepEqual(hello, { status: 200, body: { hello: 'Ada' } });
    await app.close();
  });
}

/** An anchor in a directory of its own, gone when the scope ends. */
async function openAnchor(hostUrl: string): Promise<AsyncDisposable & { readonly anchor: Anchor }> {
  const directory = await temporaryDirectory();
  const anchor = await createAnchor({ hostUrl, localMode: true, dataDir: directory.path, logLevel: 'silent' });
  const dispose = async (): Promise<void> => {
    await anchor.close();
    await directory[Symbol.asyncDispose]();
  };
  return { anchor, [Symbol.asyncDispose]: dispose };
}

test('[embed.express] at the root of a domain its paths are listed, and wallets are served just so', async () => {
  await using directory = await temporaryDirectory();
  const app = await startAtRoot(await freePort(), { dataDir: directory.path, logLevel: 'silent' });
  const customer = await new Wallet(fetch).signIn(app.url);
  const { id } = (await customer.putPhoto({ type: 'sep6-withdraw', first_name: 'Ada' })).body;
  assert.equal((await customer.get({ type: 'sep6-withdraw' })).body.id, id);
  assert.equal((await customer.delete()).status, 200);
  assert.equal((await fetch(`${app.url}/hello`)).status, 200);
  await app.close();
});

test('[embed.node-http] a proxy that takes the path of HOST_URL off changes nothing', async () => {
  const port = await freePort();
  const app = `http://localhost:${port}`;
  await using opened = await openAnchor(`${app}/kyc`);
  const server = createServer((request, response) => {
    request.url = (request.url ?? '').replace(/^\/kyc/, '');
    return opened.anchor.nodeHandler(request, response);
  }).listen(port, 'localhost');
  const customer = await new Wallet(fetch).signIn(app);
  assert.equal((await customer.putPhoto({ first_name: 'Ada' })).status, 202);
  assert.equal((await customer.delete()).status, 200);
  await new Promise((closed) => server.close(closed));
});

test('[embed.fastify] bodies that Fastify itself would refuse are for the anchor to judge', async () => {
  await using directory = await temporaryDirectory();
  const port = await freePort();
  const app = await startFastify(port, { dataDir: directory.path, logLevel: 'silent' });
  const headers = { 'Content-Type': 'application/json' };
  for (const init of [{ headers, body: '' }, { body: new Uint8Array(2_000_000) }, { headers, body: '{' }]) {
    const response = await fetch(`${app.url}/kyc/customer`, { method: 'PUT', ...init });
    assert.deepEqual(await readAnswer(response), { status: 401, body: { error: 'missing token' } });
  }
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const untyped = httpRequest(`${app.url}/kyc/auth`, { method: 'POST' }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  untyped.end('transaction=AAAA');
  assert.equal(await promise, 400);
  await app.close();
});

test('[embed.fetch] two first requests at once make one customer', async () => {
  await using directory = await temporaryDirectory();
  const app = await openApp({ dataDir: directory.path, logLevel: 'silent' });
  const customer = await new Wallet(app.fetch).signIn('http://localhost:3000');
  const answers = await Promise.all([customer.putPhoto(), customer.put({ first_name: 'Ada' }), customer.putPhoto()]);
  assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
  assert.deepEqual(Object.keys((await customer.get()).body.provided_fields), ['first_name', 'photo_id_front']);
  await app.close();
});

test('[embed.node-http] in production the options must be complete: what is missing is named', async () => {
  await assert.rejects(openForProduction({}), (error: Error) => {
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /signingSeed: .*\n.*serverJwtKey: /);
    return true;
  });
});

for (const name of ['node-http', 'express', 'fastify', 'root-mount']) {
  test(`[embed.run] examples/${name}.ts runs by itself`, async () => {
    await using directory = await temporaryDirectory();
    const port = await freePort();
    const child = spawn(process.execPath, [exampleFile(`${name}.ts`)], {
      cwd: directory.path,
      env: { PATH: process.env['PATH'], PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(line.toString(), `http://localhost:${port}\n`);
    assert.equal((await fetch(`http://localhost:${port}/hello`)).status, 200);
    child.kill();
    await once(child, 'close');
  });
}

test('[embed.run] examples/web-standard.ts runs by itself', async () => {
  await using directory = await temporaryDirectory();
  const child = spawn(process.execPath, [exampleFile('web-standard.ts')], { cwd: directory.path });
  assert.match(await text(child.stdout), /KYC_SERVER = "http:\/\/localhost:3000\/kyc"/);
});

function exampleFile(name: string): string {
  return fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
}
