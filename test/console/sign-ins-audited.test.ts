import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine } from '../../src/operators/staff.ts';
import { openConsoleGround, password, postForm, sessionOf } from './console-ground.ts';

/** The trail's lines about operators, in the order of writing. */
async function linesOf(store: Awaited<ReturnType<typeof openConsoleGround>>['store']) {
  const lines = await store.audit.list({}, 1000);
  return lines.filter(({ action }) => action.startsWith('operator.'));
}

test('[console.audited] who came in, who was kept out and locked out, who went, and whose role was changed is in the audit trail; what was typed is not', async () => {
  const state = { now: Date.now() };
  await using ground = await openConsoleGround({ clock: { now: () => new Date(state.now) } });
  const { url, store, staff } = ground;
  await ground.addOperator('rob', 'reviewer');
  const enter = (name: string, word: string): Promise<Response> =>
    postForm(url, '/console/sign-in', { name, password: word, code: '' });
  for (let tries = 0; tries < 9; tries++) {
    await enter('ROB', 'wrong-secret-word');
    await enter('nobody-of-that-name', 'wrong-secret-word');
  }
  state.now += 31_000;
  const { cookie, formToken } = await sessionOf(url, 'rob');
  const form = { form_token: formToken, present: 'wrong-secret-word', next: 'another long password' };
  assert.equal((await postForm(url, '/console/account/password', form, { cookie })).status, 400);
  await postForm(url, '/console/sign-out', { form_token: formToken }, { cookie });
  const rob = await store.operators.findByName('rob');
  await staff.changeRole(commandLine, rob?.id ?? '', 'lead');
  const lines = await linesOf(store);
  assert.deepEqual(
    lines.map(({ action, actor }) => [action, actor.kind, actor.id].filter((part) => part !== undefined).join(' ')),
    [
      'operator.invited cli',
      'operator.signed-up operator rob',
      ...Array.from({ length: 5 }, () => 'operator.refused stranger'),
      'operator.locked-out stranger',
      'operator.signed-in operator rob',
      'operator.refused stranger',
      'operator.signed-out operator rob',
      'operator.changed cli',
    ],
    'attempts while nobody is let in, and those of names that nobody has, add no lines: nobody can fill the trail',
  );
  const [locked] = lines.filter(({ action }) => action === 'operator.locked-out');
  const until = new Date(state.now - 1000).toISOString();
  assert.deepEqual(locked?.about, { operator: 'rob', by: 'password', failures: 5, until });
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(`secret|nobody-of|${password}`));
});
