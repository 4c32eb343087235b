import type { KeyChecks } from '../vault/check-keys.ts';
import type { IndexKeys } from '../vault/index-key.ts';

/** Keys that are kept wrapped: the constants by which a wrong key is noticed, by key id, and the root key of the blind index. */
export interface KeyStore extends KeyChecks, IndexKeys {}
