import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { muxedAddress } from '../../src/stellar/address.ts';
import type { MemoType } from '../../src/stellar/memo.ts';
import { randomAccount, randomContract, type TestAnchor } from '../support/test-anchor.ts';
import * as model from './authorization-model.ts';
import {
  type Customer,
  everyNaming,
  expected,
  type Method,
  type NamedAccount,
  type Naming,
  registered,
  type Subject,
} from './authorization-model.ts';
import { openDatabase } from './support.ts';

/** The wire spelling of a memo parameter pair. */
export interface MemoParams {
  readonly memo?: string;
  readonly memo_type?: MemoType;
}

/** Who is registered, by `owner/user`, with the id and the version in the database. */
type State = Readonly<Record<string, { readonly id: string; readonly version: number }>>;

/** The model's world on a real anchor: its customers registered, its names turned into addresses and ids. */
export class World implements Disposable {
  readonly #anchor: TestAnchor;
  readonly #database: DatabaseSync;
  readonly #accounts = { A: randomAccount(), B: randomAccount(), C: randomContract() };
  readonly #never = randomUUID();
  #count = 0;

  constructor(anchor: TestAnchor) {
    this.#anchor = anchor;
    this.#database = openDatabase(anchor);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** Registers whoever of the model is missing, each by its account's plain token. */
  async populate(): Promise<void> {
    const state = this.state();
    for (const customer of registered.filter((one) => state[keyOf(one)] === undefined)) {
      const body = { ...memoOf(customer), first_name: 'Ada' };
      const put = await this.#anchor.json(this.#accounts[customer.owner], 'PUT', '/customer', body);
      assert.equal(put.status, 202, `${keyOf(customer)} was registered`);
    }
  }

  /** Asks in one way, checks the answer and what became of every customer, and puts back who was deleted. */
  async check(subject: Subject, naming: Naming, method: Method): Promise<void> {
    const before = this.state();
    const rule = expected(subject, naming, method, (customer) => before[keyOf(customer)] !== undefined);
    const { status, text } = await this.#ask(subject, naming, method);
    const cell = `${method} ${model.describe(naming)} by ${subject.title}`;
    assert.ok(rule.statuses.includes(status), `${cell}: ${status}, expected ${rule.statuses}: ${text}`);
    const after = this.state();
    if (rule.target === undefined || method === 'GET') assert.deepEqual(after, before, `${cell} changed nothing`);
    else if (method === 'PUT') assertChanged(before, after, keyOf(rule.target), cell);
    else assertDeleted(before, after, keyOf(rule.target), cell);
    if (rule.target !== undefined && method !== 'DELETE') {
      const known = (method === 'PUT' ? after : before)[keyOf(rule.target)];
      assert.equal(JSON.parse(text).id, known?.id, `${cell} was about ${keyOf(rule.target)}`);
    }
    if (rule.target !== undefined && method === 'DELETE') await this.populate();
  }

  /** Checks that an id of somebody else's customer and one that never existed are answered byte for byte alike. */
  async compareStrangeIds(subject: Subject, method: 'GET' | 'PUT'): Promise<void> {
    for (const naming of everyNaming.filter(({ id }) => id === 'never')) {
      const never = await this.#ask(subject, naming, method);
      for (const id of registered.filter((one) => isOutOfReach(subject, one))) {
        const answer = await this.#ask(subject, { ...naming, id }, method);
        assert.deepEqual(answer, never, `${method} ${model.describe({ ...naming, id })} by ${subject.title}`);
      }
    }
  }

  /** Checks that every customer of the model is still what its owner is told of by id. */
  async assertOwnersFindTheirs(): Promise<void> {
    const state = this.state();
    for (const { owner, user } of registered) {
      const query = new URLSearchParams({ ...memoOf({ owner, user }) });
      const got = await this.#anchor.json(this.#accounts[owner], 'GET', `/customer?${query}`);
      assert.equal(got.body.id, state[keyOf({ owner, user })]?.id, `${owner}/${user} is found by its owner`);
      assert.ok(got.body.provided_fields.first_name, `${owner}/${user} has kept its data`);
    }
  }

  /** The addresses of A, B and C. */
  accounts(): readonly string[] {
    return Object.values(this.#accounts);
  }

  /** Who is registered now, as the database has it. */
  state(): State {
    const { A, B, C } = this.#accounts;
    const sql = `select i.account, i.memo_type, i.memo, c.id, c.version from identities i
      join customers c on c.id = i.customer_id where i.account in (?, ?, ?)`;
    const letters: Readonly<Record<string, string>> = { [A]: 'A', [B]: 'B', [C]: 'C' };
    const entries = this.#database
      .prepare(sql)
      .all(A, B, C)
      .map((row) => {
        const user = row['memo_type'] === '' ? '' : `${row['memo_type']}:${row['memo']}`;
        return [
          `${letters[String(row['account'])]}/${user}`,
          { id: String(row['id']), version: Number(row['version']) },
        ];
      });
    return Object.fromEntries(entries);
  }

  async #ask(subject: Subject, naming: Naming, method: Method): Promise<{ status: number; text: string }> {
    const { path, init } = this.request(subject, naming, method);
    const response = await this.#anchor.call(this.subOf(subject), method, path, init);
    return { status: response.status, text: await response.text() };
  }

  /** The request that names a customer in one way; a DELETE without an account names the subject's own. */
  request(subject: Subject, naming: Naming, method: Method): { readonly path: string; readonly init: RequestInit } {
    const { account = this.#accounts[subject.owner ?? 'A'], ...others } = this.paramsOf(naming);
    if (method === 'GET') return { path: `/customer?${new URLSearchParams(this.paramsOf(naming))}`, init: {} };
    const headers = { 'content-type': 'application/json' };
    if (method === 'DELETE') return { path: `/customer/${account}`, init: { headers, body: JSON.stringify(others) } };
    const body = { ...this.paramsOf(naming), first_name: `Ada ${++this.#count}` };
    return { path: '/customer', init: { headers, body: JSON.stringify(body) } };
  }

  /** The parameters that name a customer in one way. */
  paramsOf({ account, memo, id }: Naming): Record<string, string> {
    return {
      ...(account && { account: this.#addressOf(account) }),
      ...(memo?.memo !== undefined && { memo: memo.memo }),
      ...(memo?.memoType !== undefined && { memo_type: memo.memoType }),
      ...(id && { id: id === 'never' ? this.#never : (this.state()[keyOf(id)]?.id ?? '') }),
    };
  }

  /** What the subject's token says. */
  subOf({ owner = 'A', user, spelling }: Subject): string {
    const account = this.#accounts[owner];
    if (user === undefined) return account;
    const memo = user.slice('id:'.length);
    return spelling === 'muxed' ? muxedAddress(account, memo) : `${account}:${memo}`;
  }

  #addressOf({ owner, user }: NamedAccount): string {
    if (owner === undefined) return 'GNOTANACCOUNT';
    const account = this.#accounts[owner];
    return user === undefined ? account : muxedAddress(account, user.slice('id:'.length));
  }
}

export function keyOf({ owner, user }: Customer): string {
  return `${owner}/${user}`;
}

export function memoOf({ user }: Customer): MemoParams {
  const [type, memo] = user.split(':') as [MemoType, string | undefined];
  return memo === undefined ? {} : { memo, memo_type: type };
}

function isOutOfReach({ owner, user }: Subject, customer: Customer): boolean {
  return customer.owner !== owner || (user !== undefined && customer.user !== user);
}

function assertChanged(before: State, after: State, key: string, cell: string): void {
  const version = (before[key]?.version ?? 0) + 1;
  const id = before[key]?.id ?? after[key]?.id ?? '';
  assert.deepEqual(after, { ...before, [key]: { id, version } }, `${cell} changed ${key} and nobody else`);
}

function assertDeleted(before: State, after: State, key: string, cell: string): void {
  const { [key]: gone, ...others } = before;
  assert.ok(gone, `${cell} had somebody to delete`);
  assert.deepEqual(after, others, `${cell} deleted ${key} and nobody else`);
}
