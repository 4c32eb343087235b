import { CustomerNotFound, InvalidRequest, KycError } from '../errors.ts';
import { assess } from '../kyc/assess.ts';
import { foresee } from '../kyc/change-facts.ts';
import { clearanceOf } from '../kyc/clearance.ts';
import type { Concern } from '../kyc/conclude.ts';
import { findReached, identityOf, knownId } from '../kyc/find-customer.ts';
import { noteReading } from '../kyc/note-reading.ts';
import { type OpenCustomer, openCustomer } from '../kyc/open-customer.ts';
import { isDecimal } from '../kyc/program/decimal.ts';
import type { CustomerType } from '../kyc/program.ts';
import { typeOf } from '../kyc/requirements.ts';
import { resolveByNames, resolveType } from '../kyc/resolve-type.ts';
import { statusOf } from '../kyc/states.ts';
import type { CustomerStatus } from '../sep12/integration.ts';
import type { MemoType } from '../stellar/memo.ts';
import type { CustomerRecord } from '../store/store.ts';
import { type ProtocolAnswers, refusals } from './gate-answers.ts';
import type { PaymentParts } from './parts.ts';
import { wantedFields } from './wanted-fields.ts';

/** Who wants to move money, and how much. */
export interface GateRequest {
  /** The id that `PUT /customer` answered. */
  readonly customerId?: string;
  /** Whoever is signed in; with a `customerId` that customer must be theirs. */
  readonly subject?: { readonly account: string; readonly memo?: string; readonly memoType?: MemoType };
  /** The customer type. Default: the program's. */
  readonly type?: string;
  /** What the transaction is worth, for rules that ask for more above some amount. */
  readonly transaction?: {
    readonly amount?: string;
    readonly asset?: string;
    /** What goes out, where that is another asset than comes in. */
    readonly exchangedFor?: { readonly amount?: string; readonly asset?: string };
  };
  /** The language of what people read. Default: en. */
  readonly lang?: string;
  /** Where the customer can see how things stand, for the answer of SEP-6. `lang` is added to it. */
  readonly moreInfoUrl?: string;
}

/** Whether the money may move; if not, what to answer by each protocol. */
export type GateAnswer =
  | { readonly allowed: true; readonly customerId: string; readonly type: string }
  | ({
      readonly allowed: false;
      /** Left out for somebody who is not registered. */
      readonly customerId?: string;
      readonly type: string;
      readonly status: CustomerStatus;
    } & ProtocolAnswers);

/**
 * The gate for anchors whose payments live elsewhere: whether a customer's money may move now, by the facts, the program and the time. Nothing of the
 * customer is changed.
 * @throws InvalidRequest for a type that is not known, or a request that names nobody; CustomerNotFound for an id that is not the subject's
 * @see ruling 34, ruling 35
 */
export async function gate(parts: PaymentParts, request: GateRequest): Promise<GateAnswer> {
  const type = typeOf(parts.program, request.type);
  const concern = concernOf(type, request);
  const record = await findRecord(parts, request);
  const seen = record === undefined ? seeStranger(type, concern) : await see(parts, record, type, concern);
  const { status, clearance, missing } = seen;
  const customerId = record && knownId(record);
  if (clearance === 'clear' && customerId !== undefined) return { allowed: true, customerId, type: type.name };
  const about = { status, missing, type: type.name, lang: request.lang ?? 'en', moreInfoUrl: request.moreInfoUrl };
  return {
    allowed: false,
    ...(customerId !== undefined && { customerId }),
    type: type.name,
    status,
    ...refusals(about),
  };
}

interface Seen {
  readonly status: CustomerStatus;
  readonly clearance: ReturnType<typeof clearanceOf>;
  /** Names of what is to be sent. */
  readonly missing: readonly string[];
}

function concernOf({ name }: CustomerType, { transaction }: GateRequest): Concern {
  const amounts = [transaction?.amount, transaction?.exchangedFor?.amount];
  if (amounts.some((amount) => amount !== undefined && !isDecimal(amount)))
    throw new InvalidRequest({ key: 'error.invalid_field', params: { field: 'amount', rule: { key: 'rule.amount' } } });
  return { type: name, ...(transaction && { transaction }) };
}

async function findRecord(
  { store }: PaymentParts,
  { customerId, subject }: GateRequest,
): Promise<CustomerRecord | undefined> {
  if (customerId === undefined) {
    if (subject === undefined) throw new InvalidRequest({ key: 'error.required', params: { field: 'customerId' } });
    return store.findCustomer(identityOf(subject));
  }
  const record = await (subject === undefined ? findById(store, customerId) : findOwn(store, customerId, subject));
  if (record === undefined) throw new CustomerNotFound();
  return record;
}

/** As far as the subject reaches. (ruling 6) */
function findOwn(
  store: PaymentParts['store'],
  id: string,
  subject: NonNullable<GateRequest['subject']>,
): Promise<CustomerRecord | undefined> {
  const { account, memo } = identityOf(subject);
  const signedIn = { sub: account, account, ...(memo && { memo }) };
  return findReached(store, { account, id }, { subject: signedIn, requestId: '' });
}

async function findById(store: PaymentParts['store'], id: string): Promise<CustomerRecord | undefined> {
  const own = await store.findCustomerById(id);
  if (own !== undefined) return own;
  const merged = await store.accounts.findMerged(id);
  const record = merged === undefined ? undefined : await store.findCustomerById(merged);
  return record && { ...record, knownAs: id };
}

const maxAttempts = 50;

async function see(parts: PaymentParts, found: CustomerRecord, type: CustomerType, concern: Concern): Promise<Seen> {
  let record: CustomerRecord = found;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const customer = await openCustomer(parts, record);
    if (customer !== undefined) {
      const seen = seeOpen(parts, customer, type, concern);
      await noteReading(parts, customer, { kind: 'payment', who: 'gate' });
      return seen;
    }
    const now = await parts.store.findCustomerById(record.id);
    if (now === undefined) throw new CustomerNotFound();
    record = now;
  }
  throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
}

function seeOpen(parts: PaymentParts, customer: OpenCustomer, type: CustomerType, concern: Concern): Seen {
  const change = { cause: () => ({ kind: 'payment' }) as const, opened: [concern], isGlance: true };
  const { dossier } = foresee(parts, customer, change).concluded;
  const last = dossier.standings[type.name];
  const asked = resolveByNames(type, last?.rules ?? []);
  const assessment = assess({ program: parts.program, asked, dossier, last, now: parts.clock.now().getTime() });
  const missing = wantedFields(asked.fields.values(), (key) => assessment.held.get(key)?.status);
  const status = statusOf[assessment.state];
  return { status, missing, clearance: clearanceOf(assessment.state, type.release) };
}

function seeStranger(type: CustomerType, { transaction }: Concern): Seen {
  const { fields } = resolveType(type, () => undefined, transaction);
  const missing = wantedFields(fields.values(), () => undefined);
  return { status: 'NEEDS_INFO', clearance: 'asks', missing };
}
