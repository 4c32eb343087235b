import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { sql } from 'kysely';
import { migrate, newestSchema } from '../../src/store/sql/migrations.ts';
import { engines, type Ground } from '../support/engines.ts';
import { fixtures } from './fixtures/rows.ts';
import { schemaText } from './fixtures/schema-text.ts';

/** Of these it is written down what they made of a database. The newest one that was released is among them. */
const writtenDown: readonly { readonly engine: string; readonly schema: number }[] = [
  { engine: 'SQLite', schema: 6 },
  { engine: 'SQLite', schema: 13 },
  { engine: 'PostgreSQL', schema: 13 },
];

/** Schemas that have no rows of their own, because they add indexes alone. */
const withoutRows: readonly number[] = [];

const starter = `
  import { openStore } from ${JSON.stringify(new URL('../../src/store/sql/open-store.ts', import.meta.url).href)};
  const store = await openStore(JSON.parse(process.argv[1]), { now: () => new Date() });
  await store.ping();
  await store.close();`;

async function startMany(ground: Ground, count: number): Promise<number[]> {
  const exits = Array.from({ length: count }, async () => {
    const options = ['--input-type=module', '-e', starter, JSON.stringify(ground.database)];
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'exit');
    return code as number;
  });
  return Promise.all(exits);
}

for (const { name, open } of engines) {
  for (const { schema } of writtenDown.filter(({ engine }) => engine === name)) {
    test(`[store.migrations] ${name}: what released migrations make of a database has not changed by a letter up to schema ${schema}`, async () => {
      await using ground = await open();
      const made = await ground.openEngine().transact('durable', async (db) => {
        await migrate(db, schema);
        return schemaText(name, db);
      });
      const written = new URL(`fixtures/schema-${schema}.${name.toLowerCase()}.sql`, import.meta.url);
      assert.equal(made, await readFile(written, 'utf8'));
    });
  }

  test(`[store.migrations] ${name}: every schema that there is has rows to be read`, () => {
    assert.deepEqual(
      Array.from({ length: newestSchema }, (_, index) => index + 1).filter(
        (version) => !fixtures.some(({ schema }) => schema === version),
      ),
      withoutRows,
    );
  });

  test(`[store.migrations] ${name}: twenty processes may open one new database at once`, async () => {
    await using ground = await open();
    assert.deepEqual(await startMany(ground, 20), Array<number>(20).fill(0));
    const { rows } = await sql<{ version: number }>`select version from migrations order by version`.execute(
      ground.openEngine().db,
    );
    assert.deepEqual(
      rows.map(({ version }) => version),
      Array.from({ length: newestSchema }, (_, index) => index + 1),
    );
  });

  test(`[store.migrations] ${name}: a database of a newer release is refused`, async () => {
    await using ground = await open();
    await (await ground.openStore()).close();
    await ground.openEngine().transact('durable', async (db) => {
      await db.insertInto('migrations').values({ version: 99, applied_at: 0 }).execute();
    });
    await assert.rejects(ground.openStore(), /schema 99.*start a newer release/);
  });

  for (let version = 1; version <= newestSchema; version++) {
    test(`[store.migrations] ${name}: what was written under schema ${version} is read under the newest`, async () => {
      await using ground = await open();
      const engine = ground.openEngine();
      const known = fixtures.filter((fixture) => fixture.schema <= version);
      await engine.transact('durable', async (db) => {
        for (const { schema, add } of known) {
          await migrate(db, schema);
          await add(db);
        }
        await migrate(db, version);
      });
      const store = await ground.openStore();
      for (const { look } of known) await look(store);
    });
  }
}
