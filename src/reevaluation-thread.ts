import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KycError } from './errors.ts';
import { type JobParts, Reevaluation } from './kyc/catch-up.ts';
import { describeError, type LogFields } from './lib/log.ts';
import type { Database } from './store/database.ts';
import type { WrappedKey } from './vault/key-ring.ts';

/** What the thread is started with. Keys that wrap are not among it: it asks for the data keys one by one. */
export interface ThreadData {
  readonly database: Database;
  readonly program: JobParts['program'];
}

/** A data key; without one, whether whoever keeps the keys that wrap is away, or the wrapped key does not open. */
export interface KeyAnswer {
  readonly key?: Uint8Array;
  readonly isAway?: boolean;
}

/** What the thread is asked and told. */
export type ToThread = { readonly kind: 'some' } | ({ readonly kind: 'key'; readonly id: number } & KeyAnswer);

/** What the thread asks and tells. `looked` counts customers, 0 when it is through. */
export type FromThread =
  | { readonly kind: 'looked'; readonly count: number }
  | { readonly kind: 'failed' }
  | { readonly kind: 'unwrap'; readonly id: number; readonly wrapped: WrappedKey; readonly owner: string }
  | { readonly kind: 'log'; readonly level: 'warn' | 'error'; readonly fields: LogFields; readonly message: string };

/** Fewer customers than this are not worth a thread. */
const few = 200;

/**
 * Looks at customers after another program, as {@link Reevaluation} does, in a thread of its own while they are many: what is computed and written
 * there holds nobody up who asks here. Where there can be no thread, because the file of it was bundled away, it is done here.
 */
export class ReevaluationThread {
  readonly #parts: JobParts;
  readonly #database: Database | undefined;
  readonly #here: Reevaluation;
  #canThread = true;
  #thread: Worker | undefined;
  #answer: { resolve(count: number): void; reject(error: Error): void } | undefined;

  /** @param database what the thread opens; undefined for no thread */
  constructor(parts: JobParts, database: Database | undefined) {
    this.#parts = parts;
    this.#database = database;
    this.#here = new Reevaluation(parts);
  }

  /** Whether a thread is at it. */
  get isThreaded(): boolean {
    return this.#thread !== undefined;
  }

  /** Looks at some; answers how many, 0 when all were looked at once. */
  async runSome(): Promise<number> {
    const database = this.#database;
    if (database === undefined || !this.#canThread) return this.#here.runSome();
    if (this.#thread === undefined && !(await this.#areMany())) return this.#here.runSome();
    try {
      const count = await this.#ask(database);
      if (count === 0) await this.close();
      return count;
    } catch (error) {
      this.#canThread = false;
      await this.close();
      this.#parts.log.warn(describeError(error), 'customers are looked at again without a thread for it');
      return this.#here.runSome();
    }
  }

  /** Ends the thread, if there is one. What it has written stays. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }

  async #areMany(): Promise<boolean> {
    const { store, program } = this.#parts;
    return (await store.standings.findOutdated(program.revision, few)).length === few;
  }

  #ask(database: Database): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#answer = { resolve, reject };
    this.#thread ??= this.#start({ database, program: this.#parts.program });
    this.#thread.postMessage({ kind: 'some' } satisfies ToThread);
    return promise;
  }

  #start(workerData: ThreadData): Worker {
    const entry = new URL(`./reevaluation-entry${extname(import.meta.url)}`, import.meta.url);
    const thread = new Worker(entry, { workerData });
    thread.on('message', (message: FromThread) => void this.#hear(thread, message));
    thread.on('error', (error: Error) => this.#answer?.reject(error));
    thread.on('exit', () => this.#answer?.reject(new Error('the thread has ended')));
    return thread;
  }

  async #hear(thread: Worker, message: FromThread): Promise<void> {
    if (message.kind === 'looked') this.#answer?.resolve(message.count);
    if (message.kind === 'failed') this.#answer?.reject(new Error('the thread has failed'));
    if (message.kind === 'log') this.#parts.log[message.level](message.fields, message.message);
    if (message.kind !== 'unwrap') return;
    const { id, wrapped, owner } = message;
    const answer = await this.#parts.keyRing.unwrap(wrapped, owner).then(
      (key): KeyAnswer => ({ key }),
      (error: unknown): KeyAnswer => ({ isAway: error instanceof KycError && error.code === 'unavailable' }),
    );
    thread.postMessage({ kind: 'key', id, ...answer } satisfies ToThread);
    answer.key?.fill(0);
  }
}
