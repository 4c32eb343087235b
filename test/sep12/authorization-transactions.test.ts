import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransactionCustomer } from '../../src/kyc/transactions.ts';
import {
  disguised,
  expectedOfTransaction,
  type NamedTransaction,
  reaches,
  transactions,
} from './authorization-endpoints-model.ts';
import { Ground } from './authorization-ground.ts';
import { describe, everyNaming, type Naming, type Subject, subjects } from './authorization-model.ts';
import { keyOf, memoOf } from './authorization-world.ts';

const type = 'sep31-sender';

/** A transaction as a wallet calls it. */
function nameOf(transaction: NamedTransaction): string {
  return transaction === 'never' ? transaction : `${keyOf(transaction.customer)} by ${transaction.by}`;
}

/** A ground whose transactions are the model's. */
async function openGround(): Promise<Ground> {
  const rows = new Map<string, TransactionCustomer>();
  const ground = await Ground.open({ transactions: { find: async (id) => rows.get(id) } });
  for (const transaction of transactions) {
    if (transaction === 'never') continue;
    const { customer, by } = transaction;
    const account = ground.world.subOf({ title: '', owner: customer.owner });
    const { memo, memo_type: memoType } = memoOf(customer);
    const key = { ...(memo !== undefined && { memo }), ...(memoType !== undefined && { memoType }) };
    const id = ground.idOf(customer) ?? '';
    rows.set(nameOf(transaction), { customer: { account, ...(by === 'id' ? { id } : key) } });
  }
  return ground;
}

/** All answers that must not be told apart: to ids and to transactions out of reach as to those that never were. */
function alike(subject: Subject, naming: Naming, transaction: NamedTransaction): string {
  const isHidden = transaction === 'never' || !reaches(subject, transaction.customer);
  return `${isHidden ? 'never' : nameOf(transaction)} and ${describe(disguised(subject, naming))}`;
}

for (const subject of subjects) {
  for (const method of ['GET', 'PUT'] as const) {
    test(`[sep12.get.transaction] [ruling.5] [ruling.6] ${method} by the transaction of every customer reaches whom it may and nobody else, named in every way, by ${subject.title}`, async () => {
      await using ground = await openGround();
      for (const naming of everyNaming)
        for (const transaction of transactions) await check(ground, subject, naming, transaction, method);
    });
  }
}

let count = 0;

async function check(
  ground: Ground,
  subject: Subject,
  naming: Naming,
  transaction: NamedTransaction,
  method: 'GET' | 'PUT',
): Promise<void> {
  const cell = `${method} of ${describe(naming)} with ${nameOf(transaction)} by ${subject.title}`;
  const before = ground.rows();
  const rule = expectedOfTransaction(subject, naming, transaction, method);
  const data = method === 'PUT' ? { first_name: `Ada ${++count}` } : {};
  const params = { ...ground.world.paramsOf(naming), type, transaction_id: nameOf(transaction), ...data };
  const answer = await ground.ask(subject, { method, path: '/customer', params });
  ground.assertAnswered(cell, rule, answer, before);
  if (rule.target === undefined) return ground.assertAlike(cell, alike(subject, naming, transaction), answer);
  const id = ground.idOf(rule.target);
  assert.equal(JSON.parse(answer.text).id, id, `${cell} was about ${keyOf(rule.target)}`);
  if (method === 'GET') ground.assertUnchanged(cell, before);
  else ground.assertChanged(cell, before, id ?? 'nobody');
}
