import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodeNotSent } from '../../../src/kyc/codes/senders/code-sender.ts';
import { SealBroken } from '../../../src/vault/key-ring.ts';
import { noConsequences } from '../../store/consequences.ts';
import { randomAccount } from '../../support/test-anchor.ts';
import {
  type CodeWorld,
  changed,
  minuteMs,
  openCodeWorld,
  otherThan,
  secondMs,
  type TestCustomer,
} from './code-world.ts';

const hourMs = 60 * minuteMs;

function subjectOf(customer: TestCustomer, field = 'email_address') {
  return { customerId: customer.id, field, rev: customer.facts[field]?.rev ?? 0 };
}

async function askAnew({ store, now }: CodeWorld, customer: TestCustomer): Promise<void> {
  await store.codes.requestCode(subjectOf(customer), new Date(now), true);
}

async function standing({ store }: CodeWorld, customer: TestCustomer, field = 'email_address') {
  const found = await store.codes.findCode(customer.id, field);
  return [found?.state, found?.fault];
}

test('[codes.send] a code goes to the value, in the language its owner gave, and the log knows neither code nor address', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({
    language_code: 'es',
    email_address: 'ada@example.com',
    mobile_number: '+14155550100',
  });
  assert.equal(await world.send(), 2);
  const [mail, note] = [world.email.sent[0], world.sms.sent[0]];
  assert.deepEqual(
    [mail?.to, mail?.lang, mail?.minutes, mail?.appName],
    ['ada@example.com', 'es', 10, 'Example Anchor'],
  );
  assert.deepEqual([note?.to, note?.customerId, note?.field], ['+14155550100', ada.id, 'mobile_number']);
  assert.equal(world.lines.length, 2);
  for (const secret of [mail?.code ?? '?', note?.code ?? '?', 'ada@', '4155550100'])
    assert.ok(!world.lines.join('').includes(secret));
  assert.equal(await world.send(), 0);
});

test('[codes.send] a value that is another one, confirmed, withdrawn or not to be verified gets no code', async () => {
  await using world = await openCodeWorld();
  const [moved, done, gone] = await Promise.all(
    ['a', 'b', 'c'].map((name) => world.customer({ email_address: `${name}@example.com` })),
  );
  assert.ok(moved && done && gone);
  moved.facts['email_address'] = { rev: 99 };
  done.facts['email_address'] = { ...subjectOf(done), confirmed: 1 };
  for (const customer of [moved, done]) world.keepFacts(customer);
  const change = {
    id: gone.id,
    version: gone.version,
    set: [],
    withdraw: ['email_address'],
    files: [],
    consequences: noConsequences,
  };
  await world.store.updateCustomer(change);
  await world.store.codes.requestCode({ customerId: gone.id, field: 'city', rev: 1 }, new Date(world.now));
  assert.equal(await world.send(), 0);
  for (const customer of [moved, done, gone])
    assert.deepEqual(await standing(world, customer), ['failed', 'not_awaited']);
});

test('[codes.limits] thirty seconds lie between two codes to one address, and five in ten minutes are the most', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  const sentAt: number[] = [];
  for (let second = 0; second <= 660; second += 5) {
    await askAnew(world, ada);
    if ((await world.send()) > 0) sentAt.push(second);
    world.now += 5 * secondMs;
  }
  assert.deepEqual(sentAt, [0, 30, 60, 90, 120, 600, 630, 660]);
});

test('[codes.limits] limits hold for an address whoever names it, and for an account whatever it names and however often it registers', async () => {
  await using world = await openCodeWorld();
  const spellings = ['eve@example.com', 'Eve@example.com', 'eve+1@example.com'];
  for (const email_address of spellings) await world.customer({ email_address });
  assert.equal(await world.send(), 1, 'one mailbox');
  const account = randomAccount();
  for (let turn = 0; turn < 6; turn++) {
    const { id } = await world.customer({ email_address: `user${turn}@example.com` }, account);
    assert.equal(await world.send(), turn < 5 ? 1 : 0);
    await world.store.deleteCustomer(id);
  }
});

test('[codes.limits] a full day is not waited for: the code is given up and the log says so', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  let sent = 0;
  for (let turn = 0; turn < 12; turn++) {
    await askAnew(world, ada);
    sent += await world.send();
    world.now += 11 * minuteMs;
  }
  assert.equal(sent, 10);
  assert.deepEqual(await standing(world, ada), ['failed', 'daily_limit']);
  assert.match(world.lines.at(-1) ?? '', /"level":"warn".*daily_limit/);
  world.now += 24 * hourMs;
  await askAnew(world, ada);
  assert.equal(await world.send(), 1);
});

