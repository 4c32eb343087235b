import { changeFacts } from '../kyc/change-facts.ts';
import { concernOf, type PaymentParts } from './parts.ts';

const batchSize = 64;

/**
 * Closes what customers' dossiers hold of payments that are over, so that they do not grow for ever, and asks customers again for payments
 * whose type the program has again. Answers how much it did.
 */
export async function tidyPayments(parts: PaymentParts): Promise<number> {
  const { payments } = parts.store;
  const closable = await payments.listClosable(batchSize);
  for (const { payment, role } of closable) {
    const party = payment.parties.find((one) => one.role === role);
    const cause = () => ({ kind: 'payment' }) as const;
    if (party !== undefined) await changeFacts(parts, party.customerId, { cause, closed: [payment.id] });
    await payments.closeParty(payment.id, role);
  }
  return closable.length + (await askAgain(parts));
}

async function askAgain(parts: PaymentParts): Promise<number> {
  const { payments } = parts.store;
  const lost = await payments.listLost([...parts.program.types.keys()], batchSize);
  for (const { payment, role } of lost) {
    const party = payment.parties.find((one) => one.role === role);
    if (party === undefined) continue;
    const opened = [concernOf(payment, party)];
    const dossier = await changeFacts(parts, party.customerId, { cause: () => ({ kind: 'payment' }), opened });
    if (dossier === undefined) await payments.closeParty(payment.id, role);
  }
  return lost.length;
}
