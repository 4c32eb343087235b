import { CustomerNotFound, invalidField, KycError } from '../errors.ts';
import { composeChange } from '../kyc/change-facts.ts';
import { clearanceOf } from '../kyc/clearance.ts';
import { standingKey } from '../kyc/dossier.ts';
import { openCustomer } from '../kyc/open-customer.ts';
import { newUuid } from '../lib/ids.ts';
import type { Memo } from '../stellar/memo.ts';
import type { PaymentSeals } from '../store/payment-store.ts';
import type { CustomerUpdate } from '../store/store.ts';
import { paymentOwner } from '../vault/rotate-keys.ts';
import { createVault } from '../vault/vault.ts';
import { type Clearance, kycMoves, type Protocol, stagesOf, worst } from './moves.ts';
import { concernOf, type PaymentParts } from './parts.ts';
import type { PartyRole, PaymentDetails, PaymentKind, PaymentOwner, PaymentParty } from './payment.ts';

/** A customer whom a payment is to concern. */
export interface DraftParty {
  readonly role: PartyRole;
  readonly customerId: string;
  /** The id by which the customer was named. */
  readonly knownAs: string;
  readonly type: string;
}

/** A payment that is asked for. */
export interface PaymentDraft {
  readonly protocol: Protocol;
  readonly kind: PaymentKind;
  readonly owner: PaymentOwner;
  readonly parties: readonly DraftParty[];
  readonly details: PaymentDetails;
  readonly stellarAccount?: string | undefined;
  readonly stellarMemo?: Memo | undefined;
  /** The deprecated `fields.transaction`: kept sealed. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

/** Looks at where the customers of a payment stand for it, before it is kept; what it throws is thrown on. */
export type Admit = (parties: readonly PaymentParty[]) => void;

const maxAttempts = 50;

/** Under this name the deprecated `fields.transaction` are sealed. */
export const fieldsName = 'fields.transaction';

/**
 * Keeps a payment, at the status that its customers' standing for it makes of it. The payment and that it is asked of its customers are
 * written together.
 * @returns its id
 * @throws CustomerNotFound when one of the customers is not there (any more)
 * @throws KycError when one of them is rejected, or another payment is made by its quote
 */
export async function createPayment(parts: PaymentParts, draft: PaymentDraft, admit: Admit): Promise<string> {
  const { fields, parties: _, ...given } = draft;
  const id = newUuid();
  const seals = await seal(parts, id, fields);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const opened = await openParties(parts, { id, ...draft });
    if (opened === undefined) continue;
    const { parties, updates } = opened;
    admit(parties);
    const { working: status } = stagesOf[draft.protocol];
    const clearance = worst(parties.map((party) => party.clearance));
    if (clearance === 'rejected') throw new KycError('invalid_request', { key: 'error.payment_not_possible' });
    const first = kycMoves({ protocol: draft.protocol, status, isFunded: false }, clearance).at(-1) ?? status;
    const { stellarAccount, stellarMemo } = draft;
    const payment = { ...given, ...seals, id, status: first, parties, stellarAccount, stellarMemo };
    const outcome = await parts.store.payments.create(payment, updates);
    if (outcome === 'quote-taken') throw invalidField('quote_id', { key: 'rule.quote_taken' });
    if (outcome === 'stored') {
      parts.poke?.();
      return id;
    }
  }
  throw new KycError('unavailable', { key: 'error.too_many_changes' }, { retryAfterSeconds: 1 });
}

async function seal({ keyRing }: PaymentParts, id: string, fields: PaymentDraft['fields']): Promise<PaymentSeals> {
  if (fields === undefined) return { wrappedKey: undefined, fields: undefined };
  const vault = await createVault(keyRing, paymentOwner(id));
  return { wrappedKey: vault.wrappedKey, fields: vault.seal(fieldsName, JSON.stringify(fields)) };
}

interface OpenParties {
  readonly parties: readonly PaymentParty[];
  readonly updates: readonly CustomerUpdate[];
}

/** Where the customers stand once they are asked about the payment; undefined when one of them was changed meanwhile. */
async function openParties(
  parts: PaymentParts,
  draft: Pick<PaymentDraft, 'parties' | 'details'> & { readonly id: string },
): Promise<OpenParties | undefined> {
  const clearances = new Map<PartyRole, Clearance>();
  const updates: CustomerUpdate[] = [];
  for (const [customerId, of] of Map.groupBy(draft.parties, (party) => party.customerId)) {
    const record = await parts.store.findCustomerById(customerId);
    if (record === undefined) throw new CustomerNotFound();
    const customer = await openCustomer(parts, record);
    if (customer === undefined) return undefined;
    const opened = of.map(({ type }) => concernOf(draft, { type, asks: [] }));
    const { dossier, update } = composeChange(parts, customer, { cause: () => ({ kind: 'payment' }), opened });
    if (update !== undefined) updates.push(update);
    for (const { role, type } of of) {
      const state = dossier.standings[standingKey(type, draft.id)]?.state ?? 'needs-data';
      clearances.set(role, clearanceOf(state, parts.program.types.get(type)?.release ?? 'when-accepted'));
    }
  }
  const parties = draft.parties.map((party) => ({
    ...party,
    clearance: clearances.get(party.role) ?? 'asks',
    asks: [],
  }));
  return { parties, updates };
}
