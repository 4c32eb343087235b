import type { WrappedKey } from '../vault/key-ring.ts';
import type { Identity } from './identity.ts';

/** A file whose sealed bytes are on disk and which one field of one customer refers to. */
export interface FileRow {
  readonly id: string;
  readonly field: string;
  /** As its bytes say. */
  readonly contentType: string;
  readonly sizeBytes: number;
}

/** A file whose sealed bytes are on disk and which no customer's data refers to yet. */
export interface Upload {
  readonly id: string;
  /** The subject that sent it. */
  readonly owner: Identity;
  readonly wrappedKey: WrappedKey;
  /** What opens the file, sealed under the wrapped key. */
  readonly sealed: Uint8Array;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** From then on it is as if it had never been. */
  readonly expiresAt: Date;
}

/** How many files, and how many bytes in all, one customer may have: its own, and the uploads of the same identity. */
export interface FileQuota {
  readonly count: number;
  readonly bytes: number;
}

/** One file more than the quota allows; nothing was changed. */
export interface OverQuota {
  readonly outcome: 'over-quota';
  readonly exceeded: keyof FileQuota;
}

/** What there is to tell of files; their bytes lie elsewhere. */
export interface FileStore {
  /** Keeps an upload, as far as the quota of its owner allows. */
  addUpload(upload: Upload, quota: FileQuota): Promise<{ readonly outcome: 'stored' } | OverQuota>;
  /** The upload, if that owner sent it and it has not expired. */
  findUpload(id: string, owner: Identity): Promise<Upload | undefined>;
  /** Forgets all uploads of an owner; answers their ids. */
  removeUploads(owner: Identity): Promise<readonly string[]>;
  /** Forgets all uploads that have expired; answers their ids. */
  removeExpired(): Promise<readonly string[]>;
  /** The file that some customer's data refers to, and that customer. */
  findFile(id: string): Promise<(FileRow & { readonly customerId: string }) | undefined>;
  /** The files that a customer's data refers to, oldest first. */
  listFiles(customerId: string): Promise<readonly FileRow[]>;
}

/** Whom an upload's data key is wrapped for, and what a wallet calls the file. */
export function uploadOwner(id: string): string {
  return `file_${id}`;
}
