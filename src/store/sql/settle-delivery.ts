import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { ClaimedDelivery, EndReason, NextStep, Settlement } from '../outbox-store.ts';
import { lockCustomer, lockTarget } from './locks.ts';
import { paymentLane } from './sql-payment-moves.ts';
import type { Tables } from './tables.ts';

type CallbackMessage = Extract<ClaimedDelivery['message'], { kind: 'callback' }>;

/**
 * Notes an attempt: in the log, on its delivery, on what else waits for the same, and on its target. Where another callback was set meanwhile, what came of it is
 * the old one's affair: the new one is told at once, as if nothing had been tried.
 */
export async function settle(
  db: Transaction<Tables>,
  settlement: Settlement,
  now: number,
): Promise<{ readonly isSwitchedOff: boolean }> {
  const { delivery, next: planned, target } = settlement;
  if (delivery.message.kind === 'callback') await lockCustomer(db, delivery.message.customerId);
  await lockTarget(db, delivery.target);
  const isOutdated = await isForAnother(db, delivery);
  const next: NextStep = isOutdated ? { state: 'pending', nextAt: new Date(now) } : planned;
  if (await step(db, { ...settlement, next, isOutdated }, now)) {
    await log(db, settlement);
    if (next.state === 'pending') await giveWay(db, delivery, now);
  }
  // The post has arrived, whoever holds the delivery by now.
  if (planned.state === 'delivered' && planned.isFinal) await endCallback(db, delivery, now);
  if (target.health === 'gone') await forgetTarget(db, delivery, now);
  if (target.health === 'well') await sql`delete from delivery_targets where target = ${delivery.target}`.execute(db);
  return { isSwitchedOff: target.health === 'failing' && (await noteFailure(db, delivery.target, target, now)) };
}

/** False when the lease was taken over or the delivery is gone with its customer: nothing is changed then. */
async function step(
  db: Transaction<Tables>,
  { delivery, outcome, next, isOutdated }: Settlement & { readonly isOutdated: boolean },
  now: number,
): Promise<boolean> {
  const nextAt = next.state === 'pending' ? next.nextAt.getTime() : now;
  const endedAt = next.state === 'pending' ? null : now;
  const { numAffectedRows } = await sql`
    update deliveries set state = ${next.state}, attempts = ${isOutdated ? sql`0` : sql`attempts + 1`}, next_at = ${nextAt}, lease = null,
      outcome = ${outcome}, finished_at = ${endedAt},
      target = ${targetAfter(next)}
    where id = ${delivery.id} and lease = ${delivery.lease}`.execute(db);
  return numAffectedRows === 1n;
}

/** Whether a wallet has set another callback since this one was taken. */
async function isForAnother(db: Transaction<Tables>, { message }: ClaimedDelivery): Promise<boolean> {
  if (message.kind === 'event' || message.callback === undefined) return false;
  const { rows } =
    message.kind === 'payment'
      ? await sql`
          select 1 from payments where id = ${message.paymentId} and sealed_callback is not null
            and sealed_callback <> ${message.callback.sealedUrl}`.execute(db)
      : await sql`
          select 1 from callbacks where id = ${message.callbackId}
            and set_at <> ${message.callback.setAt.getTime()}`.execute(db);
  return rows.length > 0;
}

/** A change that came while this one was tried tells the state as well, and need not wait for it to be tried again. */
async function giveWay(db: Transaction<Tables>, { id, type, message }: ClaimedDelivery, now: number): Promise<void> {
  if (message.kind === 'event') return;
  const lane = message.kind === 'payment' ? paymentLane(message.paymentId) : message.callbackId;
  await sql`
    update deliveries set state = 'superseded', finished_at = ${now}
    where id = ${id} and exists (
      select 1 from deliveries e
      where e.lane = ${lane} and e.state = 'pending' and e.type = ${type} and e.id > ${id})`.execute(db);
}

/** A callback may have been set meanwhile: the next attempt is for that one. */
function targetAfter(next: NextStep): RawBuilder<unknown> {
  if (next.state !== 'pending') return sql`target`;
  return sql`coalesce((select b.target from callbacks b where b.id = deliveries.lane),
    (select p.callback_target from payments p where p.id = deliveries.payment_id), target)`;
}

