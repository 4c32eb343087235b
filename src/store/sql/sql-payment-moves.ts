import { type Kysely, sql, type Transaction } from 'kysely';
import {
  type Clearance,
  isEnded,
  isExecutable,
  isLawfulMove,
  kycMoves,
  type PaymentStatus,
  stagesOf,
  worst,
} from '../../payments/moves.ts';
import { type PaymentDetails, type PaymentFault, withoutWords } from '../../payments/payment.ts';
import type { OperatorEvent } from '../outbox-store.ts';
import type { PaymentCause, PaymentClearance } from '../payment-store.ts';
import { lockPayment } from './locks.ts';
import { enqueueEvents } from './sql-outbox.ts';
import type { Tables } from './tables.ts';

type Row = Tables['payments'];

/**
 * Moves the payments of a customer by where the customer stands now, in the transaction in which that changed. Whoever has no payment
 * costs nothing here: a standing names its payment.
 * @see ruling 33
 */
export async function applyClearances(
  db: Transaction<Tables>,
  customerId: string,
  clearances: readonly PaymentClearance[],
  now: number,
): Promise<void> {
  for (const { transactionId, type, clearance } of clearances) {
    await lockPayment(db, transactionId);
    const before = await clearanceOf(db, transactionId);
    const { numAffectedRows = 0n } = await sql`
      update payment_parties set clearance = ${clearance}
      where payment_id = ${transactionId} and customer_id = ${customerId} and type = ${type} and is_open = 1`.execute(
      db,
    );
    if (numAffectedRows > 0n) await restate(db, transactionId, { kind: 'kyc', who: customerId }, now, before);
  }
}

