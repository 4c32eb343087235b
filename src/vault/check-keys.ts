import { randomBytes } from 'node:crypto';
import { type KeyRing, keyBytes, SealBroken, type WrappedKey } from './key-ring.ts';

/** Where the constants lie by which a wrong key is noticed. */
export interface KeyChecks {
  listKeyChecks(): Promise<readonly WrappedKey[]>;
  addKeyCheck(check: WrappedKey): Promise<void>;
}

const owner = 'key-check';

/**
 * Makes sure at the start that every key this database was ever sealed with is in the ring and is the same key, and leaves
 * such a check for the keys it sees first.
 * @throws TypeError naming the setting and every key that is missing or different, and never the key
 */
export async function checkKeys(ring: KeyRing, checks: KeyChecks): Promise<void> {
  const faults: string[] = [];
  const known = await checks.listKeyChecks();
  for (const check of known) {
    const fault = await faultOf(ring, check);
    if (fault !== undefined) faults.push(fault);
  }
  if (faults.length > 0) throw new TypeError(`KYC_ENCRYPTION_KEYS: ${faults.join('; ')}`);
  for (const id of ring.ids.filter((id) => known.every((check) => check.kekId !== id))) {
    await checks.addKeyCheck(await ring.wrap(randomBytes(keyBytes), owner, id));
  }
}

async function faultOf(ring: KeyRing, check: WrappedKey): Promise<string | undefined> {
  if (!ring.ids.includes(check.kekId))
    return `key '${check.kekId}' is missing, and this database holds data sealed with it`;
  try {
    await ring.unwrap(check, owner);
    return undefined;
  } catch (error) {
    if (error instanceof SealBroken) return `key '${check.kekId}' is not the key this database was sealed with`;
    throw error;
  }
}
