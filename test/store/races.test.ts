import { test } from 'node:test';
import { engines } from '../support/engines.ts';
import { raceCases } from './race-cases.ts';

for (const { name, open } of engines) {
  test(`[store.races] ${name}: two processes on one database do not undo each other's writes`, async (t) => {
    for (const { name: title, run } of raceCases)
      await t.test(title, async () => {
        await using ground = await open();
        await run(await ground.openStore(), await ground.openStore());
      });
  });
}