test('[codes.limits] an account has twenty codes a day, and SMS to everybody may have a limit of their own', async () => {
  await using world = await openCodeWorld();
  const account = randomAccount();
  let sent = 0;
  for (let turn = 0; turn < 22; turn++) {
    const { id } = await world.customer({ email_address: `user${turn}@example.com` }, account);
    sent += await world.send();
    world.now += 3 * minuteMs;
    await world.store.deleteCustomer(id);
  }
  assert.equal(sent, 20);
  const limits = { ...world.parts.limits, smsHourly: 2 };
  for (const last of [0, 1, 2]) await world.customer({ mobile_number: `+1415555010${last}` });
  assert.equal(await world.send({ limits }), 2);
  world.now += hourMs;
  assert.equal(await world.send({ limits }), 1);
});

test('[codes.destination] only countries that are served, and no number that costs its writer or is none, are written to', async () => {
  await using world = await openCodeWorld();
  const numbers = ['+525512345678', '+14155550100', '+19002345678', '+80012345678', 'b5e1'];
  const customers = await Promise.all(numbers.map((mobile_number) => world.customer({ mobile_number })));
  await world.send({ smsCountries: new Set(['MX']) });
  const faults = await Promise.all(customers.map(async (one) => (await standing(world, one, 'mobile_number'))[1]));
  const none = 'no_destination';
  assert.deepEqual(faults, [undefined, 'country_not_served', none, none, none]);
  assert.equal(world.sms.sent.length, 1);
});

test('[codes.retry] a sender that is away is asked four times and then given up; what it refuses for good at once', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  const tried: number[] = [];
  world.email.fails = () => {
    tried.push(world.now);
    return new CodeNotSent('smtp_451', false);
  };
  const began = world.now;
  for (let second = 0; second < 1800; second += 10) {
    await world.send();
    world.now += 10 * secondMs;
  }
  assert.deepEqual(
    tried.map((at) => (at - began) / secondMs),
    [0, 30, 150, 450],
  );
  assert.deepEqual(await standing(world, ada), ['failed', 'smtp_451']);
  world.email.fails = () => new CodeNotSent('smtp_550', true);
  await askAnew(world, ada);
  await world.send();
  assert.deepEqual(await standing(world, ada), ['failed', 'smtp_550']);
  assert.deepEqual(await world.store.codes.nextSendAt(), undefined);
});

test('[codes.crash] a worker that dies while it sends has counted the send; another one sends another code after the lease', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  const { codes } = world.store;
  const killed = (): Promise<never> => Promise.reject(new Error('killed'));
  const dying = changed(codes, { noteSent: killed, noteFailed: killed });
  let sent = 0;
  const sentAt: number[] = [];
  for (let minute = 0; minute < 10; minute++) {
    const left = await world.send({ store: { codes: dying } });
    if (left > 0) sentAt.push(minute);
    sent += left;
    assert.equal(await world.send(), 0, 'the lease lives');
    world.now += minuteMs;
  }
  assert.equal(sent, 5, 'five in ten minutes, however often it dies');
  const [first, last] = [world.email.sent[0]?.code ?? '', world.email.sent.at(-1)?.code ?? ''];
  world.now -= 5 * minuteMs;
  if (first !== last) assert.match(await world.guess(ada, { email_address: first }), /invalid/);
  assert.equal(await world.guess(ada, { email_address: last }), 'confirmed');
});

test('[codes.workers] two workers at once send each code once', async () => {
  await using world = await openCodeWorld();
  for (let made = 0; made < 30; made++) await world.customer({ email_address: `user${made}@example.com` });
  await Promise.all([world.send(), world.send(), world.send()]);
  assert.equal(world.email.sent.length, 30);
  assert.equal(new Set(world.email.sent.map(({ to }) => to)).size, 30);
});

test('[codes.faults] keys that are away are waited for; a value that does not open is given up; neither stops the others', async () => {
  await using world = await openCodeWorld();
  const [away, broken] = [
    await world.customer({ email_address: 'a@example.com' }),
    await world.customer({ email_address: 'b@example.com' }),
  ];
  await world.customer({ email_address: 'c@example.com' });
  const { keyRing } = world.parts;
  const troubled = changed(keyRing, {
    unwrap: async (wrapped, owner) => {
      if (owner === away.id) throw new Error('no KMS for a@example.com');
      if (owner === broken.id) throw new SealBroken('a data key');
      return keyRing.unwrap(wrapped, owner);
    },
  });
  assert.equal(await world.send({ keyRing: troubled }), 1);
  assert.deepEqual(await standing(world, away), ['due', 'unexpected']);
  assert.deepEqual(await standing(world, broken), ['failed', 'not_readable']);
  assert.ok(!world.lines.join('').includes('a@example.com'));
  world.now += 30 * secondMs;
  assert.equal(await world.send(), 1);
  assert.deepEqual(await standing(world, away), ['sent', undefined]);
});

test('[codes.patience] a code that nobody can be waiting for any more is not sent', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  world.now += hourMs + 1;
  assert.equal(await world.send(), 0);
  assert.deepEqual(await standing(world, ada), ['failed', 'too_late']);
  assert.match(await world.guess(ada, { email_address: otherThan('000000') }), /invalid/);
});
