import type { Clock } from '../lib/clock.ts';
import type { CustomerRecord, SealedValue, Store } from '../store/store.ts';
import type { KeyRing } from '../vault/key-ring.ts';
import { openVault, type Vault } from '../vault/vault.ts';
import { type Dossier, emptyDossier, readDossier } from './dossier.ts';
import type { Program } from './program.ts';

/** What reading and deciding about customers needs. */
export interface DecidingParts {
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly program: Program;
  readonly clock: Clock;
  /** The root key of the blind index. */
  readonly indexKey: Uint8Array;
}

/** A customer with the values at hand, as they were at one version. */
export interface OpenCustomer {
  readonly record: CustomerRecord;
  readonly dossier: Dossier;
  readonly vault: Vault;
  readonly held: HeldValues;
}

/** The values that are held, opened when they are read. */
export interface HeldValues {
  has(key: string): boolean;
  /** The plain value, undefined when there is none. @throws SealBroken when it is not as it was sealed */
  text(key: string): string | undefined;
  /** Keys of all fields that are held. */
  keys(): readonly string[];
  /** Keys of the fields whose values were opened so far: what the audit trail is told. */
  opened(): readonly string[];
}

/** Opens a customer's values; undefined when the customer has changed since the record was read. */
export async function openCustomer(
  { store, keyRing }: Pick<DecidingParts, 'store' | 'keyRing'>,
  record: CustomerRecord,
): Promise<OpenCustomer | undefined> {
  const values = await store.listValues(record.id, record.version);
  if (values === undefined) return undefined;
  const vault = await openVault(keyRing, record.id, record.wrappedKey);
  const held = holdValues(vault, values);
  return { record, dossier: dossierOf(record) ?? dossierOfEarlierRelease(record, held), vault, held };
}

/** What is known of a customer; undefined for one whom an earlier release stored, until somebody looks at them. */
export function dossierOf({ dossier }: CustomerRecord): Dossier | undefined {
  return dossier === undefined ? undefined : readDossier(dossier);
}

/** Sealed values, to be read by key. */
export function holdValues(vault: Vault, values: readonly SealedValue[]): HeldValues {
  const held = new Map(values.map(({ field, sealed }) => [field, sealed]));
  const opened = new Set<string>();
  const text = (key: string): string | undefined => {
    const sealed = held.get(key);
    if (sealed === undefined) return undefined;
    opened.add(key);
    return vault.open(key, sealed);
  };
  return { has: (key) => held.has(key), text, keys: () => [...held.keys()], opened: () => [...opened].sort() };
}

/** Earlier releases knew of each value only that it is held. */
function dossierOfEarlierRelease({ version }: CustomerRecord, held: HeldValues): Dossier {
  return { ...emptyDossier, fields: Object.fromEntries(held.keys().map((key) => [key, { rev: version }])) };
}
