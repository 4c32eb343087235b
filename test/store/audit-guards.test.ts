import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Database } from '../../src/store/database.ts';
import { engines } from '../support/engines.ts';
import { query } from '../support/postgres.ts';

const columns = 'at, action, actor_kind, actor_id, customer_id, about';
const everywhere = [
  "update audit_trail set action = 'values.read'",
  'update audit_trail set seq = 7',
  'delete from audit_trail',
  "update audit_pending set action = 'values.read'",
  'delete from audit_pending',
  "update audit_heads set account = 'GB'",
  'delete from audit_heads',
];
const forbidden = {
  SQLite: [
    ...everywhere,
    `insert or replace into audit_trail (seq, id, ${columns}, hash) select seq, id, ${columns}, hash from audit_trail`,
    `insert or replace into audit_trail (seq, id, ${columns}, hash) select 2, id, ${columns}, hash from audit_trail`,
    `insert into audit_trail (seq, id, ${columns}, hash) select 9, 9, ${columns}, hash from audit_trail`,
    `insert or replace into audit_pending (id, ${columns}) select id, ${columns} from audit_pending`,
    'insert or replace into audit_heads select * from audit_heads',
  ],
  PostgreSQL: [
    ...everywhere,
    ...['audit_trail', 'audit_pending', 'audit_heads'].map((table) => `truncate ${table}`),
    `insert into audit_trail (seq, id, ${columns}, hash) select seq, id, ${columns}, hash from audit_trail
      on conflict (seq) do update set action = 'values.read'`,
  ],
} as const;

/** Runs a statement with the rights that the server has, past the store. */
async function run(database: Database, statement: string): Promise<void> {
  if (database.engine === 'postgres') {
    await query(database.url, statement);
    return;
  }
  const raw = new DatabaseSync(database.path);
  try {
    raw.exec(statement);
  } finally {
    raw.close();
  }
}

for (const { name, open } of engines) {
  test(`[audit.append_only] ${name} lets nobody change, remove or replace a line or a head`, async (t) => {
    await using ground = await open();
    const store = await ground.openStore();
    for (let n = 0; n < 2; n++) await store.audit.record([{ action: 'backup.made', actor: { kind: 'cli' } }]);
    await store.audit.seal(1);
    const head = await store.audit.findHead();
    assert.ok(head);
    await store.audit.addHead({ ...head, at: new Date(), account: 'GA', signature: Buffer.alloc(64) });
    for (const statement of forbidden[name]) {
      await t.test(statement, () => assert.rejects(run(ground.database, statement), /append-only/));
    }
  });
}
