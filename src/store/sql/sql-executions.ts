import { sql, type Transaction } from 'kysely';
import { newToken } from '../../lib/ids.ts';
import { isLawfulMove } from '../../payments/moves.ts';
import type { ClaimedPayment, ExecutionStep, PaymentChange } from '../payment-store.ts';
import { changePayment } from './change-payment.ts';
import { grammarOf } from './grammar.ts';
import { lockPayment } from './locks.ts';
import { toPayments } from './payment-rows.ts';
import { findRow } from './sql-payment-moves.ts';
import type { Tables } from './tables.ts';

/** @see PaymentStore.claim */
export async function claimPayments(
  db: Transaction<Tables>,
  now: number,
  leaseUntil: number,
  limit: number,
): Promise<readonly ClaimedPayment[]> {
  const lease = newToken();
  const { rows } = await sql<Tables['payments']>`
    with due as materialized (
      select id from payments
      where execute_at <= ${now} and (lease_until is null or lease_until <= ${now})
      order by execute_at limit ${limit} ${grammarOf(db).skipLocked})
    update payments set lease = ${lease}, lease_until = ${leaseUntil}
    where id in (select id from due)
    returning *`.execute(db);
  const payments = await toPayments(db, rows);
  return payments.map((payment, index) => {
    const { round = 1, attempts = 0, asked_at: askedAt } = rows[index] ?? {};
    return { payment, round, attempts, lease, askedAt: new Map(Object.entries(versionsOf(askedAt))) };
  });
}

function versionsOf(text: string | null | undefined): Readonly<Record<string, number>> {
  return text === null || text === undefined ? {} : (JSON.parse(text) as Record<string, number>);
}

/** @see PaymentStore.begin */
export async function beginExecution(
  db: Transaction<Tables>,
  { payment, lease }: ClaimedPayment,
  versions: ReadonlyMap<string, number>,
): Promise<boolean> {
  if (!(await areAt(db, versions))) return false;
  const { numAffectedRows } = await sql`
    update payments set attempts = attempts + 1, asked_at = coalesce(asked_at, ${JSON.stringify(Object.fromEntries(versions))})
    where id = ${payment.id} and version = ${payment.version} and lease = ${lease}`.execute(db);
  return numAffectedRows === 1n;
}

/** Whether customers are at these versions, and stay so until the transaction ends. */
export async function areAt(db: Transaction<Tables>, versions: ReadonlyMap<string, number>): Promise<boolean> {
  // Always in the same order, so that no two wait for each other.
  for (const [id, version] of [...versions].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { rows } = await sql`
      select 1 from customers where id = ${id} and version = ${version} ${grammarOf(db).forShare}`.execute(db);
    if (rows.length === 0) return false;
  }
  return true;
}

/**
 * Lets go of a claimed payment, with what came of it.
 * @see PaymentStore.settle
 */
export async function settleExecution(
  db: Transaction<Tables>,
  { payment, lease }: ClaimedPayment,
  execution: ExecutionStep,
  now: number,
): Promise<'stored' | 'conflict' | 'lost'> {
  await lockPayment(db, payment.id);
  const row = await findRow(db, payment.id);
  if (row?.lease !== lease) return 'lost';
  if (execution.step === 'said' && row.version !== payment.version) return 'conflict';
  const { executeAt, round, attempts } = nextOf(row, execution);
  const askedAt = round === row.round ? row.asked_at : null;
  await sql`
    update payments set lease = null, lease_until = null, execute_at = ${executeAt}, round = ${round}, attempts = ${attempts},
      asked_at = ${askedAt}
    where id = ${payment.id}`.execute(db);
  if (execution.step === 'said') await changeIfLawful(db, row, execution.change, now);
  return 'stored';
}

function nextOf(
  row: Tables['payments'],
  execution: ExecutionStep,
): { executeAt: number | null; round: number; attempts: number } {
  const { execute_at: executeAt, round, attempts } = row;
  if (execution.step === 'again') return { executeAt: execution.at.getTime(), round, attempts };
  if (execution.step === 'anew') return { executeAt: execution.at.getTime(), round: round + 1, attempts: 0 };
  if (execution.step === 'back') return { executeAt, round, attempts };
  return execution.isNewRound
    ? { executeAt: null, round: round + 1, attempts: 0 }
    : { executeAt: null, round, attempts };
}

/**
 * What was handed on and is to be corrected after all was not paid: the rails are asked anew, under another key.
 * @see RailsContext.idempotencyKey
 */
export async function askAnew(db: Transaction<Tables>, row: Tables['payments'], { to }: PaymentChange): Promise<void> {
  const isToCorrect = to === 'pending_customer_info_update' || to === 'pending_transaction_info_update';
  if (row.status !== 'pending_external' || !isToCorrect) return;
  await sql`update payments set round = round + 1, attempts = 0, asked_at = null where id = ${row.id}`.execute(db);
}

/** Whoever moved it meanwhile knew better, as when the bank's own call came before the answer: what is completed by then, rails do not take back. */
async function changeIfLawful(
  db: Transaction<Tables>,
  row: Tables['payments'],
  change: PaymentChange,
  now: number,
): Promise<void> {
  const { to = row.status } = change;
  if (row.status === 'completed' && to !== row.status) return;
  if (to === row.status || isLawfulMove(row.protocol, row.status, to)) await changePayment(db, row, change, now);
}
