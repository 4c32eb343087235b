import { randomBytes } from 'node:crypto';
import { type KeyRing, keyBytes, type WrappedKey } from './key-ring.ts';

/** Where the root key of the blind index lies. */
export interface IndexKeys {
  findIndexKey(name: string): Promise<WrappedKey | undefined>;
  /** Keeps the key unless there is one of that name already: whoever was first stays. */
  addIndexKey(name: string, wrapped: WrappedKey): Promise<void>;
}

/** Both the row's name and the owner the key is wrapped for. */
export type RootKeyName = 'blind-index' | 'console';

/**
 * The root key of the blind index, made at the first start. Processes that start at the same time end with the same key: what was
 * stored is read back, and only that is used.
 * @throws SealBroken when the stored key does not open
 */
export async function openIndexKey(ring: KeyRing, keys: IndexKeys, name: RootKeyName = 'blind-index'): Promise<Buffer> {
  const known = await keys.findIndexKey(name);
  if (known !== undefined) return ring.unwrap(known, name);
  await keys.addIndexKey(name, await ring.wrap(randomBytes(keyBytes), name));
  const stored = await keys.findIndexKey(name);
  if (stored === undefined) throw new Error('cannot read the index key just written');
  return ring.unwrap(stored, name);
}
