import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disguised, everyTriple, expectedOfCallback, expectedOfVerification } from './authorization-endpoints-model.ts';
import { type Ask, Ground } from './authorization-ground.ts';
import { describe, everyNaming, type Subject, subjects } from './authorization-model.ts';

const code = { mobile_number_verification: '123456' };
const notAwaited = '{"error":"\'mobile_number_verification\' is invalid: no confirmation code is awaited"}';

for (const subject of subjects) {
  test(`[ruling.5] [ruling.6] [sep12.callback.404] a callback is set for whom it may and nobody else, named by account, memo and id in every combination, by ${subject.title}`, async () => {
    await using ground = await Ground.open();
    for (const [index, naming] of everyTriple.entries()) {
      const cell = `callback of ${describe(naming)} by ${subject.title}`;
      const before = ground.rows();
      const rule = expectedOfCallback(subject, naming, (customer) => ground.idOf(customer) !== undefined);
      const url = `https://wallet.example/${index}`;
      const params = { ...ground.world.paramsOf(naming), url };
      const answer = await ground.ask(subject, { method: 'PUT', path: '/customer/callback', params });
      ground.assertAnswered(cell, rule, answer, before);
      if (rule.target !== undefined) ground.assertChanged(cell, before, ground.idOf(rule.target) ?? 'nobody');
      ground.assertAlike(cell, describe(disguised(subject, naming)), answer);
      if (answer.status === 404) ground.assertAlike(cell, '404', answer);
    }
  });

  test(`[ruling.5] [ruling.6] [sep12.verification.404] a code is judged for whom it may and nobody else, named by account, memo and id in every combination, by ${subject.title}`, async () => {
    await using ground = await Ground.open();
    for (const naming of everyTriple) {
      const cell = `code of ${describe(naming)} by ${subject.title}`;
      const before = ground.rows();
      const rule = expectedOfVerification(subject, naming);
      const params = { ...ground.world.paramsOf(naming), ...code };
      const answer = await ground.ask(subject, { method: 'PUT', path: '/customer/verification', params });
      ground.assertAnswered(cell, rule, answer, before);
      ground.assertUnchanged(cell, before);
      assert.equal(answer.text === notAwaited, rule.target !== undefined, `${cell}: ${answer.text}`);
      ground.assertAlike(cell, describe(disguised(subject, naming)), answer);
      if (answer.status === 404) ground.assertAlike(cell, '404', answer);
    }
  });
}

const singleNamings = everyNaming.filter((naming) => Object.keys(naming).length <= 1);

/** Tokens that are none, made from the good one of a subject. */
const badTokens: Readonly<Record<string, (ground: Ground, subject: Subject) => Promise<string | undefined>>> = {
  'no token': async () => undefined,
  'a token that has expired': ({ anchor, world }, subject) => anchor.token(world.subOf(subject), -3600),
  'a token that another anchor signed': async ({ world }, subject) => {
    await using other = await Ground.open();
    return other.anchor.token(world.subOf(subject));
  },
  'a token whose signature is gone': async ({ anchor, world }, subject) =>
    (await anchor.token(world.subOf(subject))).replace(/[^.]+$/, ''),
};

/** Every endpoint, with all it needs beside the name of a customer. */
const endpoints: readonly Ask[] = [
  { method: 'GET', path: '/customer', params: {} },
  { method: 'PUT', path: '/customer', params: { first_name: 'Eve' } },
  { method: 'PUT', path: '/customer/callback', params: { url: 'https://wallet.example' } },
  { method: 'PUT', path: '/customer/verification', params: code },
  { method: 'GET', path: '/customer/files', params: {} },
];

for (const [title, tokenOf] of Object.entries(badTokens)) {
  test(`[ruling.8] with ${title} every endpoint answers 401 to every single naming, always alike, and changes nothing`, async () => {
    await using ground = await Ground.open();
    const before = ground.rows();
    for (const subject of subjects) {
      const token = await tokenOf(ground, subject);
      for (const naming of singleNamings) {
        const named = ground.world.paramsOf(naming);
        for (const { method, path, params } of endpoints) {
          const cell = `${method} ${path} of ${describe(naming)} as ${subject.title} with ${title}`;
          const customer = named['id'] === undefined ? {} : { customer_id: named['id'] };
          const answer = await ground.askWith(token, { method, path, params: { ...named, ...customer, ...params } });
          assert.equal(answer.status, 401, cell);
          assert.equal(answer.headers['www-authenticate'], 'Bearer', cell);
          ground.assertAlike(cell, '401', answer);
        }
      }
      ground.assertUnchanged(title, before);
    }
  });
}
