import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeMessage, CodeSender } from '../../src/kyc/codes/senders/code-sender.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { programOf, versionOf } from './support.ts';

const program = programOf({ first_name: {}, mobile_number: { verify: true }, email_address: { verify: true } });
const data = { first_name: 'Ada', mobile_number: '+14155550123', email_address: 'ada@example.com' };

interface World extends AsyncDisposable {
  readonly anchor: TestAnchor;
  readonly sent: CodeMessage[];
  /** Resolves when so many codes were sent. */
  until(count: number): Promise<void>;
  /** The code last sent to an address. */
  codeTo(to: string): string;
  later(ms: number): void;
}

async function openWorld(): Promise<World> {
  const sent: CodeMessage[] = [];
  let ahead = 0;
  const send = async (message: CodeMessage): Promise<void> => void sent.push(message);
  const codeSenders: CodeSender[] = [
    { channel: 'sms', send },
    { channel: 'email', send },
  ];
  const clock = { now: () => new Date(Date.now() + ahead) };
  const anchor = await openTestAnchor({ program, codeSenders, clock });
  return {
    anchor,
    sent,
    until: async (count) => {
      for (let n = 0; n < 500 && sent.length < count; n++) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.equal(sent.length, count);
    },
    codeTo: (to) => sent.findLast((message) => message.to === to)?.code ?? assert.fail('nothing was sent'),
    later: (ms) => {
      ahead += ms;
    },
    [Symbol.asyncDispose]: () => anchor[Symbol.asyncDispose](),
  };
}

/** A code that is not that one. */
function wrong(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

test('[sep12.provided.verification] a value that awaits its code is VERIFICATION_REQUIRED, and nothing is missing beside it', async () => {
  await using world = await openWorld();
  const sub = randomAccount();
  await world.anchor.json(sub, 'PUT', '/customer', data);
  const { body } = await world.anchor.json(sub, 'GET', '/customer');
  assert.equal(body.status, 'NEEDS_INFO');
  assert.deepEqual(body.fields, {});
  const statuses = Object.entries<{ status: string }>(body.provided_fields).map(([name, { status }]) => [name, status]);
  assert.deepEqual(Object.fromEntries(statuses), {
    first_name: 'ACCEPTED',
    mobile_number: 'VERIFICATION_REQUIRED',
    email_address: 'VERIFICATION_REQUIRED',
  });
  await world.until(2);
  assert.deepEqual(world.sent.map(({ to }) => to).sort(), ['+14155550123', 'ada@example.com']);
});

test('[sep12.put.verification] [ruling.22] [ruling.15] codes that come as fields confirm their values; a wrong one is 400 and confirms nothing', async () => {
  await using world = await openWorld();
  const { anchor } = world;
  const sub = randomAccount();
  const put = (body: object) => anchor.json(sub, 'PUT', '/customer', body);
  const { body: registered } = await put(data);
  await world.until(2);
  const [sms, mail] = [world.codeTo(data.mobile_number), world.codeTo(data.email_address)];
  const refused = await put({ mobile_number_verification: wrong(sms), first_name: 'Eve' });
  assert.deepEqual([refused.status, refused.body], [400, { error: 'The provided confirmation code was invalid.' }]);
  const version = versionOf(anchor, registered.id);
  assert.equal((await put({ mobile_number_verification: sms })).status, 202);
  assert.equal((await anchor.json(sub, 'GET', '/customer')).body.status, 'NEEDS_INFO', 'the other one is awaited');
  const last = await anchor.json(sub, 'PUT', '/customer/verification', {
    id: registered.id,
    email_address_verification: mail,
  });
  assert.deepEqual([last.status, last.body.status], [200, 'ACCEPTED']);
  const confirmed = versionOf(anchor, registered.id);
  assert.equal(confirmed, Number(version) + 2);
  for (let n = 0; n < 3; n++) assert.equal((await put({ mobile_number_verification: sms })).status, 202);
  assert.equal((await put(data)).status, 202);
  assert.equal(versionOf(anchor, registered.id), confirmed, 'the same again changes nothing');
  assert.equal(world.sent.length, 2, 'and sends nothing');
});

test('[sep12.put.verification] [ruling.22] another value voids the code of the one before', async () => {
  await using world = await openWorld();
  const sub = randomAccount();
  await world.anchor.json(sub, 'PUT', '/customer', data);
  await world.until(2);
  const old = world.codeTo(data.mobile_number);
  await world.anchor.json(sub, 'PUT', '/customer', { mobile_number: '+14155550199' });
  const refused = await world.anchor.json(sub, 'PUT', '/customer', { mobile_number_verification: old });
  assert.equal(refused.status, 400);
  await world.until(3);
  const fresh = { mobile_number_verification: world.codeTo('+14155550199') };
  assert.equal((await world.anchor.json(sub, 'PUT', '/customer', fresh)).status, 202);
});

test('[sep12.put.verification] [ruling.22] a code that has expired is told so, and the same value sent again asks for another one', async () => {
  await using world = await openWorld();
  const sub = randomAccount();
  const put = (body: object) => world.anchor.json(sub, 'PUT', '/customer', body);
  await put(data);
  await world.until(2);
  const old = { mobile_number_verification: world.codeTo(data.mobile_number) };
  await put({ mobile_number: data.mobile_number });
  assert.equal(world.sent.length, 2, 'while a code is good, no other one is sent');
  world.later(11 * 60_000);
  const refused = await put(old);
  assert.equal(refused.status, 400);
  assert.match(refused.body.error, /expired/);
  await put({ mobile_number: data.mobile_number, first_name: 'Augusta' });
  await world.until(3);
  const code = world.codeTo(data.mobile_number);
  assert.equal((await put({ mobile_number_verification: code })).status, 202);
});
