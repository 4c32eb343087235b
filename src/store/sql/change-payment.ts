import { sql, type Transaction } from 'kysely';
import { type PaymentDetails, stellarAssetOf } from '../../payments/payment.ts';
import type { NewPayment, PaymentChange, PaymentSeals } from '../payment-store.ts';
import { appendAudit } from './sql-audit.ts';
import { addMove, step } from './sql-payment-moves.ts';
import type { Tables } from './tables.ts';

/** Writes a payment and its customers as they are given; false, and nothing is written, when another one is made by its quote. */
export async function insertPayment(db: Transaction<Tables>, payment: NewPayment, now: number): Promise<boolean> {
  const { id, status, owner, details, stellarMemo } = payment;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('payments')
    .values({
      ...{ id, status, protocol: payment.protocol, kind: payment.kind, version: 1 },
      ...{ account: owner.account, memo_type: owner.memo?.type ?? '', memo: owner.memo?.value ?? '' },
      ...{ asset: stellarAssetOf(details), details: JSON.stringify(details) },
      ...{ external_id: details.externalTransactionId ?? null, quote_id: details.quoteId ?? null },
      ...{ stellar_account: payment.stellarAccount ?? null },
      ...{ stellar_memo_type: stellarMemo?.type ?? null, stellar_memo: stellarMemo?.value ?? null },
      ...{ started_at: now, updated_at: now, round: 1, attempts: 0 },
      ...sealsOf(payment),
    })
    .onConflict((conflict) => conflict.column('quote_id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return false;
  for (const { role, customerId, knownAs, type, clearance, asks } of payment.parties) {
    await sql`
      insert into payment_parties
        (payment_id, role, customer_id, known_as, type, clearance, asks, is_open, is_closable)
      values (${id}, ${role}, ${customerId}, ${knownAs}, ${type}, ${clearance}, ${JSON.stringify(asks)}, 1, 0)`.execute(
      db,
    );
  }
  await addMove(db, id, undefined, status, { kind: 'created' }, now);
  await appendAudit(
    db,
    payment.parties.map(({ role, customerId, type }) => ({
      ...madeBy,
      customerId,
      about: { payment: id, role, type },
    })),
    now,
  );
  return true;
}

const madeBy = { action: 'payment.made', actor: { kind: 'wallet' } } as const;

/** Applies a change to a payment's row, and takes it to the status that the change names. */
export async function changePayment(
  db: Transaction<Tables>,
  row: Tables['payments'],
  change: PaymentChange,
  now: number,
): Promise<void> {
  const { cause, to, asks = [] } = change;
  const details = change.details ?? (JSON.parse(row.details) as PaymentDetails);
  const text = JSON.stringify(details);
  await db
    .updateTable('payments')
    .set({
      ...{ version: row.version + 1, details: text, asset: stellarAssetOf(details) },
      external_id: details.externalTransactionId ?? null,
      ...moneyOf(change),
      ...sealsOf(change.seals),
    })
    .where('id', '=', row.id)
    .execute();
  for (const { role, fields } of asks) {
    await sql`
      update payment_parties set asks = ${JSON.stringify(fields)}
      where payment_id = ${row.id} and role = ${role}`.execute(db);
  }
  if (change.seals !== undefined) {
    const line = { action: 'payment.changed', actor: { kind: 'wallet' }, about: { payment: row.id } } as const;
    await appendAudit(db, [line], now);
  }
  if (to !== undefined && to !== row.status) await step(db, { ...row, details: text }, [to], cause, now, details.fault);
}

/** Of its money, what the change says; the rest stays. */
function moneyOf(change: PaymentChange): Partial<Tables['payments']> {
  const { stellarAccount, stellarMemo, stellarTransactionId, fundedAt } = change;
  return {
    ...(stellarAccount !== undefined && { stellar_account: stellarAccount }),
    ...(stellarMemo !== undefined && { stellar_memo_type: stellarMemo.type, stellar_memo: stellarMemo.value }),
    ...(stellarTransactionId !== undefined && { stellar_id: stellarTransactionId }),
    ...(fundedAt !== undefined && { funded_at: fundedAt.getTime() }),
  };
}

function sealsOf(seals: PaymentSeals | undefined): Partial<Tables['payments']> {
  const { wrappedKey, fields } = seals ?? {};
  return {
    ...(wrappedKey !== undefined && { kek_id: wrappedKey.kekId, wrapped_key: wrappedKey.bytes }),
    ...(fields !== undefined && { sealed_fields: fields }),
  };
}
