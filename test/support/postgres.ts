import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startPostgres } from './postgres-server.ts';

/** A database that is there for one test. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

let server: Promise<string> | undefined;

/** A new database, on the server that TEST_DATABASE_URL names or on one that is started for this process. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const given = process.env['TEST_DATABASE_URL'];
  server ??= given ? Promise.resolve(given) : startPostgres().then(({ url }) => url);
  return createDatabase(await server);
}

/** A new database on a server, dropped when the scope ends. Its texts are sorted by the rules of a language, as most people's are. */
export async function createDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `kyc_${randomBytes(8).toString('hex')}`;
  await query(serverUrl, `create database ${name} template template0 locale_provider icu icu_locale 'en-US'`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await query(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Runs one statement over a connection of its own. */
export async function query<R>(url: string, text: string, values: unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query(text, values);
    return rows as R[];
  } finally {
    await client.end();
  }
}
