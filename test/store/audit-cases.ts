import assert from 'node:assert/strict';
import { chainHash, firstHash } from '../../src/store/audit-chain.ts';
import type { AuditLine } from '../../src/store/audit-store.ts';
import type { Store } from '../../src/store/store.ts';

/** What the audit trail of every adapter of the Store port must do, by name. */
export interface AuditCase {
  readonly name: string;
  readonly run: (store: Store) => Promise<void>;
}

let made = 0;

function lineOf(customerId: string, about?: AuditLine['about']): AuditLine {
  return { action: 'values.read', actor: { kind: 'job', id: 'test' }, customerId, ...(about && { about }) };
}

async function sealAll(store: Store): Promise<void> {
  while ((await store.audit.seal(100)) > 0);
}

/** The cases. */
export const auditCases: readonly AuditCase[] = [
  {
    name: 'of values that are unmasked as many are written down as may be, by each operator, sealed or not, however many ask at once; one more is a refusal',
    async run(store) {
      const [customerId, vic, eve] = [`audited-${made++}`, `vic-${made++}`, `eve-${made++}`];
      const ask = (id: string): Promise<Date | undefined> =>
        store.audit.recordUnmasking(
          { actor: { kind: 'operator', id }, customerId, about: { fields: ['given_name'] } },
          [
            { max: 3, withinMs: 60_000 },
            { max: 5, withinMs: 86_400_000 },
          ],
        );
      assert.equal(await ask(vic), undefined);
      await sealAll(store);
      const answers = await Promise.all(Array.from({ length: 4 }, () => ask(vic)));
      assert.equal(answers.filter((freeAt) => freeAt === undefined).length, 2);
      const [freeAt = assert.fail()] = answers.filter((at) => at !== undefined);
      const lines = await store.audit.list({ customerId }, 100);
      const [first] = lines;
      assert.equal(freeAt.getTime(), (first?.at.getTime() ?? 0) + 60_000, 'when the first of them is a minute old');
      assert.deepEqual(
        lines.map(({ action }) => action),
        [...['value.unmasked', 'value.unmasked', 'value.unmasked'], ...['value.refused', 'value.refused']],
      );
      assert.equal(await ask(eve), undefined, 'others are not held back');
    },
  },
  {
    name: 'lines are listed in the order of writing, before and after they are sealed',
    async run(store) {
      const customerId = `audited-${made++}`;
      await store.audit.record([lineOf(customerId, { n: 1 }), lineOf(customerId, { n: 2 })]);
      const before = await store.audit.list({ customerId }, 10);
      assert.deepEqual(
        before.map(({ about }) => about),
        [{ n: 1 }, { n: 2 }],
      );
      assert.ok(before.every(({ seq }) => seq === undefined));
      await sealAll(store);
      await store.audit.recordRepeatable([lineOf(customerId, { n: 3 })]);
      const after = await store.audit.list({ customerId }, 10);
      assert.deepEqual(
        after.map(({ about }) => about),
        [{ n: 1 }, { n: 2 }, { n: 3 }],
      );
      assert.deepEqual(
        after.map(({ seq }) => seq === undefined),
        [false, false, true],
      );
      const [, second] = after;
      assert.deepEqual(
        (await store.audit.list({ customerId, afterId: second?.id ?? 0 }, 10)).map(({ about }) => about),
        [{ n: 3 }],
      );
    },
  },
  {
    name: 'sealing gives every line the next place and a hash that stands on the one before',
    async run(store) {
      for (let n = 0; n < 5; n++) await store.audit.record([lineOf(`audited-${made++}`, { n, list: ['b', 'a'] })]);
      assert.ok((await store.audit.findUnsealed()).count >= 5);
      await sealAll(store);
      assert.deepEqual(await store.audit.findUnsealed(), { count: 0, oldestAt: undefined });
      let hash = firstHash;
      let seq = 0;
      for (;;) {
        const lines = await store.audit.listSealed(seq, 3);
        for (const line of lines) {
          assert.equal(line.seq, ++seq);
          hash = chainHash(hash, seq, line);
          assert.deepEqual(Buffer.from(line.hash), Buffer.from(hash));
        }
        if (lines.length === 0) break;
      }
      assert.deepEqual((await store.audit.findHead())?.seq, seq);
    },
  },
  {
    name: 'sealers at the same time seal every line once',
    async run(store) {
      const customerId = `audited-${made++}`;
      const work = Array.from({ length: 30 }, async (_, n) => {
        await store.audit.record([lineOf(customerId, { n }), lineOf(customerId, { n })]);
        await store.audit.seal(7);
      });
      await Promise.all(work);
      await sealAll(store);
      const lines = await store.audit.list({ customerId }, 1000);
      assert.equal(lines.length, 60);
      assert.equal(new Set(lines.map(({ seq }) => seq)).size, 60);
    },
  },
  {
    name: 'a signed head is kept once for its place',
    async run(store) {
      await store.audit.record([lineOf(`audited-${made++}`)]);
      await sealAll(store);
      const head = await store.audit.findHead();
      assert.ok(head);
      const signed = { ...head, at: new Date(1_700_000_000_000), account: 'GA', signature: Buffer.alloc(64, 1) };
      assert.equal(await store.audit.addHead(signed), true);
      assert.equal(await store.audit.addHead({ ...signed, signature: Buffer.alloc(64, 2) }), false);
      const kept = await store.audit.findSignedHead();
      assert.deepEqual(Buffer.from(kept?.signature ?? []), Buffer.alloc(64, 1));
      assert.deepEqual(
        (await store.audit.listHeads(head.seq - 1, 10)).map(({ seq }) => seq),
        [head.seq],
      );
    },
  },
  {
    name: 'lines are found by when they were written',
    async run(store) {
      const customerId = `audited-${made++}`;
      await store.audit.record([lineOf(customerId)]);
      const [line] = await store.audit.list({ customerId }, 1);
      assert.ok(line);
      const later = new Date(line.at.getTime() + 1);
      assert.equal((await store.audit.list({ customerId, from: line.at, to: later }, 10)).length, 1);
      assert.equal((await store.audit.list({ customerId, from: later }, 10)).length, 0);
      assert.equal((await store.audit.list({ customerId, to: line.at }, 10)).length, 0);
    },
  },
];
