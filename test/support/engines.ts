import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import type { Database } from '../../src/store/database.ts';
import type { Engine } from '../../src/store/sql/engine.ts';
import { openStore } from '../../src/store/sql/open-store.ts';
import { openPostgres } from '../../src/store/sql/postgres-engine.ts';
import { openSqlite } from '../../src/store/sql/sqlite-engine.ts';
import type { Store } from '../../src/store/store.ts';
import { openTestDatabase } from './postgres.ts';
import { temporaryDirectory } from './test-anchor.ts';

/** An empty database of some engine, gone when the scope ends. */
export interface Ground extends AsyncDisposable {
  readonly database: Database;
  /** The value of DATABASE_URL that names it. */
  readonly databaseUrl: string;
  /** A further connection of its own to the same database. */
  openEngine(): Engine;
  openStore(clock?: Clock): Promise<Store>;
}

/** An engine that the store works with. */
export interface TestEngine {
  readonly name: 'SQLite' | 'PostgreSQL';
  open(): Promise<Ground>;
}

/** Every engine. What is proved of the store is proved of each. */
export const engines: readonly TestEngine[] = [
  {
    name: 'SQLite',
    async open() {
      const directory = await temporaryDirectory();
      const path = join(directory.path, 'kyc.db');
      return ground({ engine: 'sqlite', path }, `sqlite:${path}`, () => openSqlite(path), directory);
    },
  },
  {
    name: 'PostgreSQL',
    async open() {
      const database = await openTestDatabase();
      const { url } = database;
      return ground({ engine: 'postgres', url }, url, () => openPostgres(url), database);
    },
  },
];

/** What was opened of it is closed with it. */
function ground(database: Database, databaseUrl: string, openEngine: () => Engine, own: AsyncDisposable): Ground {
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(each: T): T => {
    const closing: { promise?: Promise<void> } = {};
    const close = each.close.bind(each);
    each.close = () => (closing.promise ??= close());
    opened.push(each);
    return each;
  };
  return {
    database,
    databaseUrl,
    openEngine: () => keep(openEngine()),
    openStore: async (clock = systemClock) => keep(await openStore(database, clock)),
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each.close();
      await own[Symbol.asyncDispose]();
    },
  };
}
