import { type Kysely, sql } from 'kysely';
import type { Payment, PaymentDetails, PaymentMove, PaymentParty, Receipt } from '../../payments/payment.ts';
import { isMemoType, type Memo } from '../../stellar/memo.ts';
import type { Tables } from './tables.ts';

/** The payments of these rows, with their customers, in their order. */
export async function toPayments(db: Kysely<Tables>, rows: readonly Tables['payments'][]): Promise<Payment[]> {
  const payments: Payment[] = [];
  for (const row of rows) payments.push(toPayment(row, await partiesOf(db, row.id)));
  return payments;
}

async function partiesOf(db: Kysely<Tables>, id: string): Promise<PaymentParty[]> {
  const { rows } = await sql<Tables['payment_parties']>`
    select * from payment_parties where payment_id = ${id} order by role desc`.execute(db);
  return rows.map((row) => ({
    role: row.role,
    customerId: row.customer_id,
    knownAs: row.known_as,
    type: row.type,
    clearance: row.clearance,
    asks: JSON.parse(row.asks) as string[],
  }));
}

/** The moves of a payment, oldest first. */
export async function movesOf(db: Kysely<Tables>, id: string): Promise<PaymentMove[]> {
  const { rows } = await sql<Tables['payment_moves']>`
    select * from payment_moves where payment_id = ${id} order by id`.execute(db);
  return rows.map((row) => ({
    from: row.from_status ?? undefined,
    to: row.to_status,
    cause: row.cause,
    who: row.who ?? undefined,
    reason: row.reason ?? undefined,
    at: new Date(row.at),
  }));
}

/** The money that came for a payment, in the order in which it was told of. */
export async function receiptsOf(db: Kysely<Tables>, id: string): Promise<Receipt[]> {
  const { rows } = await sql<Tables['payment_receipts']>`
    select * from payment_receipts where payment_id = ${id} order by id`.execute(db);
  return rows.map(({ via, reference, amount, asset, outcome, at }) => ({
    ...{ via, reference, outcome, at: new Date(at) },
    amount: amount ?? undefined,
    asset: asset ?? undefined,
  }));
}

function toPayment(row: Tables['payments'], parties: readonly PaymentParty[]): Payment {
  const memo = toMemo(row.memo_type, row.memo);
  return {
    id: row.id,
    protocol: row.protocol,
    kind: row.kind,
    status: row.status,
    version: row.version,
    owner: { account: row.account, ...(memo && { memo }) },
    parties,
    details: JSON.parse(row.details) as PaymentDetails,
    stellarAccount: row.stellar_account ?? undefined,
    stellarMemo: toMemo(row.stellar_memo_type, row.stellar_memo),
    stellarTransactionId: row.stellar_id ?? undefined,
    fundedAt: toDate(row.funded_at),
    isAsked: row.attempts > 0,
    startedAt: new Date(row.started_at),
    updatedAt: new Date(row.updated_at),
    completedAt: toDate(row.completed_at),
  };
}

function toMemo(type: string | null, value: string | null): Memo | undefined {
  return type === null || value === null || !isMemoType(type) ? undefined : { type, value };
}

function toDate(ms: number | null): Date | undefined {
  return ms === null ? undefined : new Date(ms);
}
