import type { Transaction } from 'kysely';
import { KycError } from '../../errors.ts';
import type { Durability, Engine, Write } from './engine.ts';
import type { Tables } from './tables.ts';

interface Waiting {
  perform(db: Transaction<Tables>): Promise<unknown>;
  /** Tells the writer, once what it wrote is durable. */
  done(outcome: unknown): void;
  fail(error: unknown): void;
  /** Starts over, in a transaction of its own. */
  alone(): void;
}

/**
 * Commits the writes of one turn of the event loop together, on an engine that has one writer. Making a commit durable takes most of the time of a
 * write and is no dearer for many; no write waits for another to arrive.
 */
export class GroupCommit {
  readonly #engine: Engine;
  readonly #listeners = new Set<() => void>();
  readonly #waiting: Record<Durability, Waiting[]> = { durable: [], repeatable: [] };

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Calls back after every commit, until the function that it answers is called. */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with what the write answered when that survives a crash. */
  write<T>(perform: Write<T>): Promise<T> {
    return this.#enqueue('durable', perform);
  }

  /**
   * Resolves with what the write answered when it is committed, which a crash of the machine may undo; one of the process does not. For what would
   * be done again in the same way. Later writes that survive a crash take it along.
   */
  writeRepeatable<T>(perform: Write<T>): Promise<T> {
    return this.#enqueue('repeatable', perform);
  }

  #enqueue<T>(durability: Durability, perform: Write<T>): Promise<T> {
    if (!this.#engine.writesTogether) return this.#alone(durability, perform);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const alone = (): void => void this.#alone(durability, perform).then(resolve, reject);
    const waiting = this.#waiting[durability];
    if (waiting.length === 0) setImmediate(() => void this.#commit(durability));
    waiting.push({ perform, done: (outcome) => resolve(outcome as T), fail: reject, alone });
    return promise;
  }

  /**
   * A write that throws undoes the group; then each is on its own, so that nobody fails for another's fault. A database that is
   * away is nobody's fault and is not asked again for each.
   */
  async #commit(durability: Durability): Promise<void> {
    const group = this.#waiting[durability].splice(0);
    try {
      const outcomes = await this.#engine.transact(durability, (db) => inTurn(group, db));
      for (const [index, { done }] of group.entries()) done(outcomes[index]);
      this.#committed();
    } catch (error) {
      const isShared = group.length === 1 || error instanceof KycError;
      for (const { alone, fail } of group) {
        if (isShared) fail(error);
        else alone();
      }
    }
  }

  async #alone<T>(durability: Durability, perform: Write<T>): Promise<T> {
    const outcome = await this.#engine.transact(durability, perform);
    this.#committed();
    return outcome;
  }

  #committed(): void {
    for (const listener of this.#listeners) listener();
  }
}

async function inTurn(group: readonly Waiting[], db: Transaction<Tables>): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  for (const { perform } of group) outcomes.push(await perform(db));
  return outcomes;
}
