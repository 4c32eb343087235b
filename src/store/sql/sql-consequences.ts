import { sql, type Transaction } from 'kysely';
import type { BlindIndexEntry, Consequences, Move, NewRun, SealedEvidence, StandingRow } from '../standing-store.ts';
import { grammarOf } from './grammar.ts';
import { enqueueCodes } from './sql-codes.ts';
import { enqueueEvents, enqueueMoves } from './sql-outbox.ts';
import { applyClearances } from './sql-payment-moves.ts';
import { applyReview } from './sql-reviews.ts';
import type { Tables } from './tables.ts';

/** Writes what a change of a customer means, in the transaction of the change. */
export async function applyConsequences(
  db: Transaction<Tables>,
  customerId: string,
  consequences: Consequences,
  now: number,
): Promise<void> {
  const { standings, gone = [], moves, rejections, runs, codes, indexes, finished, evidence, review } = consequences;
  for (const { type, transactionId } of gone) {
    await sql`
      delete from standings
      where customer_id = ${customerId} and type = ${type} and transaction_id = ${transactionId}`.execute(db);
  }
  for (const standing of standings) await putStanding(db, customerId, standing);
  for (const move of moves) await addMove(db, customerId, move, now);
  if (finished !== undefined) await removeRun(db, customerId, finished);
  for (const run of runs) await addRun(db, customerId, run);
  if (evidence !== undefined) await putEvidence(db, customerId, evidence, now);
  if (indexes !== undefined) await replaceIndexes(db, customerId, indexes);
  if (codes.length > 0) await enqueueCodes(db, customerId, codes, now);
  if (review !== undefined) await applyReview(db, customerId, review, now);
  if (moves.length > 0) await enqueueMoves(db, customerId, moves, now);
  const events = rejections.map((rejection) => ({ name: 'field.rejected', customerId, ...rejection }) as const);
  await enqueueEvents(db, events, now);
  if (consequences.payments !== undefined) await applyClearances(db, customerId, consequences.payments, now);
}

async function putStanding(db: Transaction<Tables>, customerId: string, standing: StandingRow): Promise<void> {
  const { type, transactionId, state, since, dueAt, program, risk, reason } = standing;
  await sql`
    insert into standings (customer_id, type, transaction_id, state, since, due_at, program, risk, reason)
    values (${customerId}, ${type}, ${transactionId}, ${state}, ${since.getTime()}, ${dueAt?.getTime() ?? null},
      ${program}, ${risk}, ${reason ?? null})
    on conflict (customer_id, type, transaction_id) do update set
      state = excluded.state, since = excluded.since, due_at = excluded.due_at,
      program = excluded.program, risk = excluded.risk, reason = excluded.reason`.execute(db);
}

async function addMove(db: Transaction<Tables>, customerId: string, move: Move, now: number): Promise<void> {
  const { type, transactionId, from, to, isVisible, status, cause, who, reason } = move;
  await sql`
    insert into moves
      (customer_id, type, transaction_id, from_state, to_state, is_visible, status, cause, who, reason, at)
    values (${customerId}, ${type}, ${transactionId}, ${from ?? null}, ${to}, ${isVisible ? 1 : 0}, ${status},
      ${cause}, ${who ?? null}, ${reason ?? null}, ${now})`.execute(db);
}

/** A run that waits already goes on waiting. */
async function addRun(db: Transaction<Tables>, customerId: string, run: NewRun): Promise<void> {
  const { check, inputs, round, runAt } = run;
  await sql`
    insert into check_runs (customer_id, check_name, inputs, round, run_at, attempt)
    values (${customerId}, ${check}, ${inputs}, ${round}, ${runAt.getTime()}, 0)
    on conflict do nothing`.execute(db);
}

/** With the run go those of the same check that it has overtaken. */
async function removeRun(
  db: Transaction<Tables>,
  customerId: string,
  { check, inputs, round }: Omit<NewRun, 'runAt'>,
): Promise<void> {
  await sql`
    delete from check_runs
    where customer_id = ${customerId} and check_name = ${check} and inputs = ${inputs} and round <= ${round}`.execute(
    db,
  );
}

async function putEvidence(
  db: Transaction<Tables>,
  customerId: string,
  { check, inputs, round, sealed }: SealedEvidence,
  now: number,
): Promise<void> {
  await sql`
    insert into evidence (customer_id, check_name, inputs, round, sealed, at)
    values (${customerId}, ${check}, ${inputs}, ${round}, ${sealed}, ${now})
    on conflict (customer_id, check_name, inputs, round) do update set sealed = excluded.sealed, at = excluded.at
  `.execute(db);
}

async function replaceIndexes(
  db: Transaction<Tables>,
  customerId: string,
  { names, entries }: NonNullable<Consequences['indexes']>,
): Promise<void> {
  const { isOneOf } = grammarOf(db);
  await sql`delete from blind_indexes where customer_id = ${customerId} and index_name ${isOneOf(names)}`.execute(db);
  await addIndexes(db, customerId, entries);
}

/** Every number of rows is a statement of its own, which is kept. */
const entriesAtOnce = 8;

/** Adds entries of the blind index that the customer may have already. */
export async function addIndexes(
  db: Transaction<Tables>,
  customerId: string,
  entries: readonly BlindIndexEntry[],
): Promise<void> {
  for (let from = 0; from < entries.length; from += entriesAtOnce) {
    const some = entries.slice(from, from + entriesAtOnce);
    const rows = some.map(({ index, digest }) => sql`(${index}, ${digest}, ${customerId})`);
    await sql`
      insert into blind_indexes (index_name, digest, customer_id) values ${sql.join(rows)}
      on conflict do nothing`.execute(db);
  }
}
