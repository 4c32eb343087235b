import pg from 'pg';
import { createDatabase } from '../test/support/postgres.ts';
import { startPostgres } from '../test/support/postgres-server.ts';
import type { BenchDatabase, Templates } from './millions.ts';
import { type Column, copied, customerColumn, watchedEvery } from './multiply.ts';

const batch = 500_000;
let server: Promise<string> | undefined;

/** A PostgreSQL database of its own, on the server of TEST_DATABASE_URL or one that is started for this run. */
export async function multiplyPostgres(): Promise<BenchDatabase> {
  const given = process.env['TEST_DATABASE_URL'];
  server ??= given ? Promise.resolve(given) : startPostgres().then(({ url }) => url);
  const database = await createDatabase(await server);
  return {
    environment: { DATABASE_URL: database.url },
    multiply: async (templates, count) => multiply(database.url, templates, count),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

async function multiply(url: string, { accepted, watched }: Templates, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // Neither foreign keys nor the disk are waited for: the copies are as right as their templates.
  await client.query("set session_replication_role = replica; set synchronous_commit = off; set work_mem = '256MB'");
  const there = Number((await client.query('select count(*) as there from customers')).rows[0].there);
  const missing = count - there;
  for (let from = 0; from < missing; from += batch) {
    const to = Math.min(from + batch, missing);
    for (const table of Object.keys(copied)) {
      for (const [template, isWatched] of [
        [accepted, false],
        [watched, true],
      ] as const)
        await client.query(await copyOf(client, table, missing), [from, to - 1, template, isWatched]);
    }
    if (from % 1_000_000 === 0) console.log(`  ${to} of ${missing}`);
  }
  await client.query('vacuum analyze');
  await client.end();
}

/** Ids grow with the number, so that they are put at one place of each index after the other. */
const made = (missing: number): Readonly<Record<Column, string>> => {
  const spread = `lpad(to_hex(n * 4294967295 / ${missing}), 8, '0')`;
  return {
    id: `${spread} || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0')`,
    account: `'G' || substr('ABCD', (1 + n * 4 / ${missing})::int, 1) || lpad(n::text, 54, '0')`,
    digest: `decode(${spread} || lpad(to_hex(n), 56, '0'), 'hex')`,
    random: "decode(md5(n::text) || md5('x' || n::text), 'hex')",
  };
};

async function copyOf(client: pg.Client, table: string, missing: number): Promise<string> {
  const { own = {}, omit = [] } = copied[table] ?? {};
  const { rows } = await client.query(
    'select column_name from information_schema.columns where table_name = $1 and table_schema = current_schema() order by ordinal_position',
    [table],
  );
  const names = rows.map(({ column_name: name }) => String(name)).filter((name) => !omit.includes(name));
  const columns = made(missing);
  const values = names.map((name) => (own[name] === undefined ? `t.${name}` : columns[own[name]]));
  return `
    insert into ${table} (${names.join(', ')})
    select ${values.join(', ')} from generate_series($1::bigint, $2::bigint) as numbers (n) cross join ${table} t
    where t.${customerColumn(table)} = $3 and (n % ${watchedEvery} = 0) = $4`;
}
