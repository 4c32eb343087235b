import { CustomerNotFound, KycError } from '../errors.ts';
import type { CustomerRecord } from '../store/store.ts';
import { type Assessment, assess } from './assess.ts';
import { foresee, tryChange } from './change-facts.ts';
import type { Concern } from './conclude.ts';
import { type Dossier, type Standing, standingKey } from './dossier.ts';
import { noteReading } from './note-reading.ts';
import { type DecidingParts, dossierOf, openCustomer } from './open-customer.ts';
import type { Program } from './program.ts';
import { type ResolvedType, resolveByNames } from './resolve-type.ts';
import type { Cause, CauseKind } from './states.ts';

/** Where a customer stands, and what was asked of them to get there. */
export interface Look {
  readonly asked: ResolvedType;
  readonly dossier: Dossier;
  readonly assessment: Assessment;
}

const maxAttempts = 50;

/**
 * Where a customer stands now. What is stored is enough unless the type was never asked about, the program is another one, the time
 * has come for something, or the transaction asks for something else: then the customer is looked at again.
 * @throws CustomerNotFound when the customer is gone meanwhile
 */
export async function lookAt(parts: DecidingParts, record: CustomerRecord, concern: Concern): Promise<Look> {
  let known: CustomerRecord = record;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const look = lookAtStored(parts, known, concern) ?? (await lookAtValues(parts, known, concern));
    if (look !== undefined) return look;
    const now = await parts.store.findCustomerById(record.id);
    if (now === undefined) throw new CustomerNotFound();
    known = now;
  }
  throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
}

/** Where the customer stands by what is stored; undefined when that may no longer be right. */
function lookAtStored({ program, clock }: DecidingParts, record: CustomerRecord, concern: Concern): Look | undefined {
  const dossier = dossierOf(record);
  const last = dossier?.standings[standingKey(concern.type, concern.transactionId)];
  const type = program.types.get(concern.type);
  const now = clock.now().getTime();
  if (dossier === undefined || last === undefined || type === undefined) return undefined;
  if (!isCurrent(last, program, concern, now)) return undefined;
  const asked = resolveByNames(type, last.rules, last.transaction?.fields);
  return { asked, dossier, assessment: assess({ program, asked, dossier, last, now }) };
}

function isCurrent(last: Standing, program: Program, concern: Concern, now: number): boolean {
  const isDue = last.dueAt !== undefined && last.dueAt <= now;
  return asksTheSame(last, concern) && last.program === program.revision && !isDue;
}

function asksTheSame(last: Standing, { transaction }: Concern): boolean {
  return transaction === undefined || JSON.stringify(transaction) === JSON.stringify(last.transaction);
}

/** Looks at everything again for somebody who asks about a type; undefined when the customer was changed meanwhile. */
async function lookAtValues(parts: DecidingParts, record: CustomerRecord, concern: Concern): Promise<Look | undefined> {
  const { program, clock } = parts;
  const dossier = await lookAgain(parts, record, concern);
  const last = dossier?.standings[standingKey(concern.type, concern.transactionId)];
  const type = program.types.get(concern.type);
  if (dossier === undefined || last === undefined || type === undefined) return undefined;
  const asked = resolveByNames(type, last.rules, last.transaction?.fields);
  return { asked, dossier, assessment: assess({ program, asked, dossier, last, now: clock.now().getTime() }) };
}

/**
 * Looks at all standings of a customer by the present program and time. Answers the dossier as it is then, undefined when somebody else
 * changed the customer meanwhile. Choice: what follows is stored if the wallet asks for something new; what time or another program has
 * changed is told at once and written by the job that looks for it, so that nobody who asks waits for a write.
 */
async function lookAgain(parts: DecidingParts, record: CustomerRecord, opened: Concern): Promise<Dossier | undefined> {
  const cause = (dossier: Dossier): Cause => ({ kind: causeOf(dossier, parts.program, opened) });
  const change = { cause, opened: [opened], isGlance: true };
  const last = dossierOf(record)?.standings[standingKey(opened.type, opened.transactionId)];
  if (last === undefined || !asksTheSame(last, opened)) return tryChange(parts, record, change);
  const customer = await openCustomer(parts, record);
  if (customer === undefined) return undefined;
  const { before, concluded } = foresee(parts, customer, change);
  await noteReading(parts, customer, cause(before));
  return concluded.dossier;
}

/** Why a customer is looked at: another program, a type that was never asked about, or the time. */
export function causeOf(dossier: Dossier, program: Program, opened?: Concern): CauseKind {
  const standings = Object.values(dossier.standings);
  if (standings.some((standing) => standing.program !== program.revision)) return 'program';
  if (opened === undefined) return 'clock';
  const last = dossier.standings[standingKey(opened.type, opened.transactionId)];
  return last !== undefined && asksTheSame(last, opened) ? 'clock' : 'wallet';
}
