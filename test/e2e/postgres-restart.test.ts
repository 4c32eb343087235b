import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { signerFromSeed } from '../../src/stellar/ed25519.ts';
import { type BuiltServer, freshSecrets, startBuiltServer } from '../support/built-server.ts';
import { type CallbackReceiver, callbackReceiver } from '../support/callback-receiver.ts';
import { createDatabase, query } from '../support/postgres.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { type Answer, send } from './requests.ts';

const wallets = 6;

/** Everybody is accepted once a check has run, which is work behind the requests. */
const program = {
  types: { basic: { decision: 'automatic', fields: { given_name: {}, family_name: {} }, checks: ['formats'] } },
  checks: { formats: { use: 'formats' } },
};

/** What the wallets saw. */
interface Seen {
  /** Ids of customers whose last PUT was acknowledged. */
  readonly done: string[];
  started: number;
  refused: number;
  /** When a request was last acknowledged. */
  acknowledgedAt: number;
}

test('[e2e.postgres.restart] while PostgreSQL is away or restarts, requests are 503 with Retry-After; then everything goes on by itself, with no work lost or done twice', async (t) => {
  const postgres = await startPostgres();
  await using database = await createDatabase(postgres.url);
  await using directory = await temporaryDirectory();
  const secrets = freshSecrets();
  await using receiver = await callbackReceiver(signerFromSeed(secrets.signingSeed).publicKey);
  const file = join(directory.path, 'program.json');
  await writeFile(file, JSON.stringify(program));
  await using webhook = await eventReceiver();
  const endpoint = { url: webhook.url, secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`, allowPrivate: true };
  const environment = {
    ...{ DATABASE_URL: database.url, KYC_PROGRAM: file },
    OPERATOR_WEBHOOKS: JSON.stringify([{ ...endpoint, events: ['customer.created', 'customer.status_changed'] }]),
  };
  await using server = await startBuiltServer({ dataDir: join(directory.path, 'data'), secrets, environment });
  const stop = new AbortController();
  const seen: Seen = { done: [], started: 0, refused: 0, acknowledgedAt: 0 };
  const walking = Promise.all(
    Array.from({ length: wallets }, () => keepRegistering(server, receiver, seen, stop.signal)),
  );
  walking.catch(() => {});
  await delay(1000);
  const recoveries: number[] = [];
  for (const how of ['SIGINT', 'SIGQUIT'] as const) recoveries.push(await interrupt(postgres, how, server, seen));
  await delay(500);
  stop.abort();
  await walking;
  t.diagnostic(JSON.stringify({ ...seen, done: seen.done.length, recoveries: recoveries.map(Math.round) }));
  assert.ok(seen.refused > 0 && seen.done.length > wallets);
  assert.ok(server.isRunning(), server.output());
  await endLeases(database.url);
  await assertWorkIsDone(database.url, receiver, seen);
  await assertEventsAreTold(database.url, webhook.events, seen);
  assert.ok(!server.output().includes(new URL(database.url).password), 'the password is in no log');
});

/** Answers how long it took from the start of the database to the next acknowledged request. */
async function interrupt(
  postgres: PostgresServer,
  how: 'SIGINT' | 'SIGQUIT',
  server: BuiltServer,
  seen: Seen,
): Promise<number> {
  await postgres.stop(how);
  await delay(1200);
  const { status } = await send('GET', `http://localhost:${server.port}/health`);
  assert.equal(status, 503);
  await postgres.start();
  const startedAt = performance.now();
  while (seen.acknowledgedAt < startedAt) await delay(5);
  return seen.acknowledgedAt - startedAt;
}

/** One customer after the other, in three requests each; a wallet that is told to come later does. */
async function keepRegistering(
  server: BuiltServer,
  receiver: CallbackReceiver,
  seen: Seen,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const token = await server.token(randomAccount());
    seen.started++;
    await put(server, token, seen, '/customer', { given_name: 'Ada' });
    await put(server, token, seen, '/customer/callback', { url: receiver.url });
    const { text } = await put(server, token, seen, '/customer', { family_name: 'Lovelace' });
    seen.done.push((JSON.parse(text) as { id: string }).id);
  }
}

async function put(server: BuiltServer, token: string, seen: Seen, path: string, body: object): Promise<Answer> {
  for (;;) {
    const answer = await send('PUT', `http://localhost:${server.port}${path}`, { token, body });
    if (answer.status !== 503) {
      assert.ok([200, 202].includes(answer.status), `${answer.status} ${answer.text}`);
      seen.acknowledgedAt = performance.now();
      return answer;
    }
    assert.match(String(answer.headers['retry-after']), /^[1-9]\d*$/);
    seen.refused++;
    await delay(50);
  }
}

/** What the server held when the database went away is free again when its lease ends: that moment is made to come sooner. */
async function endLeases(url: string): Promise<void> {
  await delay(3000);
  await query(url, 'update check_runs set lease_until = 0 where lease_until is not null');
  await query(url, `update deliveries set next_at = 0 where state = 'pending' and lease is not null`);
}

async function assertWorkIsDone(url: string, { posts }: CallbackReceiver, { done, started }: Seen): Promise<void> {
  const left = 'select (select count(*) from check_runs) + (select count(*) from deliveries where state = $1) as count';
  for (let tries = 0; tries < 400; tries++) {
    const [row] = await query<{ count: string }>(url, left, ['pending']);
    if (Number(row?.count) === 0) break;
    await delay(250);
  }
  assert.deepEqual(await query(url, left, ['pending']), [{ count: '0' }]);
  const customers = await query<{ id: string; moves: string }>(
    url,
    `select c.id, (select count(*) from moves m where m.customer_id = c.id and m.to_state = 'accepted') as moves from customers c`,
  );
  assert.equal(customers.length, started, 'nobody is there twice');
  assert.deepEqual(new Set(customers.map(({ moves }) => moves)), new Set(['1']), 'everybody was accepted once');
  const told = posts.map(({ body }) => JSON.parse(body.toString()) as { id: string; status: string });
  const accepted = Map.groupBy(told, ({ id, status }) => `${id} ${status}`);
  for (const id of done) assert.equal(accepted.get(`${id} ACCEPTED`)?.length, 1, `${id} was told once`);
}

/** An event, by the id that it keeps at every attempt. */
interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly customer: string;
}

