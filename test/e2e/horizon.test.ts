import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { Keypair } from '@stellar/stellar-sdk';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { type Answer, exchangeChallenge, type SignIn, send } from './requests.ts';
import { type StartedProcess, startProcess } from './started-process.ts';

/** How heavy each key of an account is, and what it takes to move funds. */
interface Account {
  readonly weights: readonly (readonly [Keypair, number])[];
  readonly mediumThreshold: number;
}

type Behaviour = 'answers' | 'fails' | 'hangs' | 'is another web server';

/** A stand-in for Horizon: it answers `/accounts/{id}` in Horizon's shape and knows nothing else. */
class HorizonStandIn implements AsyncDisposable {
  readonly accounts = new Map<string, Account>();
  readonly asked: string[] = [];
  behaviour: Behaviour = 'answers';
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      if (this.behaviour === 'hangs') return;
      const [status, body] = this.#answer(request.url ?? '');
      response.writeHead(status, {
        'Content-Type': status === 200 ? 'application/hal+json' : 'application/problem+json',
      });
      response.end(body);
    });
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Horizon goes away: nobody listens on its port any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(url: string): [status: number, body: string] {
    if (this.behaviour === 'fails') return [500, JSON.stringify({ type: 'server_error', status: 500 })];
    if (this.behaviour === 'is another web server') return [404, '<h1>Not Found</h1>'];
    const id = url.replace('/accounts/', '');
    const account = this.accounts.get(id);
    if (account === undefined) return [404, JSON.stringify(notFound)];
    const { weights, mediumThreshold } = account;
    const signers = weights.map(([keypair, weight]) => {
      const key = keypair.publicKey();
      return { weight, key, type: 'ed25519_public_key' };
    });
    const thresholds = { low_threshold: 0, med_threshold: mediumThreshold, high_threshold: 255 };
    return [200, JSON.stringify({ id, account_id: id, sequence: '1', thresholds, signers })];
  }
}

const notFound = { type: 'https://stellar.org/horizon-errors/not_found', title: 'Resource Missing', status: 404 };

interface Stage extends AsyncDisposable {
  readonly horizon: HorizonStandIn;
  readonly server: StartedProcess;
}

async function setStage(): Promise<Stage> {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory());
  const horizon = stack.use(new HorizonStandIn());
  const env = { HORIZON_URI: await horizon.listen() };
  const server = stack.use(await startProcess({ dataDir: directory.path, env }));
  return { horizon, server, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function signIn({ server }: Stage, who: SignIn): Promise<Answer> {
  return exchangeChallenge(server.url, who);
}

function assertNoToken(answer: Answer, status: number): void {
  assert.equal(answer.status, status, answer.text);
  const { error, token } = JSON.parse(answer.text) as Record<string, unknown>;
  assert.equal(typeof error, 'string');
  assert.equal(token, undefined);
}

suite('signing in with a Horizon server (a local stand-in) that knows the signers', { concurrency: 2 }, () => {
  test('[e2e.horizon] signers of an account sign in together once they reach its medium threshold', async () => {
    await using stage = await setStage();
    const [keypair, second, third, stranger] = Array.from({ length: 4 }, () => Keypair.random());
    assert.ok(keypair && second && third && stranger);
    const weights = [
      [keypair, 1],
      [second, 2],
      [third, 2],
    ] as const;
    stage.horizon.accounts.set(keypair.publicKey(), { weights, mediumThreshold: 3 });
    for (const signers of [
      [keypair, second],
      [second, third],
      [keypair, second, third],
    ]) {
      assert.equal((await signIn(stage, { keypair, signers })).status, 200);
    }
    for (const signers of [[keypair], [second], [stranger], [keypair, stranger], [keypair, second, stranger]]) {
      assertNoToken(await signIn(stage, { keypair, signers }), 400);
    }
    assert.equal((await signIn(stage, { keypair, signers: [second, third], memo: '7' })).status, 200);
    assert.deepEqual(new Set(stage.horizon.asked), new Set([`/accounts/${keypair.publicKey()}`]));
  });

  test('[e2e.horizon] a master key that has lost its weight signs nobody in', async () => {
    await using stage = await setStage();
    const [keypair, heir] = [Keypair.random(), Keypair.random()];
    const weights = [
      [keypair, 0],
      [heir, 1],
    ] as const;
    stage.horizon.accounts.set(keypair.publicKey(), { weights, mediumThreshold: 0 });
    assertNoToken(await signIn(stage, { keypair }), 400);
    assert.equal((await signIn(stage, { keypair, signers: [heir] })).status, 200);
  });

  test('[e2e.horizon] an account that Horizon does not know signs in with exactly its master key', async () => {
    await using stage = await setStage();
    const [keypair, stranger] = [Keypair.random(), Keypair.random()];
    const { status, text } = await signIn(stage, { keypair });
    assert.equal(status, 200);
    const token = (JSON.parse(text) as { token: string }).token;
    assert.equal((await send('GET', `${stage.server.url}/customer`, { token })).status, 200);
    assertNoToken(await signIn(stage, { keypair, signers: [stranger] }), 400);
    assertNoToken(await signIn(stage, { keypair, signers: [keypair, stranger] }), 400);
  });

  for (const behaviour of ['fails', 'is another web server', 'hangs'] as const) {
    test(`[e2e.horizon] a Horizon that ${behaviour} is 503 with Retry-After, never a token`, async () => {
      await using stage = await setStage();
      stage.horizon.behaviour = behaviour;
      const keypair = Keypair.random();
      const answer = await signIn(stage, { keypair });
      assertNoToken(answer, 503);
      assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
      stage.horizon.behaviour = 'answers';
      assert.equal((await signIn(stage, { keypair })).status, 200, 'and it is back when Horizon is');
    });
  }

  test('[e2e.horizon] a Horizon that is gone is 503 with Retry-After, and what needs no sign-in goes on', async () => {
    await using stage = await setStage();
    const known = await signIn(stage, { keypair: Keypair.random() });
    const { token } = JSON.parse(known.text) as { token: string };
    await stage.horizon[Symbol.asyncDispose]();
    const answer = await signIn(stage, { keypair: Keypair.random() });
    assertNoToken(answer, 503);
    assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
    assert.equal((await send('GET', `${stage.server.url}/customer`, { token })).status, 200);
    assert.equal((await send('GET', `${stage.server.url}/health`)).status, 200);
    assert.equal(stage.server.stderr(), '');
  });
});