async function log(db: Transaction<Tables>, settlement: Settlement): Promise<void> {
  const { delivery, outcome, httpStatus = null, startedAt, latencyMs } = settlement;
  await sql`
    insert into delivery_attempts (delivery_id, at, outcome, http_status, latency_ms)
    values (${delivery.id}, ${startedAt.getTime()}, ${outcome}, ${httpStatus}, ${Math.round(latencyMs)})`.execute(db);
}

/** Unless a wallet has set a callback since, which asks for the posts to go on. (ruling 26) */
async function endCallback(db: Transaction<Tables>, { type, message }: ClaimedDelivery, now: number): Promise<void> {
  if (message.kind !== 'callback') return;
  const { numAffectedRows } = await sql`
    insert into callback_ends (callback_id, type, ended_at)
    select id, ${type}, ${now} from callbacks where ${isStill(message)}
    on conflict do nothing`.execute(db);
  if (numAffectedRows === 0n) return;
  await sql`
    update deliveries set state = 'cancelled', outcome = ${'ended' satisfies EndReason}, finished_at = ${now}, lease = null
    where lane = ${message.callbackId} and type = ${type} and state = 'pending'`.execute(db);
}

/** Whether it is the callback that was told: not set since, and not another customer's by a merge. */
function isStill({ customerId, callbackId, callback }: CallbackMessage): RawBuilder<boolean> {
  return sql`id = ${callbackId} and customer_id = ${customerId} and set_at = ${callback?.setAt.getTime() ?? 0}`;
}

/** 410: a wallet's URL is forgotten, with what waits for it; an operator's endpoint is switched off. */
async function forgetTarget(db: Transaction<Tables>, { target, message }: ClaimedDelivery, now: number): Promise<void> {
  if (message.kind === 'event') {
    await switchOff(db, target, 'gone', now);
    return;
  }
  if (message.kind === 'payment') {
    await forgetPaymentCallback(db, message, now);
    return;
  }
  const { numAffectedRows } = await sql`delete from callbacks where ${isStill(message)}`.execute(db);
  if (numAffectedRows === 0n) return;
  await sql`
    update deliveries set state = 'cancelled', outcome = 'gone', finished_at = ${now}
    where lane = ${message.callbackId} and state = 'pending' and lease is null`.execute(db);
}

/** Unless another URL was set since. */
async function forgetPaymentCallback(
  db: Transaction<Tables>,
  { paymentId, callback }: Extract<ClaimedDelivery['message'], { kind: 'payment' }>,
  now: number,
): Promise<void> {
  const { numAffectedRows } = await sql`
    update payments set sealed_callback = null, callback_target = null
    where id = ${paymentId} and sealed_callback = ${callback?.sealedUrl ?? null}`.execute(db);
  if (numAffectedRows === 0n) return;
  await sql`
    update deliveries set state = 'cancelled', outcome = 'gone', finished_at = ${now}
    where lane = ${paymentLane(paymentId)} and state = 'pending' and lease is null`.execute(db);
}

type Failing = Extract<Settlement['target'], { health: 'failing' }>;

/** Whether the target was switched off by it. */
async function noteFailure(db: Transaction<Tables>, target: string, failing: Failing, now: number): Promise<boolean> {
  const openUntil = failing.openUntil?.getTime() ?? 0;
  const { rows } = await sql<{ failing_since: number; off_since: number | null }>`
    insert into delivery_targets (target, failures, failing_since, open_until)
    values (${target}, 1, ${now}, ${openUntil})
    on conflict (target) do update set failures = delivery_targets.failures + 1,
      open_until = case when excluded.open_until > delivery_targets.open_until then excluded.open_until else delivery_targets.open_until end
    returning failing_since, off_since`.execute(db);
  const [row] = rows;
  if (row === undefined || row.off_since !== null || row.failing_since > failing.offSince.getTime()) return false;
  await switchOff(db, target, 'failing', now);
  return true;
}

/** What waits for it has failed; it can be delivered again once the target is switched on. */
async function switchOff(
  db: Transaction<Tables>,
  target: string,
  reason: 'failing' | 'gone',
  now: number,
): Promise<void> {
  await sql`
    insert into delivery_targets (target, failures, failing_since, open_until, off_since, off_reason)
    values (${target}, 1, ${now}, 0, ${now}, ${reason})
    on conflict (target) do update set off_since = excluded.off_since, off_reason = excluded.off_reason`.execute(db);
  await sql`
    update deliveries set state = 'failed', outcome = ${'switched_off' satisfies EndReason}, finished_at = ${now}, lease = null
    where target = ${target} and state = 'pending'`.execute(db);
}
