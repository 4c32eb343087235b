import type { CheckKind } from '../../src/kyc/checks/check.ts';
import { builtInKinds } from '../../src/kyc/checks/kinds.ts';

const files = ['photo_id_front', 'photo_id_back', 'photo_proof_residence', 'proof_of_income'];
const names = ['given_name', 'family_name', 'birth_date', 'organization.name'];

/** Stand-ins for kinds of checks: they have the settings and inputs of the real ones, and pass everything. */
const standIns: readonly CheckKind[] = [
  standIn('minimum-age', ['birth_date'], ['years'], { early: true }),
  standIn('document-expiry', ['id_expiration_date'], [], { early: true }),
  standIn('image', files, ['minWidth', 'minHeight'], { early: true }),
  standIn('clamav', files, ['host', 'port', 'socket'], { early: true }),
  standIn('duplicate', ['id_number', 'tax_id', 'mobile_number', 'email_address', 'birth_date'], []),
  standIn('watchman', names, ['url', 'minMatch'], { fourEyes: true }),
  standIn('yente', names, ['url', 'dataset', 'threshold'], { fourEyes: true }),
];

/** Kinds to compile programs with, each with few and simple faults. */
export const checkKinds: ReadonlyMap<string, CheckKind> = new Map(standIns.map((kind) => [kind.name, kind]));

/** What is built in, with stand-ins for what is not. */
export const realKinds: ReadonlyMap<string, CheckKind> = new Map([...checkKinds, ...builtInKinds]);

/** A kind of check that passes everything. */
export function standIn(
  name: string,
  inputs: readonly string[],
  settings: readonly string[],
  { early = false, fourEyes = false }: Partial<Pick<CheckKind, 'early' | 'fourEyes'>> = {},
): CheckKind {
  return {
    name,
    inputs,
    early,
    fourEyes,
    faultsOf: (given) =>
      Object.keys(given)
        .filter((key) => !settings.includes(key))
        .map((key) => `settings.${key}: expected one of ${settings.join(', ')}`),
    open: () => ({ run: () => Promise.resolve({ outcome: 'pass' }) }),
  };
}
