import type { Clock } from '../../lib/clock.ts';
import { canonicalName } from '../../sep9/catalogue.ts';
import type { Store } from '../../store/store.ts';
import type { Dossier } from '../dossier.ts';
import type { Program } from '../program.ts';
import { noCodeAwaited } from './code-refusals.ts';

/** What asking for another code needs. */
export interface AgainParts {
  readonly store: Pick<Store, 'codes'>;
  readonly program: Program;
  readonly clock: Clock;
}

/**
 * Notes that another code is wanted for a field that waits for one, in place of the one before. When it is sent, and whether, is for the limits of sending to
 * say: they count mailboxes, numbers and accounts, whoever asks.
 * @throws KycError when the field awaits none
 */
export async function sendAgain(
  { store, program, clock }: AgainParts,
  customerId: string,
  { fields }: Dossier,
  field: string,
): Promise<void> {
  const key = canonicalName(field);
  const facts = fields[key];
  const isVerified = program.fields.get(key)?.some(({ verify }) => verify) ?? false;
  if (facts === undefined || facts.confirmed !== undefined || !isVerified) throw noCodeAwaited(program, field);
  await store.codes.requestCode({ customerId, field: key, rev: facts.rev }, clock.now(), true);
}
