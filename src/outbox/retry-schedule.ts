const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long after a failed attempt the next one is made; after the last of them there is none. In milliseconds. */
export const retryDelaysMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** After how long of nothing but failures a target is switched off. */
export const switchOffAfterMs: number = 5 * 24 * hour;

/** The longest that a receiver may put us off by Retry-After. */
export const maxRetryAfterMs: number = 24 * hour;

/** How many failures in a row it takes until a target is left alone for a while. */
const circuitThreshold = 3;
const maxCircuitMs = 5 * minute;

/**
 * When to try again after `attempts` failed ones, undefined for never. A tenth more or less by chance, so that what failed together does not
 * come back together. What the receiver asked for counts if it is later.
 * @param random from 0 to 1
 */
export function nextAttemptMs(
  attempts: number,
  retryAfterMs: number,
  random: number,
  delaysMs: readonly number[] = retryDelaysMs,
): number | undefined {
  const delay = delaysMs[attempts - 1];
  return delay === undefined ? undefined : Math.max(delay * (0.9 + random / 5), retryAfterMs);
}

/** For how long nothing is taken for a target after so many failures in a row; 0 while it gets the benefit of the doubt. */
export function circuitOpenMs(failures: number, random: number): number {
  if (failures < circuitThreshold) return 0;
  const openMs = 5 * second * 2 ** Math.min(failures - circuitThreshold, 10);
  return Math.min(openMs, maxCircuitMs) * (0.9 + random / 5);
}

/** What a Retry-After asks for, seconds or a date, at most {@link maxRetryAfterMs}; 0 if nothing. */
export function retryAfterMs(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  const ms = /^\d{1,10}$/.test(header.trim()) ? Number(header) * second : Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), maxRetryAfterMs);
}
