import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { auditCases } from './audit-cases.ts';

test('[audit.store] the SQLite store keeps the contract of the port about the audit trail', async (t) => {
  await using directory = await temporaryDirectory();
  const store = await openSqliteStore(join(directory.path, 'contract.db'), systemClock);
  for (const { name, run } of auditCases) await t.test(name, () => run(store));
  await store.close();
});

test('[audit.append_only] SQLite lets nobody change, remove or replace a line or a head', async (t) => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const store = await openSqliteStore(path, systemClock);
  await store.audit.record([{ action: 'backup.made', actor: { kind: 'cli' } }]);
  await store.audit.record([{ action: 'backup.made', actor: { kind: 'cli' } }]);
  await store.audit.seal(1);
  const head = await store.audit.findHead();
  assert.ok(head);
  await store.audit.addHead({ ...head, at: new Date(), account: 'GA', signature: Buffer.alloc(64) });
  await store.close();
  const database = new DatabaseSync(path);
  const columns = 'at, action, actor_kind, actor_id, customer_id, about';
  const forbidden = [
    "update audit_trail set action = 'values.read'",
    'update audit_trail set seq = 7',
    'delete from audit_trail',
    "update audit_pending set action = 'values.read'",
    'delete from audit_pending',
    "update audit_heads set account = 'GB'",
    'delete from audit_heads',
    `insert or replace into audit_trail (seq, id, ${columns}, hash) select seq, id, ${columns}, hash from audit_trail`,
    `insert or replace into audit_trail (seq, id, ${columns}, hash) select 2, id, ${columns}, hash from audit_trail`,
    `insert into audit_trail (seq, id, ${columns}, hash) select 9, 9, ${columns}, hash from audit_trail`,
    `insert or replace into audit_pending (id, ${columns}) select id, ${columns} from audit_pending`,
    'insert or replace into audit_heads select * from audit_heads',
  ];
  for (const statement of forbidden) {
    await t.test(statement, () => assert.throws(() => database.exec(statement), /append-only/));
  }
  database.close();
});
