import { createHmac, hkdfSync } from 'node:crypto';
import type { UnmaskCap } from '../store/audit-store.ts';
import { openIndexKey } from '../vault/index-key.ts';
import { keyBytes } from '../vault/key-ring.ts';
import { ShreddedKeyRing, type ShredKeys } from '../vault/shred-keys.ts';
import { duplicateFinder } from './blind-index.ts';
import { BuiltInIntegration, type BuiltInParts } from './built-in-integration.ts';
import type { Check, CheckKind, CheckServices } from './checks/check.ts';
import type { KeyedDigest } from './codes/code-limits.ts';
import type { SendParts } from './codes/send-due-codes.ts';
import { ErasureWork } from './finish-erasures.ts';
import type { Program } from './program.ts';
import { removeOrphans } from './remove-orphans.ts';
import { Requirements } from './requirements.ts';
import { ReviewDesk } from './review/review-desk.ts';
import { unmaskCapsOf } from './review/unmask.ts';
import { CheckRunner } from './run-checks.ts';

/** What the built-in integration and its jobs are opened from. */
export interface OpenParts extends Omit<BuiltInParts, 'indexKey'> {
  readonly kinds: ReadonlyMap<string, CheckKind>;
  /** A secret by its name. */
  readonly secret: (name: string) => string | undefined;
  /** The other half of every data key; left out, data keys are whole. */
  readonly shreds?: ShredKeys | undefined;
  /** How many values a viewer may look at. */
  readonly unmaskCaps?: readonly UnmaskCap[];
  readonly codes: Pick<SendParts, 'senders' | 'limits' | 'smsCountries' | 'appName'>;
}

/** The built-in integration with what works behind it. */
export interface BuiltIn {
  readonly integration: BuiltInIntegration;
  readonly runner: CheckRunner;
  readonly parts: BuiltInParts;
  readonly sending: SendParts;
  readonly desk: ReviewDesk;
  readonly erasures: ErasureWork;
}

/**
 * Opens the built-in integration: the key of the blind index is read or made, the program's checks are set up.
 * @throws TypeError naming every secret that a check misses
 */
export async function openBuiltIn({ kinds, secret, codes, shreds, unmaskCaps, ...given }: OpenParts): Promise<BuiltIn> {
  const shreddedRing = shreds && new ShreddedKeyRing(given.keyRing, shreds);
  const indexKey = await openIndexKey(given.keyRing, given.store.keys);
  const parts: BuiltInParts = { ...given, keyRing: shreddedRing ?? given.keyRing, indexKey };
  const services: CheckServices = {
    fetch: globalThis.fetch,
    secret,
    clock: parts.clock,
    log: parts.log,
    formatsOf: (key) => (parts.program.fields.get(key) ?? []).map(({ format }) => format),
    findDuplicates: duplicateFinder(parts.indexKey, parts.store.standings),
  };
  const checks = openChecks(parts.program, kinds, services);
  return {
    integration: new BuiltInIntegration(parts),
    runner: new CheckRunner({ ...parts, checks }),
    parts,
    desk: new ReviewDesk({
      ...parts,
      unmaskCaps: unmaskCaps ?? unmaskCapsOf(),
      requirements: new Requirements(parts.program),
      openFile: (reference) => parts.files.open(reference),
      removeFiles: (ids) => removeOrphans(parts, ids),
    }),
    erasures: new ErasureWork({ ...parts, shreds, shreddedRing }),
    sending: { ...parts, ...codes, digest: digestBy(parts.indexKey) },
  };
}

/** Sends are counted by address without the address being kept. */
function digestBy(indexKey: Uint8Array): KeyedDigest {
  const key = Buffer.from(hkdfSync('sha256', indexKey, '', 'code-sends', keyBytes));
  return (value) => createHmac('sha256', key).update(value, 'utf8').digest();
}

function openChecks(
  program: Program,
  kinds: ReadonlyMap<string, CheckKind>,
  services: CheckServices,
): ReadonlyMap<string, Check> {
  const faults: string[] = [];
  const checks = new Map<string, Check>();
  for (const plan of program.checks.values()) {
    try {
      const check = kinds.get(plan.kind)?.open(plan.settings, services);
      if (check !== undefined) checks.set(plan.name, check);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      faults.push(`checks.${plan.name}: ${error.message}`);
    }
  }
  if (faults.length > 0) throw new TypeError(`The checks of the program cannot be set up:\n  ${faults.join('\n  ')}`);
  return checks;
}
