import { setTimeout as delay } from 'node:timers/promises';
import { Checkpointing } from './checkpointing.ts';
import type { Durability } from './engine.ts';
import { databaseAway, SqliteConnection } from './sqlite-connection.ts';

/** How the database is opened. */
export interface SqliteSettings {
  /** How long a write waits for another process' before it is refused (503). Default: 5000. */
  readonly busyTimeoutMs?: number;
}

/** Between tries, in milliseconds. Not always the same: who holds the lock may come back to it in step. */
const pauseMs = (): number => 1 + Math.random();

/**
 * A database file, read over one connection and written over another, so that who reads waits for nobody. Choice: while another process or
 * thread writes, a write here is tried again from the event loop; SQLite's own waiting would hold up everything else that this thread does.
 */
export class SqliteFile {
  readonly reader: SqliteConnection;
  readonly writer: SqliteConnection;
  readonly #busyTimeoutMs: number;
  readonly #checkpointing: Checkpointing;
  #durability: Durability = 'durable';
  #lastWrite: Promise<void> = Promise.resolve();

  /** @param path created when it is missing */
  constructor(path: string, { busyTimeoutMs = 5000 }: SqliteSettings = {}) {
    this.#busyTimeoutMs = busyTimeoutMs;
    this.writer = new SqliteConnection(path, busyTimeoutMs);
    this.reader = new SqliteConnection(path, busyTimeoutMs);
    this.writer.run('pragma busy_timeout = 0');
    this.reader.run('pragma query_only = on');
    this.#checkpointing = new Checkpointing(path, this.writer);
  }

  /** Waits for its turn to write; resolves with what ends the turn. */
  async takeTurn(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#lastWrite;
    this.#lastWrite = promise;
    await before;
    return resolve;
  }

  /** Begins a transaction, for whoever has the turn. @throws KycError `unavailable` when others write for too long */
  async begin(durability: Durability): Promise<void> {
    this.#set(durability);
    const giveUpAt = performance.now() + this.#busyTimeoutMs;
    while (!this.writer.tryBegin()) {
      if (performance.now() > giveUpAt) throw databaseAway();
      await delay(pauseMs());
    }
  }

  /** Commits what was begun. */
  commit(): void {
    this.writer.run('commit');
    this.#checkpointing.committed();
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#checkpointing.close();
    this.reader.close();
    this.writer.close();
  }

  /** In WAL mode `normal` leaves it to the next durable commit, or checkpoint, to wait for the disk. */
  #set(durability: Durability): void {
    if (durability === this.#durability) return;
    this.writer.run(`pragma synchronous = ${durability === 'durable' ? 'full' : 'normal'}`);
    this.#durability = durability;
  }
}
