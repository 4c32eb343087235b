import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer | undefined;

/** One server for all test files of a run, each of which makes databases of its own on it. */
export async function globalSetup(): Promise<void> {
  if (process.env['TEST_DATABASE_URL']) return;
  server = await startPostgres();
  process.env['TEST_DATABASE_URL'] = server.url;
}

/** What the runner calls after the last file. */
export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
