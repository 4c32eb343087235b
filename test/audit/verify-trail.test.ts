import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { isSigned, signHead } from '../../src/audit/signed-head.ts';
import { type Verdict, type Verifying, verifyTrail } from '../../src/audit/verify-trail.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { signerFromSeed } from '../../src/stellar/ed25519.ts';
import type { AuditLine, SignedHead } from '../../src/store/audit-store.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { freshSecrets } from '../../src/vault/fresh-secrets.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';

const lineCount = 24;
const headAt = 16;
const signer = signerFromSeed(freshSecrets().signingSeed);
const directory = await temporaryDirectory();
const original = join(directory.path, 'original.db');
let head: SignedHead;
let copies = 0;

before(async () => {
  const store = await openSqliteStore(original, systemClock);
  for (let n = 1; n <= lineCount; n++) {
    await store.audit.record([lineOf(n)]);
    await store.audit.seal(10);
    if (n === headAt) {
      const at = await store.audit.findHead();
      assert.ok(at);
      head = signHead(signer, at, new Date());
      await store.audit.addHead(head);
    }
  }
  await store.close();
});

after(() => directory[Symbol.asyncDispose]());

function lineOf(n: number): AuditLine {
  const actor = { kind: n % 2 === 0 ? 'wallet' : 'operator', ...(n % 2 === 1 && { id: `op ${n}` }) } as const;
  return { action: 'values.read', actor, customerId: `customer-${n % 5}`, about: { fields: [`field_${n}`], n } };
}

/** Verifies a copy on which somebody with the rights of its owner has worked. */
async function verifyAfter(tamper: (database: DatabaseSync) => void, more: Partial<Verifying> = {}): Promise<Verdict> {
  const path = join(directory.path, `copy-${copies++}.db`);
  await copyFile(original, path);
  const database = new DatabaseSync(path);
  for (const { name } of database.prepare("select name from sqlite_master where type = 'trigger'").all())
    database.exec(`drop trigger ${String(name)}`);
  tamper(database);
  database.close();
  const store = await openSqliteStore(path, systemClock);
  try {
    return await verifyTrail({ audit: store.audit, unsealedBefore: new Date(Date.now() - 60_000), ...more });
  } finally {
    await store.close();
  }
}

const columns = ['id', 'at', 'action', 'actor_kind', 'actor_id', 'customer_id', 'about', 'hash'] as const;

/** Another value than this one, of the same kind, that differs in little. */
function altered(value: SQLInputValue, where: number): SQLInputValue {
  if (value === null) return 'x';
  if (typeof value === 'number') return value + 1 + where;
  if (typeof value === 'string') return flipped(Buffer.from(value), where).toString('latin1');
  return flipped(Buffer.from(value as Uint8Array), where);
}

function flipped(bytes: Buffer, where: number): Buffer {
  const at = where % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

test('[audit.verify] an untouched trail is whole', async () => {
  const verdict = await verifyAfter(() => {});
  assert.deepEqual(verdict, { lines: lineCount, heads: 1, accounts: [signer.account], breach: undefined });
});

test('[audit.verify] one altered byte of any line is found in its place', async () => {
  const cases = fc.record({
    seq: fc.integer({ min: 1, max: lineCount }),
    column: fc.constantFrom(...columns),
    where: fc.nat(1000),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ seq, column, where }) => {
      const { breach } = await verifyAfter((database) => {
        const value = database.prepare(`select ${column} as value from audit_trail where seq = ?`).get(seq)?.['value'];
        const other = column === 'id' ? 1_000_000 + where : altered(value as SQLInputValue, where);
        database.prepare(`update audit_trail set ${column} = ? where seq = ?`).run(other, seq);
      });
      assert.deepEqual(breach, { kind: 'altered', seq });
    }),
    { numRuns: 120 },
  );
});

test('[audit.verify] a line that is gone is missed in its place, or at the head that knew of it', async () => {
  for (let seq = 1; seq < lineCount; seq++) {
    const { breach } = await verifyAfter((database) => database.exec(`delete from audit_trail where seq = ${seq}`));
    assert.deepEqual(breach, { kind: 'missing', seq });
  }
  const { breach } = await verifyAfter((database) => database.exec(`delete from audit_trail where seq >= ${headAt}`));
  assert.deepEqual(breach, { kind: 'cut', seq: headAt });
});

