import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { BenchDatabase, Templates } from './millions.ts';
import { type Column, copied, customerColumn, watchedEvery } from './multiply.ts';

const batch = 200_000;

/** A SQLite database in the directory. */
export async function multiplySqlite(directory: string): Promise<BenchDatabase> {
  await mkdir(directory, { recursive: true });
  return {
    environment: {},
    multiply: async (templates, count) => multiply(join(directory, 'anchor-kyc.db'), templates, count),
    [Symbol.asyncDispose]: async () => {},
  };
}

function multiply(path: string, { accepted, watched }: Templates, count: number): void {
  const database = new DatabaseSync(path);
  // A crash would cost a bench, nothing else.
  database.exec('pragma journal_mode = off; pragma locking_mode = exclusive; pragma synchronous = off');
  database.exec('pragma foreign_keys = off; pragma cache_size = -4000000');
  const { there } = database.prepare('select count(*) as there from customers').get() as { there: number };
  const missing = count - there;
  for (let from = 0; from < missing; from += batch) {
    const to = Math.min(from + batch, missing);
    database.exec('begin');
    for (const table of Object.keys(copied)) {
      const first = Math.ceil(from / watchedEvery) * watchedEvery;
      database.prepare(copyOf(database, table, 'watched')).run({ from: first, to, missing, template: watched });
      database.prepare(copyOf(database, table, 'accepted')).run({ from, to, missing, template: accepted });
    }
    database.exec('commit');
    if (from % 1_000_000 === 0) console.log(`  ${to} of ${missing}`);
  }
  database.exec('analyze; pragma locking_mode = normal; pragma journal_mode = wal');
  database.close();
}

/** Ids grow with the number, so that they are put at one place of each index after the other. */
const made: Readonly<Record<Column, string>> = {
  id: "printf('%08x-0000-4000-8000-%012x', n * 4294967295 / :missing, n)",
  account: "printf('G%s%054d', substr('ABCD', 1 + n * 4 / :missing, 1), n)",
  digest: "unhex(printf('%08x%056x', n * 4294967295 / :missing, n))",
  random: 'randomblob(32)',
};

function copyOf(database: DatabaseSync, table: string, which: keyof Templates): string {
  const { own = {}, omit = [] } = copied[table] ?? {};
  const names = database
    .prepare(`select name from pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !omit.includes(name));
  const values = names.map((name) => (own[name] === undefined ? `t.${name}` : made[own[name]]));
  const [step, others] = which === 'watched' ? [watchedEvery, ''] : [1, `and n % ${watchedEvery} <> 0`];
  return `
    with recursive numbers (n) as (
      select :from where :from < :to union all select n + ${step} from numbers where n + ${step} < :to)
    insert into ${table} (${names.join(', ')})
    select ${values.join(', ')} from numbers cross join ${table} t
    where t.${customerColumn(table)} = :template and :missing > 0 ${others}`;
}
