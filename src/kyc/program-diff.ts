import type { AuditLine } from '../store/audit-store.ts';
import { foresee } from './change-facts.ts';
import type { Dossier } from './dossier.ts';
import { type DecidingParts, openCustomer } from './open-customer.ts';

/** A standing that another program would move. */
export interface ProgramMove {
  readonly customerId: string;
  readonly type: string;
  readonly from: string;
  /** `gone` when the program has no such type. */
  readonly to: string;
}

/** Whom a program would move. */
export interface ProgramDiff {
  /** How many customers were looked at. */
  readonly customers: number;
  readonly moves: readonly ProgramMove[];
  /** Ids of customers that could not be looked at, as a value of theirs does not open. */
  readonly unreadable: readonly string[];
}

const pageSize = 500;

/**
 * Whom the program of `parts` would move, looked at with the eyes that would look when it is applied; nothing is written. Customers whom it has
 * looked at already are left out: they have moved.
 * @param onProgress told now and then how many were looked at, of how many
 */
export async function programDiff(
  parts: DecidingParts,
  onProgress: (done: number, all: number) => void = () => {},
): Promise<ProgramDiff> {
  const { store, program } = parts;
  const all = await store.standings.countOutdated(program.revision);
  const moves: ProgramMove[] = [];
  const unreadable: string[] = [];
  let customers = 0;
  let ids = await store.standings.findOutdated(program.revision, pageSize);
  while (ids.length > 0) {
    const read: AuditLine[] = [];
    for (const id of ids) {
      const found = await movesOf(parts, id, read);
      if (found === undefined) unreadable.push(id);
      else moves.push(...found);
    }
    await store.audit.recordRepeatable(read);
    customers += ids.length;
    onProgress(customers, all);
    ids = await store.standings.findOutdated(program.revision, pageSize, ids.at(-1));
  }
  return { customers, moves, unreadable };
}

/** @param read gets a line for the audit trail, if values are opened */
async function movesOf(
  parts: DecidingParts,
  id: string,
  read: AuditLine[],
): Promise<readonly ProgramMove[] | undefined> {
  const record = await parts.store.findCustomerById(id);
  if (record === undefined) return [];
  try {
    const customer = await openCustomer(parts, record);
    // Changed between the two reads: it was looked at just now, by whatever program serves.
    if (customer === undefined) return [];
    const { concluded } = foresee(parts, customer, { cause: () => ({ kind: 'program' }) });
    const fields = customer.held.opened();
    const actor = { kind: 'cli', id: 'program diff' } as const;
    if (fields.length > 0)
      read.push({ action: 'values.read', actor, customerId: id, about: { fields, for: 'program diff' } });
    return compare(id, customer.dossier, concluded.dossier);
  } catch {
    return undefined;
  }
}

function compare(customerId: string, before: Dossier, after: Dossier): ProgramMove[] {
  return Object.entries(before.standings).flatMap(([key, { type, state }]) => {
    const to = after.standings[key]?.state ?? 'gone';
    return to === state ? [] : [{ customerId, type, from: state, to }];
  });
}
