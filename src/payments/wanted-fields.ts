import { assess } from '../kyc/assess.ts';
import { standingKey } from '../kyc/dossier.ts';
import { dossierOf } from '../kyc/open-customer.ts';
import type { TypeField } from '../kyc/program.ts';
import { resolveByNames } from '../kyc/resolve-type.ts';
import type { PaymentParts } from './parts.ts';
import type { Payment } from './payment.ts';

/**
 * Names of what is to be sent, as a PUT has them: what is missing or was refused, and codes.
 * @param statusOf where the value of a field stands, by key; undefined for one that is not held
 */
export function wantedFields(
  fields: Iterable<TypeField>,
  statusOf: (key: string) => string | undefined,
): readonly string[] {
  return [...fields].flatMap(({ key, name, optional }) => {
    const status = statusOf(key);
    if (status === 'VERIFICATION_REQUIRED') return [`${name}_verification`];
    return status === 'REJECTED' || (status === undefined && !optional) ? [name] : [];
  });
}

/** Names of what the customers of a payment that is held are to send for it, by what is stored: no value is opened, and nothing is written. */
export async function wantedFor(
  { store, program, clock }: Pick<PaymentParts, 'store' | 'program' | 'clock'>,
  { id, status, parties }: Payment,
): Promise<readonly string[]> {
  if (status !== 'pending_customer_info_update') return [];
  const wanted = new Set<string>();
  for (const { customerId, type: name } of parties) {
    const record = await store.findCustomerById(customerId);
    const dossier = record && dossierOf(record);
    const last = dossier?.standings[standingKey(name, id)];
    const type = program.types.get(name);
    if (dossier === undefined || last === undefined || type === undefined) continue;
    const asked = resolveByNames(type, last.rules, last.transaction?.fields);
    const { held } = assess({ program, asked, dossier, last, now: clock.now().getTime() });
    for (const field of wantedFields(asked.fields.values(), (key) => held.get(key)?.status)) wanted.add(field);
  }
  return [...wanted];
}
