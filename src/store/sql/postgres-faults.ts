import pg from 'pg';
import { KycError } from '../../errors.ts';

/**
 * SQLSTATEs that mean "not now": the class of connections (08), of missing resources (53) and of interventions by whoever runs the server (57),
 * locks that were waited for too long, I/O errors, and a server that may only be read.
 */
const passing = /^(?:08|53|57)|^(?:55P03|58030|25006)$/;
/** Another transaction was in the way, or has made what this one was about to make; looked at again, that is seen. */
const overtaken = /^(?:40001|40P01|23505|23503)$/;
/** Of the two a row that is there already or no more is an answer, not a reason to try later. */
const inTheWay = /^(?:40001|40P01)$/;

/** Whether the same is worth doing again at once. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof pg.DatabaseError && overtaken.test(error.code ?? '');
}

/** What is thrown for a fault: KycError `unavailable` for one that passes by itself, with the fault as its cause; else the fault. */
export function toKycError(error: unknown): unknown {
  if (error instanceof KycError) return error;
  const isPassing =
    error instanceof pg.DatabaseError ? isPassingState(error.code ?? '') : error instanceof Error && isOfTheWay(error);
  if (!isPassing) return error;
  return new KycError('unavailable', { key: 'error.database_away' }, { cause: error, retryAfterSeconds: 5 });
}

function isPassingState(code: string): boolean {
  return passing.test(code) || inTheWay.test(code);
}

/** What the system or the driver says of the way to the server; the driver's own errors have no code. */
function isOfTheWay(error: Error): boolean {
  if ('code' in error && typeof error.code === 'string') return /^E[A-Z]/.test(error.code);
  return /^Connection terminated|timeout|not queryable|connection is closed/i.test(error.message);
}