/** An erased customer's payments that are not over are so now: nobody may be paid whom nobody knows any more. */
export async function applyErasure(db: Transaction<Tables>, customerId: string, now: number): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select payment_id as id from payment_parties
    where customer_id = ${customerId} and is_open = 1 order by payment_id`.execute(db);
  for (const { id } of rows) await lockPayment(db, id);
  await sql`
    update payment_parties set clearance = 'gone', is_open = 0, is_closable = 0
    where customer_id = ${customerId} and is_open = 1`.execute(db);
  for (const { id } of rows) await restate(db, id, { kind: 'kyc', who: customerId }, now);
}

/** The payments of a customer who has become part of another one are that one's. */
export async function movePayments(db: Transaction<Tables>, fromId: string, intoId: string): Promise<void> {
  await sql`update payment_parties set customer_id = ${intoId} where customer_id = ${fromId}`.execute(db);
}

/**
 * Moves a payment by where its customers stand. One that somebody holds to pay it out stays as it is until they let go: what they find out
 * counts for more.
 * @param before where they stood before, when that is what has changed
 */
export async function restate(
  db: Transaction<Tables>,
  id: string,
  cause: PaymentCause,
  now: number,
  before?: Clearance,
): Promise<void> {
  const row = await findRow(db, id);
  if (row === undefined || (row.lease_until !== null && row.lease_until > now)) return;
  const clearance = await clearanceOf(db, id);
  const isFunded = row.funded_at !== null;
  const path = kycMoves({ ...row, isFunded }, clearance);
  const status = path.at(-1) ?? row.status;
  const { isOtherMoney } = JSON.parse(row.details) as PaymentDetails;
  const executeAt = isExecutable({ protocol: row.protocol, status, isFunded, isOtherMoney }, clearance)
    ? (row.execute_at ?? now)
    : null;
  const isReleased = isCleared(row, before, clearance) || (path.length > 0 && cause.kind === 'kyc' && isHeld(row));
  if (path.length === 0 && executeAt === row.execute_at && !isReleased) return;
  await sql`
    update payments set execute_at = ${executeAt}, version = version + 1 where id = ${id}`.execute(db);
  await go(db, row, path, { cause, clearance, now });
  if (isReleased) await tellReleased(db, row, status, cause, now);
}

async function go(
  db: Transaction<Tables>,
  row: Row,
  path: readonly PaymentStatus[],
  { cause, clearance, now }: { readonly cause: PaymentCause; readonly clearance: Clearance; readonly now: number },
): Promise<void> {
  if (path.length === 0) return;
  const fault = path.at(-1) === 'error' ? faultOf(clearance) : undefined;
  const details = JSON.stringify(withoutWords(JSON.parse(row.details) as PaymentDetails));
  await step(db, { ...row, details }, path, { reason: fault, ...cause }, now, fault);
}

function isHeld({ protocol, status }: Row): boolean {
  return status === stagesOf[protocol].held;
}

/** While its customers are looked at it stays with the anchor; by SEP-6 also once they are clear. */
function isCleared({ protocol, status }: Row, before: Clearance | undefined, clearance: Clearance): boolean {
  return status === stagesOf[protocol].working && clearance === 'clear' && before !== undefined && before !== 'clear';
}

/** Whoever waits for it is told: by SEP-6 its status may be the same as before, and the anchor has to go on with it. */
async function tellReleased(
  db: Transaction<Tables>,
  { id, protocol }: Row,
  status: PaymentStatus,
  cause: PaymentCause,
  now: number,
): Promise<void> {
  const customerId = cause.who ?? (await someCustomer(db, id));
  await enqueueEvents(db, [{ name: 'transaction.released', customerId, transactionId: id, protocol, status }], now);
}

/** Whoever has to go on with a payment is told that its money came; of one that is over, that there is money to be sent back. */
export async function tellFunded(db: Transaction<Tables>, id: string, now: number): Promise<void> {
  const row = await findRow(db, id);
  if (row === undefined) return;
  const about = { customerId: await someCustomer(db, id), transactionId: id, protocol: row.protocol };
  await enqueueEvents(db, [{ name: 'transaction.funded', ...about, status: row.status }], now);
}

/**
 * Takes a payment through statuses, with its history, and tells those who are to be told.
 * @throws Error for a move that is not lawful: nothing is written then
 */
export async function step(
  db: Transaction<Tables>,
  row: Row,
  path: readonly PaymentStatus[],
  cause: PaymentCause,
  now: number,
  fault?: PaymentFault,
): Promise<void> {
  let from = row.status;
  for (const to of path) {
    if (!isLawfulMove(row.protocol, from, to))
      throw new Error(`unlawful move of a payment from ${from} to ${to} by ${cause.kind}`);
    await addMove(db, row.id, from, to, cause, now);
    from = to;
  }
  const isMended = isEnded(row.status) && !isEnded(from);
  await sql`
    update payments set status = ${from}, updated_at = ${now}, details = ${withFault(row.details, fault)},
      completed_at = ${from === 'completed' ? now : row.completed_at},
      attempts = case when ${isMended ? 1 : 0} = 1 then 0 else attempts end
    where id = ${row.id}`.execute(db);
  if (isEnded(from) !== isEnded(row.status)) await noteEnd(db, row.id, isEnded(from));
  await enqueuePaymentCallback(db, row.id, now);
  await enqueueEvents(db, await eventsOf(db, row, from, cause), now);
}

/** Appends a move of a payment to its history. */
export async function addMove(
  db: Transaction<Tables>,
  id: string,
  from: PaymentStatus | undefined,
  to: PaymentStatus,
  { kind, who, reason }: PaymentCause,
  now: number,
): Promise<void> {
  await sql`
    insert into payment_moves (payment_id, from_status, to_status, cause, who, reason, at)
    values (${id}, ${from ?? null}, ${to}, ${kind}, ${who ?? null}, ${reason ?? null}, ${now})`.execute(db);
}

/**
 * One delivery for a payment, if its owner is to be told of it, in place of one that waits: what is sent is the state at that moment. Answers
 * whether something waits now.
 * @see SEP-31 § PUT Transaction Callback
 */
export async function enqueuePaymentCallback(db: Kysely<Tables>, id: string, now: number): Promise<boolean> {
  const lane = paymentLane(id);
  await sql`
    update deliveries set state = 'superseded', finished_at = ${now}
    where lane = ${lane} and state = 'pending' and lease is null`.execute(db);
  const { rows } = await sql<{ state: string }>`
    insert into deliveries
      (kind, lane, target, payment_id, type, state, attempts, next_at, outcome, created_at, finished_at)
    select 'payment', ${lane}, p.callback_target, p.id, p.protocol,
      case when t.off_since is null then 'pending' else 'failed' end, 0, ${now},
      case when t.off_since is not null then 'switched_off' end, ${now},
      case when t.off_since is not null then cast(${now} as bigint) end
    from payments p left join delivery_targets t on t.target = p.callback_target
    where p.id = ${id} and p.callback_target is not null
    returning state`.execute(db);
  return rows.some(({ state }) => state === 'pending');
}

/** Posts about one payment are in one lane, so that they arrive in order. */
export function paymentLane(id: string): string {
  return `payment ${id}`;
}

/** The row of a payment. */
export async function findRow(db: Kysely<Tables>, id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`select * from payments where id = ${id}`.execute(db);
  return rows[0];
}

async function clearanceOf(db: Transaction<Tables>, id: string): Promise<Clearance> {
  const { rows } = await sql<{ clearance: Clearance }>`
    select clearance from payment_parties where payment_id = ${id}`.execute(db);
  return worst(rows.map(({ clearance }) => clearance));
}

function faultOf(clearance: Clearance): PaymentFault {
  return clearance === 'gone' ? 'customer-erased' : 'customer-rejected';
}

/** What made a payment fail is told as long as it has failed, and no longer. */
function withFault(text: string, fault: PaymentFault | undefined): string {
  const { fault: known, ...details } = JSON.parse(text) as PaymentDetails;
  if (known === fault) return text;
  return JSON.stringify(fault === undefined ? details : { ...details, fault });
}

/** Standings for a payment that is over are for nothing; for one that goes on after all they are looked for again. */
async function noteEnd(db: Transaction<Tables>, id: string, isOver: boolean): Promise<void> {
  if (isOver) {
    await sql`update payment_parties set is_closable = 1 where payment_id = ${id} and is_open = 1`.execute(db);
    return;
  }
  await sql`
    update payment_parties set is_closable = 0, is_open = 1,
      clearance = case when is_open = 0 then 'lost' else clearance end
    where payment_id = ${id}`.execute(db);
}

async function eventsOf(
  db: Transaction<Tables>,
  { id, protocol }: Row,
  status: PaymentStatus,
  cause: PaymentCause,
): Promise<OperatorEvent[]> {
  if (!['error', 'too_small', 'too_large', 'no_market'].includes(status)) return [];
  const customerId = cause.kind === 'kyc' && cause.who !== undefined ? cause.who : await someCustomer(db, id);
  const about = { customerId, transactionId: id, protocol, cause: cause.kind, reason: cause.reason };
  return [{ name: 'transaction.failed', ...about }];
}

/** Whose money it is about: the receiver, where there is one. */
export async function someCustomer(db: Transaction<Tables>, id: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select customer_id as id from payment_parties where payment_id = ${id} order by role limit 1`.execute(db);
  return rows[0]?.id ?? '';
}
