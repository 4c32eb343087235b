import pg from 'pg';
import { KycError } from '../../errors.ts';

/**
 * SQLSTATEs that mean "not now": the class of connections (08), of missing resources (53) and of interventions by whoever runs the server (57),
 * locks that were waited for too long, I/O errors, and a server that may only be read.
 */
const passing = /^(?:08|53|57)|^(?:55P03|58030|25006)$/;
/** Another transaction was in the way of this one. */
const inTheWay = /^(?:40001|40P01)$/;
/** Another transaction has made, or removed, what this one has looked for in vain, or found; done again, it sees that. */
const changed = /^(?:23505|23503)$/;

/** Whether a transaction is worth doing again at once. */
export function isOvertaken(error: unknown): boolean {
  return isOutdated(error) || hasState(error, inTheWay) || hasState(error, changed);
}

/** Whether a newer release has changed a table since the connection planned the statement. */
export function isOutdated(error: unknown): boolean {
  return hasState(error, /^0A000$/) && (error as Error).message.startsWith('cached plan');
}

/** What is thrown for a fault of a statement: KycError `unavailable` for one that passes by itself, with the fault as its cause; else the fault. */
export function toKycError(error: unknown): unknown {
  return hasState(error, passing) || isOfTheWay(error) ? databaseAway(error) : error;
}

/** What is thrown when a transaction is given up that was overtaken again and again. */
export function toLastError(error: unknown): unknown {
  return isOutdated(error) || hasState(error, inTheWay) ? databaseAway(error) : error;
}

function databaseAway(cause: unknown): KycError {
  return new KycError('unavailable', { key: 'error.database_away' }, { cause, retryAfterSeconds: 5 });
}

function hasState(error: unknown, states: RegExp): boolean {
  return error instanceof pg.DatabaseError && states.test(error.code ?? '');
}

/** What the system or the driver says of the way to the server; the driver's own errors have no code. */
function isOfTheWay(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof pg.DatabaseError || error instanceof KycError) return false;
  if ('code' in error && typeof error.code === 'string') return /^E[A-Z]/.test(error.code);
  return /^Connection terminated|timeout|not queryable|connection is closed/i.test(error.message);
}
