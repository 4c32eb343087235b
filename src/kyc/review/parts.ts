import { CustomerNotFound, KycError } from '../../errors.ts';
import type { CustomerAnswer } from '../../sep12/integration.ts';
import type { UnmaskCap } from '../../store/audit-store.ts';
import type { FileReference } from '../../store/files/sealed-files.ts';
import type { CustomerRecord } from '../../store/store.ts';
import { DataKeyLost } from '../../vault/shred-keys.ts';
import { changeFacts } from '../change-facts.ts';
import type { ErasingParts } from '../erase.ts';
import { causeOf } from '../look-at.ts';
import { type OpenCustomer, openCustomer } from '../open-customer.ts';
import type { Requirements } from '../requirements.ts';
import type { StandingState } from '../states.ts';
import type { Operator } from './operator.ts';
import { notPossible, type Seen, see } from './rule.ts';

/** What reviewing needs. */
export interface ReviewParts extends ErasingParts {
  /** Says what customers read. */
  readonly requirements: Requirements;
  /** The plain bytes of a file that a customer's value refers to. */
  readonly openFile: (reference: FileReference) => AsyncIterable<Uint8Array>;
  /** Removes files that nothing refers to any more. */
  readonly removeFiles: (ids: readonly string[]) => Promise<void>;
  /** How many values somebody who sees them masked may look at. */
  readonly unmaskCaps: readonly UnmaskCap[];
  /** Called after a change that may have made work for others. */
  readonly poke?: () => void;
}

/** A customer as they are now, open. */
export interface Current {
  readonly customer: OpenCustomer;
  readonly seen: Seen;
}

/** Where a customer stands for one type, and what their wallet is answered about it. */
export interface ToldStanding {
  readonly type: string;
  readonly transactionId: string;
  readonly state: StandingState;
  readonly answer: CustomerAnswer;
}

/** Customer and operator of an act, at the version that the operator looked at. */
export interface ActContext {
  readonly operator: Operator;
  readonly customerId: string;
  readonly version: number;
}

/** The refusal of an act on a customer who is not as the operator saw them. */
export function stale(): KycError {
  return new KycError('stale', 'the customer has changed since: look again');
}

/** The record of a customer by their id, or by the one they went by before a merge. @throws CustomerNotFound */
export async function getRecord({ store }: ReviewParts, id: string): Promise<CustomerRecord> {
  const own = await store.findCustomerById(id);
  if (own !== undefined) return own;
  const merged = await store.accounts.findMerged(id);
  const record = merged === undefined ? undefined : await store.findCustomerById(merged);
  if (record === undefined) throw new CustomerNotFound();
  return record;
}

/**
 * A customer as they are now: what time and the program have changed is written first, so that nobody decides on what is over.
 * @throws KycError `not_possible` when their data key is lost: they can be erased, and nothing else
 */
export async function openNow(parts: ReviewParts, id: string): Promise<Current> {
  const record = await getRecord(parts, id);
  try {
    return await openOf(parts, record.id);
  } catch (error) {
    if (error instanceof DataKeyLost) throw lost(parts, record);
    throw error;
  }
}

/** The refusal of anything but erasing somebody whose data key is lost. */
function lost({ log }: ReviewParts, { id, version }: CustomerRecord): KycError {
  log.error({ customer: id }, 'the data key of a customer is lost');
  return notPossible(`the customer's data key is lost, and with it all they gave: erase them (version ${version})`);
}

async function openOf(parts: ReviewParts, ownId: string): Promise<Current> {
  await changeFacts(parts, ownId, { cause: (dossier) => ({ kind: causeOf(dossier, parts.program) }) });
  const customer = await openCustomer(parts, await getRecord(parts, ownId));
  if (customer === undefined) throw stale();
  return { customer, seen: see(parts.program, customer.dossier, parts.clock.now().getTime()) };
}

/** The same, at the version that somebody looked at. @throws KycError `stale` when the customer is at another one */
export async function openAt(parts: ReviewParts, id: string, version: number): Promise<Current> {
  const current = await openNow(parts, id);
  if (current.customer.record.version !== version) throw stale();
  return current;
}

/** What a customer's wallet is answered, for each type it asked about. */
export function toldStandings({ requirements }: ReviewParts, id: string, seen: Seen, lang: string): ToldStanding[] {
  return seen.standings.map(({ standing, asked, assessment }) => {
    const { type, transactionId } = standing;
    const answer = requirements.answer(id, { asked, dossier: seen.dossier, assessment }, lang);
    return { type, transactionId, state: assessment.state, answer };
  });
}
