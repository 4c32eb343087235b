import type { Clock } from '../lib/clock.ts';
import { GuardedFetchError, type GuardedFetchReason, type GuardedResponse } from '../lib/guarded-fetch.ts';
import { describeError, type Logger } from '../lib/log.ts';
import type { AttemptOutcome, ClaimedDelivery, NextStep, Settlement } from '../store/outbox-store.ts';
import { type Outgoing, type OutgoingParts, outgoing } from './outgoing.ts';
import { circuitOpenMs, nextAttemptMs, retryAfterMs, switchOffAfterMs } from './retry-schedule.ts';

/** What an attempt takes. */
export interface AttemptParts extends OutgoingParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly timeoutMs: number;
  readonly retryDelaysMs: readonly number[];
}

const maxResponseBytes = 64 * 1024;

/** How the failures of {@link GuardedFetch} are called here. */
const outcomeOf: Readonly<Record<GuardedFetchReason, AttemptOutcome>> = {
  bad_url: 'forbidden',
  forbidden_address: 'forbidden',
  timeout: 'timeout',
  too_large: 'refused',
  unreachable: 'unreachable',
};

/** What came of asking. */
interface Result {
  readonly outcome: AttemptOutcome;
  readonly httpStatus?: number;
  readonly retryAfterMs?: number;
  readonly isFinal?: boolean;
}

/**
 * Tries a delivery once, with `failures` attempts in a row before it that failed at its target. Outcomes are data: it never rejects.
 * Answers undefined, and sends nothing, when the lease would not last until the answer: somebody else may hold it by then.
 */
export async function attempt(
  delivery: ClaimedDelivery,
  failures: number,
  parts: AttemptParts,
): Promise<Settlement | undefined> {
  const startedAt = parts.clock.now();
  const started = performance.now();
  const result = await ask(delivery, parts);
  if (result === undefined) return undefined;
  const { outcome, httpStatus } = result;
  const latencyMs = performance.now() - started;
  const next = nextStep(delivery, result, parts);
  return { delivery, outcome, httpStatus, startedAt, latencyMs, next, target: healthOf(result, failures, parts) };
}

async function ask(delivery: ClaimedDelivery, parts: AttemptParts): Promise<Result | undefined> {
  let post: Outgoing | undefined;
  try {
    post = await outgoing(delivery, parts);
  } catch (error) {
    parts.log.error({ delivery: delivery.id, ...describeError(error) }, 'a delivery could not be made');
    return { outcome: 'not_made' };
  }
  if (post === undefined) return { outcome: 'nobody' };
  const now = parts.clock.now();
  if (delivery.leaseUntil.getTime() - now.getTime() < parts.timeoutMs) return undefined;
  return send(post, now, parts);
}

async function send(post: Outgoing, now: Date, { timeoutMs, clock }: AttemptParts): Promise<Result> {
  const { url, body, isFinal } = post;
  const request = { method: 'POST', headers: post.headers(now), body, timeoutMs, maxResponseBytes } as const;
  try {
    const { status: httpStatus, headers } = await post.fetch(url, { ...request, onLargeResponse: 'cut' });
    if (httpStatus >= 200 && httpStatus < 300) return { outcome: 'delivered', httpStatus, isFinal };
    if (httpStatus === 410) return { outcome: 'gone', httpStatus };
    return { outcome: 'refused', httpStatus, retryAfterMs: putOff(headers, clock.now()) };
  } catch (error) {
    return { outcome: error instanceof GuardedFetchError ? outcomeOf[error.reason] : 'unreachable' };
  }
}

function putOff(headers: GuardedResponse['headers'], now: Date): number {
  return retryAfterMs(headers['retry-after'], now);
}

function nextStep(delivery: ClaimedDelivery, result: Result, parts: AttemptParts): NextStep {
  const { outcome, retryAfterMs: putOffMs = 0, isFinal = false } = result;
  if (outcome === 'delivered') return { state: 'delivered', isFinal };
  if (outcome === 'nobody') return { state: 'cancelled' };
  if (outcome === 'gone') return { state: 'failed' };
  const delayMs = nextAttemptMs(delivery.attempts + 1, putOffMs, parts.random(), parts.retryDelaysMs);
  if (delayMs === undefined) return { state: 'failed' };
  return { state: 'pending', nextAt: new Date(parts.clock.now().getTime() + delayMs) };
}

/** A host that answers at once is no danger to others, even if its answer is no; but for one that says it has too much to do. */
function healthOf(result: Result, failures: number, { clock, random }: AttemptParts): Settlement['target'] {
  const { outcome, httpStatus = 0 } = result;
  if (outcome === 'not_made' || outcome === 'nobody') return { health: 'unknown' };
  if (outcome === 'delivered') return { health: 'well' };
  if (outcome === 'gone') return { health: 'gone' };
  const now = clock.now().getTime();
  const isDown = outcome !== 'refused' || httpStatus >= 500 || httpStatus === 429;
  const putOffMs = isDown ? Math.min(result.retryAfterMs ?? 0, maxTargetPutOffMs) : 0;
  const openMs = isDown ? Math.max(circuitOpenMs(failures + 1, random()), putOffMs) : 0;
  const openUntil = openMs > 0 ? new Date(now + openMs) : undefined;
  return { health: 'failing', openUntil, offSince: new Date(now - switchOffAfterMs) };
}

/** One answer may put off all that goes to a host only for so long. */
const maxTargetPutOffMs = 5 * 60_000;
