import { randomBytes } from 'node:crypto';
import { type KeyRing, keyBytes, SealBroken, type WrappedKey } from './key-ring.ts';

/** A constant that a key-encryption key wrapped when it was first seen. */
export interface KeyCheck extends WrappedKey {
  /** Since when nothing may be wrapped under the key any more; undefined while it may. */
  readonly retiredAt: Date | undefined;
}

/** Where the constants lie by which a wrong key is noticed. */
export interface KeyChecks {
  listKeyChecks(): Promise<readonly KeyCheck[]>;
  /** Keeps the check unless there is one of that key already: whoever was first stays. */
  addKeyCheck(check: WrappedKey): Promise<void>;
}

const owner = 'key-check';
/** Nobody is called so: what is wrapped for the one above must not open for it. */
const stranger = 'key-check of nobody';

/**
 * Makes sure at the start that every key this database was ever sealed with is in the ring, is the same key and binds what it wraps to its
 * owner, and leaves such a check for the keys it sees first. Keys that were retired may be missing, but not be the current one.
 * @throws TypeError naming the setting and every key that is wrong, and never the key; KycError `unavailable` when a key service is away
 */
export async function checkKeys(ring: KeyRing, checks: KeyChecks): Promise<void> {
  const known = await checks.listKeyChecks();
  const faults: string[] = [];
  for (const check of known) {
    const fault = await faultOf(ring, check);
    if (fault !== undefined) faults.push(fault);
  }
  if (faults.length > 0) throw new TypeError(`KYC_ENCRYPTION_KEYS: ${faults.join('; ')}`);
  for (const id of ring.ids.filter((id) => known.every((check) => check.kekId !== id))) {
    const check = await ring.wrap(randomBytes(keyBytes), owner, id);
    await requireBinding(ring, check);
    await checks.addKeyCheck(check);
  }
  ring.forget(owner);
  ring.forget(stranger);
}

async function faultOf(ring: KeyRing, check: KeyCheck): Promise<string | undefined> {
  const { kekId: id, retiredAt } = check;
  if (retiredAt !== undefined)
    return id === ring.currentId ? `key '${id}' was retired: put another one first` : undefined;
  if (!ring.ids.includes(id)) return `key '${id}' is missing, and this database holds data sealed with it`;
  try {
    await ring.unwrap(check, owner);
    return undefined;
  } catch (error) {
    if (error instanceof SealBroken) return `key '${id}' is not the key this database was sealed with`;
    throw error;
  }
}

/** A key of a service may be of a kind that ignores for whom it wraps: then a swapped key would open. */
async function requireBinding(ring: KeyRing, check: WrappedKey): Promise<void> {
  const isOpen = await ring.unwrap(check, stranger).then(
    () => true,
    (error: unknown) => {
      if (error instanceof SealBroken) return false;
      throw error;
    },
  );
  if (isOpen)
    throw new TypeError(
      `KYC_ENCRYPTION_KEYS: key '${check.kekId}' does not bind what it wraps to its owner; in Vault it must be a derived key`,
    );
}
