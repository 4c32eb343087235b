import type { KeyChecks } from '../vault/check-keys.ts';
import type { IndexKeys } from '../vault/index-key.ts';
import type { WrappedRows } from '../vault/rotate-keys.ts';

/** Keys that are kept wrapped: the constants by which a wrong key is noticed, the root key of the blind index, the data keys of owners. */
export interface KeyStore extends KeyChecks, IndexKeys, WrappedRows {}
