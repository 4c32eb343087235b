import { extname } from 'node:path';
import { isMainThread, Worker } from 'node:worker_threads';
import type { SqliteConnection } from './sqlite-connection.ts';

/** Some megabytes of log, by what a write takes. */
const commitsBetween = 256;
/** Of 4 KiB each: with more in the log the writer does it itself, if the thread is behind or there is none. */
const pagesForWriter = 10_000;

const ownEntry = new URL(`./checkpoint-entry${extname(import.meta.url)}`, import.meta.url);

/**
 * Has SQLite's log written back into the database by a thread of its own, started once there is something to do: that waits for the disk several times
 * over, and so would everybody who asks this thread. In a thread, and where the file of it was bundled away, the writer does it as SQLite's own.
 * @see https://www.sqlite.org/wal.html § Avoiding Excessively Large WAL Files
 */
export class Checkpointing {
  readonly #path: string;
  readonly #entry: URL;
  #thread: Worker | undefined;
  #isThreaded: boolean = isMainThread;
  #isBusy = false;
  #commits = 0;

  /** @param entry what runs in the thread */
  constructor(path: string, writer: SqliteConnection, entry: URL = ownEntry) {
    this.#path = path;
    this.#entry = entry;
    writer.run(`pragma wal_autocheckpoint = ${pagesForWriter}`);
  }

  /** To be called after each commit. */
  committed(): void {
    if (!this.#isThreaded || ++this.#commits < commitsBetween || this.#isBusy) return;
    this.#commits = 0;
    this.#isBusy = true;
    this.#thread ??= this.#start();
    this.#thread.postMessage('checkpoint');
  }

  /** Ends the thread, if there is one. What it was at is done by whoever lets go of the database last. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#withoutThread();
    if (thread === undefined) return;
    thread.ref();
    const exited = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('close');
    await exited;
  }

  #start(): Worker {
    const thread = new Worker(this.#entry, { workerData: this.#path, resourceLimits: { maxOldGenerationSizeMb: 16 } });
    thread.on('message', () => {
      this.#isBusy = false;
    });
    thread.on('error', () => this.#withoutThread());
    thread.unref();
    return thread;
  }

  #withoutThread(): void {
    this.#isThreaded = false;
    this.#thread = undefined;
  }
}
