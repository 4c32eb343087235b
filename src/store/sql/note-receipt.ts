import { sql, type Transaction } from 'kysely';
import type { Receipt } from '../../payments/payment.ts';
import type { AuditActor } from '../audit-store.ts';
import type { PaymentCause } from '../payment-store.ts';
import { appendAudit } from './sql-audit.ts';
import { enqueueEvents } from './sql-outbox.ts';
import { someCustomer } from './sql-payment-moves.ts';
import type { Tables } from './tables.ts';

/**
 * Writes down money that came for a payment, in its trail too, and tells operators of what came beside the money that was asked for. What was written down
 * before changes nothing.
 */
export async function noteReceipt(
  db: Transaction<Tables>,
  { id, protocol, status }: Tables['payments'],
  { receipt, cause: { who } }: { readonly receipt: Receipt; readonly cause: PaymentCause },
  now: number,
): Promise<void> {
  const { via, reference, amount, asset, outcome, at } = receipt;
  const { numAffectedRows } = await sql`
    insert into payment_receipts (payment_id, via, reference, amount, asset, outcome, at)
    values (${id}, ${via}, ${reference}, ${amount ?? null}, ${asset ?? null}, ${outcome}, ${at.getTime()})
    on conflict do nothing`.execute(db);
  if (numAffectedRows !== 1n) return;
  const about = { payment: id, outcome, transaction: reference, ...(amount !== undefined && { amount }) };
  const actor: AuditActor = who === undefined ? { kind: 'job', id: 'money' } : { kind: 'operator', id: who };
  await appendAudit(db, [{ action: 'payment.received', actor, about }], now);
  if (outcome !== 'twice') return;
  const customerId = await someCustomer(db, id);
  const came = via === 'stellar' ? { stellarTransactionId: reference } : { externalTransactionId: reference };
  const surplus = { name: 'transaction.surplus', customerId, transactionId: id, protocol, status } as const;
  await enqueueEvents(db, [{ ...surplus, ...came, amount, asset }], now);
}
