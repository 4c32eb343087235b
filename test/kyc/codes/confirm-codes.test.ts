import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmCodes } from '../../../src/kyc/codes/confirm-codes.ts';
import { changed, lastCode, minuteMs, openCodeWorld, otherThan } from './code-world.ts';

const wrong = 'The provided confirmation code was invalid.';
const tries = 'There were too many wrong confirmation codes. Enter the number or address again to get a new one.';
const expired = 'The confirmation code has expired. Enter the number or address again to get a new one.';
const notAwaited = "'email_address_verification' is invalid: no confirmation code is awaited";

test('[codes.right] [ruling.15] the right code confirms; the same again within its life changes nothing, later it is not awaited', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  await world.send();
  const code = { email_address: lastCode(world.email) };
  assert.equal(await world.guess(ada, code), 'confirmed');
  for (let time = 0; time < 20; time++) assert.equal(await world.guess(ada, code), 'nothing new');
  assert.equal(await world.guess(ada, { email_address: otherThan(code.email_address) }), notAwaited);
  world.now += 10 * minuteMs;
  assert.equal(await world.guess(ada, code), notAwaited);
});

test('[codes.once] a right code whose confirmation was not written down confirms again, and only within its life', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  await world.send();
  const code = { email_address: lastCode(world.email) };
  assert.equal(await world.guess(ada, code), 'confirmed');
  ada.facts['email_address'] = { rev: ada.version };
  assert.equal(await world.guess(ada, code), 'confirmed');
  ada.facts['email_address'] = { rev: ada.version };
  world.now += 10 * minuteMs;
  assert.equal(await world.guess(ada, code), expired);
});

test('[codes.tries] [ruling.22] the fifth wrong code voids it: the right one does not help any more, a new one does', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  await world.send();
  const code = lastCode(world.email);
  for (let by = 1; by <= 5; by++) assert.equal(await world.guess(ada, { email_address: otherThan(code, by) }), wrong);
  assert.equal(await world.guess(ada, { email_address: code }), tries);
  world.now += minuteMs;
  const subject = { customerId: ada.id, field: 'email_address', rev: ada.version };
  assert.equal(await world.store.codes.requestCode(subject, new Date(world.now)), true);
  assert.equal(await world.send(), 1);
  assert.equal(await world.guess(ada, { email_address: lastCode(world.email) }), 'confirmed');
});

test('[codes.tries] of a hundred guesses at once at most five are compared', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  await world.send();
  const code = lastCode(world.email);
  let compared = 0;
  const { codes } = world.store;
  const watched = changed(codes, {
    takeTry: async (subject, now) => {
      const taken = await codes.takeTry(subject, now);
      if (taken.outcome === 'counted') compared += 1;
      return taken;
    },
  });
  const parts = { store: { codes: watched }, program: world.program };
  const guesses = Array.from({ length: 100 }, (_, by) => new Map([['email_address', otherThan(code, by + 1)]]));
  const results = await Promise.allSettled(
    guesses.map((given) => confirmCodes(parts, ada, given, new Date(world.now))),
  );
  const told = results.map((result) => (result.status === 'rejected' ? (result.reason as Error).message : 'confirmed'));
  assert.equal(compared, 5);
  assert.equal(told.filter((message) => message === wrong).length, 5);
  assert.equal(told.filter((message) => message === tries).length, 95);
});

test('[codes.expired] [ruling.22] after ten minutes the right code is refused', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com' });
  await world.send();
  world.now += 10 * minuteMs;
  assert.equal(await world.guess(ada, { email_address: lastCode(world.email) }), expired);
});

test('[codes.rev] [ruling.22] a new value voids the code of the old one; a code of another customer or field is wrong', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com', mobile_number: '+14155550100' });
  const eve = await world.customer({ email_address: 'eve@example.com' });
  await world.send();
  const codeOf = (id: string): string => world.email.sent.find(({ customerId }) => customerId === id)?.code ?? '';
  assert.equal(
    await world.guess(eve, { email_address: codeOf(ada.id) }),
    codeOf(ada.id) === codeOf(eve.id) ? 'confirmed' : wrong,
  );
  const old = codeOf(ada.id);
  await world.give(ada, 'email_address', 'countess@example.com');
  assert.equal(await world.guess(ada, { email_address: old }), wrong);
  assert.equal(
    await world.guess(ada, { mobile_number: lastCode(world.sms) }),
    'confirmed',
    'that of another field is untouched',
  );
  await world.send();
  const fresh = lastCode(world.email);
  assert.equal(await world.guess(ada, { email_address: old === fresh ? otherThan(old) : old }), wrong);
  assert.equal(await world.guess(ada, { email_address: fresh }), 'confirmed');
});

test('[codes.several] of several codes the wrong one is named, and the right one may be sent again', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com', mobile_number: '+14155550100' });
  await world.send();
  const [email, sms] = [lastCode(world.email), lastCode(world.sms)];
  const both = { email_address: email, mobile_number: otherThan(sms) };
  assert.equal(await world.guess(ada, both), `'mobile_number_verification' is invalid: ${wrong}`);
  assert.equal(await world.guess(ada, { email_address: email, mobile_number: sms }), 'confirmed');
  assert.deepEqual(
    Object.values(ada.facts).map(({ confirmed }) => confirmed),
    [world.now, world.now],
  );
});

test('[codes.none] a field that is not verified, not given or not known awaits no code', async () => {
  await using world = await openCodeWorld();
  const ada = await world.customer({ email_address: 'ada@example.com', city: 'London' });
  const none = 'is invalid: no confirmation code is awaited';
  assert.equal(await world.guess(ada, { city: '123456' }), `'city_verification' ${none}`);
  assert.equal(await world.guess(ada, { mobile_number: '123456' }), `'mobile_number_verification' ${none}`);
  assert.equal(await world.guess(ada, { ada_lovelace: '123456' }), `'*_verification' ${none}`);
  assert.equal(await world.guess(ada, { email_address: '123456' }), wrong, 'one that was not sent yet is only wrong');
});