/** An endpoint of the anchor's own. */
async function eventReceiver(): Promise<{ url: string; events: ReceivedEvent[] } & AsyncDisposable> {
  const events: ReceivedEvent[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { type, data } = JSON.parse(Buffer.concat(chunks).toString()) as {
      type: string;
      data: { customer_id: string };
    };
    events.push({ id: String(request.headers['webhook-id']), type, customer: data.customer_id });
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    events,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Each event was made once, however often it was sent: at least once is what is promised, by an id that stays. */
async function assertEventsAreTold(
  url: string,
  events: readonly ReceivedEvent[],
  { done, started }: Seen,
): Promise<void> {
  assert.deepEqual(await query(url, 'select id from outbox_events'), []);
  const states = await query<{ state: string }>(url, `select distinct state from deliveries where kind = 'event'`);
  assert.deepEqual(states, [{ state: 'delivered' }]);
  const ofType = (type: string): Map<string, Set<string>> => {
    const found = Map.groupBy(
      events.filter((event) => event.type === type),
      ({ customer }) => customer,
    );
    return new Map([...found].map(([customer, all]) => [customer, new Set(all.map(({ id }) => id))]));
  };
  const created = ofType('customer.created');
  assert.equal(created.size, started);
  assert.ok([...created.values()].every((ids) => ids.size === 1));
  const changed = ofType('customer.status_changed');
  const counts = new Set(done.map((id) => changed.get(id)?.size));
  assert.equal(counts.size, 1, `everybody went the same way, in as many events: ${[...counts].join(', ')}`);
}