test('[audit.verify] lines that changed places are found at the first of them', async () => {
  for (const [one, other] of [
    [1, 2],
    [3, 20],
    [lineCount - 1, lineCount],
  ] as const) {
    const { breach } = await verifyAfter((database) => {
      database.exec(`update audit_trail set seq = -1 where seq = ${one}`);
      database.exec(`update audit_trail set seq = ${one} where seq = ${other}`);
      database.exec(`update audit_trail set seq = ${other} where seq = -1`);
    });
    assert.deepEqual(breach, { kind: 'altered', seq: one });
  }
});

test('[audit.verify] a line that was put in is found', async () => {
  const { breach } = await verifyAfter((database) => {
    database.exec('update audit_trail set seq = -seq where seq > 9');
    database.exec('update audit_trail set seq = 1 - seq where seq < 0');
    database.exec(`
      insert into audit_trail select 10, 99, at, action, actor_kind, actor_id, customer_id, about, hash
      from audit_trail where seq = 9`);
  });
  assert.deepEqual(breach, { kind: 'altered', seq: 10 });
});

test('[audit.verify] another spelling of the same JSON is no way around the hash', async () => {
  const { breach } = await verifyAfter((database) => {
    database.exec(`update audit_trail set about = replace(about, ',', ', ') where seq = 5`);
  });
  assert.deepEqual(breach, { kind: 'altered', seq: 5 });
});

test('[audit.head] a chain that was written anew from the first line on does not fit the head that was signed', async () => {
  const forge = async (path: string): Promise<void> => {
    const store = await openSqliteStore(path, systemClock);
    for (let n = 1; n <= lineCount; n++) await store.audit.record([lineOf(n + 1)]);
    await store.close();
  };
  const path = join(directory.path, 'forged.db');
  await forge(path);
  const store = await openSqliteStore(path, systemClock);
  const unsealedBefore = new Date(0);
  const unheard = await verifyTrail({ audit: store.audit, unsealedBefore });
  assert.equal(unheard.breach, undefined, 'by itself it is whole: that is why heads leave the database');
  const held = await verifyTrail({ audit: store.audit, unsealedBefore, heads: [head] });
  assert.deepEqual(held.breach, { kind: 'rewritten', seq: headAt });
  const behind = await verifyTrail({ audit: store.audit, unsealedBefore, from: head });
  assert.deepEqual(behind.breach, { kind: 'rewritten', seq: headAt });
  await store.close();
});

test('[audit.head] verifying may begin behind a head, and finds there what it finds else', async () => {
  const whole = await verifyAfter(() => {}, { from: head });
  assert.deepEqual(whole.lines, lineCount - headAt);
  assert.equal(whole.breach, undefined);
  const { breach } = await verifyAfter(
    (database) => database.exec('update audit_trail set about = null where seq = 20'),
    {
      from: head,
    },
  );
  assert.deepEqual(breach, { kind: 'altered', seq: 20 });
});

test('[audit.head] a head that is not signed as it says, or by somebody else, is refused', async () => {
  assert.ok(isSigned(head));
  const forged: readonly Partial<SignedHead>[] = [
    { seq: headAt + 1 },
    { hash: Buffer.alloc(32) },
    { at: new Date(0) },
    { account: signerFromSeed(freshSecrets().signingSeed).account },
    { account: 'GA' },
    { signature: Buffer.alloc(64) },
    { signature: Buffer.alloc(3) },
  ];
  for (const change of forged) {
    const { breach } = await verifyAfter(() => {}, { heads: [{ ...head, ...change }] });
    assert.equal(breach?.kind, 'forged-head');
  }
  const stranger = signerFromSeed(freshSecrets().signingSeed);
  const heads = [signHead(stranger, head, head.at)];
  const { breach } = await verifyAfter(() => {}, { heads, accounts: new Set([signer.account]) });
  assert.deepEqual(breach, { kind: 'forged-head', seq: headAt });
});

test('[audit.verify] lines that nobody seals are told, once they have waited for too long', async () => {
  const insert = `insert into audit_pending (at, action, actor_kind) values (${Date.now() - 120_000}, 'values.read', 'job')`;
  const late = await verifyAfter((database) => database.exec(insert));
  assert.deepEqual(late.breach, { kind: 'unsealed', seq: 1 });
  const patient = await verifyAfter((database) => database.exec(insert), { unsealedBefore: new Date(0) });
  assert.equal(patient.breach, undefined);
});
