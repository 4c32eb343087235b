import { composeChange } from '../kyc/change-facts.ts';
import { clearanceOf } from '../kyc/clearance.ts';
import { type Dossier, standingKey } from '../kyc/dossier.ts';
import { withFieldRuling } from '../kyc/facts.ts';
import { type OpenCustomer, openCustomer } from '../kyc/open-customer.ts';
import type { Program } from '../kyc/program.ts';
import { findReason } from '../kyc/reasons.ts';
import { canonicalName, findField } from '../sep9/catalogue.ts';
import type { PaymentChange } from '../store/payment-store.ts';
import type { CustomerUpdate } from '../store/store.ts';
import { type Clearance, worst } from './moves.ts';
import { concernOf, type PaymentParts } from './parts.ts';
import type { Payment, PaymentParty } from './payment.ts';
import type { FieldToCorrect } from './rails.ts';

/** What is asked of customers because the rails could not use what there is. */
export interface Correction {
  readonly asks: NonNullable<PaymentChange['asks']>;
  readonly updates: readonly CustomerUpdate[];
}

const defaultReason = 'more-needed';

/**
 * Asks customers for other data: a field that is held counts as rejected from now on, for every type that asks for it; one that is not is asked
 * for by this payment. Answers undefined when a customer was changed meanwhile.
 * @throws TypeError when that is not possible, or would ask nobody for anything: the payment would go on as if nothing had been wrong
 * @see SEP-31 § Pending Customer Info Update
 */
export async function correctFields(
  parts: PaymentParts,
  payment: Payment,
  fields: readonly FieldToCorrect[],
  by: string,
): Promise<Correction | undefined> {
  for (const field of fields) requireUsable(parts, payment, field);
  const asks: { role: PaymentParty['role']; fields: readonly string[] }[] = [];
  const updates: CustomerUpdate[] = [];
  const clearances: Clearance[] = [];
  for (const [customerId, of] of Map.groupBy(payment.parties, (party) => party.customerId)) {
    const record = await parts.store.findCustomerById(customerId);
    const customer = record && (await openCustomer(parts, record));
    if (customer === undefined) return undefined;
    const asked = of.map((party) => askedOf(parts.program, party, customer, fields));
    asks.push(...asked.map(({ party }) => ({ role: party.role, fields: party.asks })));
    const { dossier, update } = composeChange(parts, customer, {
      cause: () => ({ kind: 'payment', who: by }),
      learn: (known, at) =>
        withRejected(
          known,
          asked.flatMap(({ rejected }) => rejected),
          by,
          at,
        ),
      opened: asked.map(({ party }) => concernOf(payment, party)),
    });
    if (update !== undefined) updates.push(update);
    for (const { type } of of) {
      const { state = 'needs-data' } = dossier.standings[standingKey(type, payment.id)] ?? {};
      clearances.push(clearanceOf(state, parts.program.types.get(type)?.release ?? 'when-accepted'));
    }
  }
  if (worst(clearances) === 'clear') throw new TypeError('fields: nobody is asked for anything by these');
  return { asks, updates };
}

function requireUsable({ program }: PaymentParts, { parties }: Payment, { role, field, reason }: FieldToCorrect): void {
  if (!parties.some((party) => party.role === role)) throw new TypeError('the payment has no customer in that role');
  const key = canonicalName(field);
  if (!program.fields.has(key) && findField(key) === undefined)
    throw new TypeError('fields: expected names of SEP-9 or of the program');
  if (reason !== undefined && findReason(program, reason)?.kind !== 'retry')
    throw new TypeError('reason: expected a code of the catalogue that can be mended');
}

interface Asked {
  /** With all that this payment asks beyond the type. */
  readonly party: PaymentParty;
  readonly rejected: readonly { readonly key: string; readonly reason: string }[];
}

function askedOf(
  { types }: Program,
  party: PaymentParty,
  { dossier }: OpenCustomer,
  fields: readonly FieldToCorrect[],
): Asked {
  const own = fields.filter(({ role }) => role === party.role);
  const rejected = own
    .map(({ field, reason = defaultReason }) => ({ key: canonicalName(field), reason }))
    .filter(({ key }) => dossier.fields[key] !== undefined);
  const more = own
    .map(({ field }) => canonicalName(field))
    // What is asked for by the program is asked for as it says there.
    .filter((key) => types.get(party.type)?.fields.has(key) !== true && findField(key) !== undefined);
  const asks = [...new Set([...party.asks, ...more])];
  return { party: { ...party, asks }, rejected };
}

function withRejected(dossier: Dossier, rejected: Asked['rejected'], by: string, at: number): Dossier {
  return rejected.reduce(
    (known, { key, reason }) => withFieldRuling(known, key, { accepted: false, reason, by, at }),
    dossier,
  );
}
