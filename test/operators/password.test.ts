import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPassword, hashPassword, isPassword } from '../../src/operators/password.ts';

test('[operators.password] the right one is taken, whatever way its letters are composed, and no other', async () => {
  const kept = await hashPassword('motdepasse-é-ﬁn');
  assert.ok(await isPassword('motdepasse-é-ﬁn', kept));
  assert.ok(await isPassword('motdepasse-é-fin'.normalize('NFD'), kept));
  for (const wrong of ['', 'motdepasse-e-fin', 'Motdepasse-é-fin', kept]) assert.ok(!(await isPassword(wrong, kept)));
  assert.notEqual(await hashPassword('motdepasse-é-ﬁn'), kept, 'salted');
  assert.doesNotMatch(kept, /motdepasse/);
});

test('[operators.password] without a kept one none is right, and it takes as long to say so', async () => {
  const kept = await hashPassword('correct horse battery');
  const timeOf = async (known: string | undefined): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const startedAt = performance.now();
      assert.ok(!(await isPassword('wrong', known)));
      times.push(performance.now() - startedAt);
    }
    return Math.min(...times);
  };
  const [known, unknown] = [await timeOf(kept), await timeOf(undefined)];
  assert.ok(unknown > known / 2, `${unknown} ms, not ${known}`);
});

test('[operators.password] one that is easily guessed is refused by the rule it breaks', () => {
  for (const [text, rule] of [
    ['short', /12/],
    ['x'.repeat(129), /128/],
    ['aaaaaaaaaaaaaaaa', /different/],
    ['i-am-Beatrice-2026', /name/],
  ] as const) {
    assert.throws(() => checkPassword(text, 'beatrice'), { field: 'password', message: rule });
  }
  checkPassword('correct horse battery', 'beatrice');
});

test('[operators.password] many at once are refused rather than queued without end', async () => {
  const kept = await hashPassword('correct horse battery');
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => isPassword('wrong', kept)));
  const refused = outcomes.filter(({ status }) => status === 'rejected').length;
  assert.equal(refused, 20);
});
