import assert from 'node:assert/strict';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RawOptions } from '../../src/environment.ts';
import { openTestAnchor, type TestAnchor } from '../support/test-anchor.ts';
import type { Customer, Expected, Subject } from './authorization-model.ts';
import { keyOf, World } from './authorization-world.ts';
import { openDatabase } from './support.ts';

/** An answer as far as it may tell something: all but its date and the request's id. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A row of any table: whose it is (a customer's, or a file that waits for one), and all that it holds. */
interface Row {
  readonly of: string;
  readonly text: string;
}

/** What is asked: of which endpoint, with which parameters. */
export interface Ask {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The world on an anchor of its own, with an eye on every table and on what is answered alike. */
export class Ground implements AsyncDisposable {
  readonly anchor: TestAnchor;
  readonly world: World;
  readonly #database: DatabaseSync;
  readonly #version: StatementSync;
  readonly #tables: readonly { readonly name: string; readonly all: StatementSync }[];
  readonly #tokens = new Map<string, Promise<string>>();
  readonly #alike = new Map<string, Answer>();
  #seen: { readonly version: unknown; readonly rows: readonly Row[] } | undefined;

  private constructor(anchor: TestAnchor) {
    this.anchor = anchor;
    this.world = new World(anchor);
    this.#database = openDatabase(anchor);
    this.#version = this.#database.prepare('pragma data_version');
    this.#tables = this.#database
      .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name")
      .all()
      .map((table) => String(table['name']))
      .map((name) => ({ name, all: this.#database.prepare(`select * from ${name}`) }));
  }

  static async open(options: RawOptions = {}): Promise<Ground> {
    const ground = new Ground(await openTestAnchor({ worker: false, ...options }));
    await ground.world.populate();
    return ground;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close();
    this.world[Symbol.dispose]();
    await this.anchor[Symbol.asyncDispose]();
  }

  /** Asks by the subject's token. */
  async ask(subject: Subject, ask: Ask): Promise<Answer> {
    const sub = this.world.subOf(subject);
    const token = this.#tokens.get(sub) ?? this.anchor.token(sub);
    this.#tokens.set(sub, token);
    return this.askWith(await token, ask);
  }

  /** Asks by any token or none. */
  async askWith(token: string | undefined, { method, path, params }: Ask): Promise<Answer> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response =
      method === 'GET'
        ? await this.anchor.call(undefined, method, `${path}?${new URLSearchParams(params)}`, {
            headers: authorization,
          })
        : await this.anchor.call(undefined, method, path, {
            headers: { 'content-type': 'application/json', ...authorization },
            body: JSON.stringify(params),
          });
    const { date, 'x-request-id': requestId, ...headers } = Object.fromEntries(response.headers);
    assert.ok(requestId, `a request has an id ${date ?? ''}`);
    return { status: response.status, headers, text: await response.text() };
  }

  /** Every row of every table. They are read again only after somebody wrote. */
  rows(): readonly Row[] {
    const version = this.#version.get()?.['data_version'];
    if (this.#seen === undefined || this.#seen.version !== version)
      this.#seen = { version, rows: this.#tables.flatMap(readTable) };
    return this.#seen.rows;
  }

  /** Whether somebody of the model is registered now. */
  idOf(customer: Customer): string | undefined {
    return this.world.state()[keyOf(customer)]?.id;
  }

  /** Checks the status, and that a refused request wrote nothing. */
  assertAnswered(cell: string, { statuses, target }: Expected, answer: Answer, before: readonly Row[]): void {
    assert.ok(statuses.includes(answer.status), `${cell}: ${answer.status}, expected ${statuses}: ${answer.text}`);
    if (target === undefined) this.assertUnchanged(cell, before);
  }

  assertUnchanged(cell: string, before: readonly Row[]): void {
    const after = this.rows();
    if (after !== before) assert.deepEqual(after, before, `${cell} changed nothing`);
  }

  /** Checks that rows of these were written, and no others. */
  assertChanged(cell: string, before: readonly Row[], ...of: readonly string[]): void {
    const [mine, others] = [(row: Row): boolean => of.includes(row.of), (row: Row): boolean => !of.includes(row.of)];
    const after = this.rows();
    assert.deepEqual(after.filter(others), before.filter(others), `${cell} changed nobody else`);
    assert.notDeepEqual(after.filter(mine), before.filter(mine), `${cell} changed whom it is about`);
  }

  /** Checks that all answers under one key are byte for byte the same. */
  assertAlike(cell: string, key: string, answer: Answer): void {
    const first = this.#alike.get(key);
    if (first === undefined) this.#alike.set(key, answer);
    else assert.deepEqual(answer, first, `${cell} is answered like all of ${key}`);
  }
}

function readTable({ name, all }: { readonly name: string; readonly all: StatementSync }): Row[] {
  // That a value was opened to be compared is written down, also where the request is refused then; it changes nothing of anybody.
  const rows = all.all().filter((row) => row['action'] !== 'values.read');
  return rows.map((row) => {
    const of = String(row['customer_id'] ?? row['id'] ?? row['owner'] ?? '').replace(/^file_/, '');
    const values = Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ]);
    return { of, text: `${name} ${JSON.stringify(values)}` };
  });
}
