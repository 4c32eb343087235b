import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engines } from '../support/engines.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { noConsequences } from './consequences.ts';

for (const { name, open } of engines) {
  test(`[codes.lease] ${name}: two connections to one database claim each code once`, async () => {
    await using ground = await open();
    const workers = [await ground.openStore(), await ground.openStore()] as const;
    const now = new Date();
    for (let made = 0; made < 60; made++) {
      const wrappedKey = { kekId: 'a', bytes: Buffer.from('key') };
      const identity = { account: randomAccount() };
      await workers[0].createCustomer({
        id: `c-${made}`,
        identity,
        wrappedKey,
        set: [],
        withdraw: [],
        files: [],
        consequences: noConsequences,
      });
      await workers[0].codes.requestCode({ customerId: `c-${made}`, field: 'email_address', rev: 1 }, now);
    }
    const taken: string[] = [];
    const work = async ({ codes }: (typeof workers)[number]): Promise<void> => {
      for (;;) {
        const claims = await codes.claimCodes(now, new Date(now.getTime() + 60_000), 7);
        if (claims.length === 0) return;
        taken.push(...claims.map(({ customerId }) => customerId));
      }
    };
    await Promise.all(workers.map(work));
    assert.equal(taken.length, 60);
    assert.equal(new Set(taken).size, 60);
  });
}
