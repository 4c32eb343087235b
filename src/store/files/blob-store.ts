import { KycError } from '../../errors.ts';

/** A stretch of bytes: from `start` up to and not including `end`, as `slice` has it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where sealed bytes lie, each blob under an id of 32 hexadecimal digits. It never sees a plain byte. Whatever cannot be reached rejects
 * with {@link KycError} `unavailable`.
 */
export interface BlobStore {
  /**
   * Keeps a new blob; resolves when it survives a crash. On any error, its source's included, nothing of it stays, or what stays is found by
   * {@link BlobStore.listOlderThan}. A chunk is done with before the next is asked for.
   * @throws BlobExists rather than overwrite another blob
   */
  put(id: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes in order, or those of a range that lies within the blob. @throws BlobMissing when there is no such blob */
  open(id: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Removes the blob; no error when it is gone already. */
  remove(id: string): Promise<void>;
  /** The ids of blobs last written before `before`. Whatever else lies in the same place is passed over. */
  listOlderThan(before: Date): AsyncIterable<string>;
}

/** There is no blob of that id. */
export class BlobMissing extends Error {
  constructor(options?: ErrorOptions) {
    super('there is no such file in the store', options);
    this.name = 'BlobMissing';
  }
}

/** A blob of that id is there already; it was left as it is. */
export class BlobExists extends Error {
  constructor(options?: ErrorOptions) {
    super('a file of that id is in the store already', options);
    this.name = 'BlobExists';
  }
}

/** How long a client waits before it tries again. */
const retryAfterSeconds = 5;

/** What is thrown while the store cannot be reached, or cannot take more. */
export function filesAway(cause: unknown): KycError {
  return new KycError('unavailable', { key: 'error.files_away' }, { retryAfterSeconds, cause });
}

/** Whether that may be a blob's id. */
export function isBlobId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** @throws TypeError unless it is a blob's id: anything else might lead out of the store */
export function checkBlobId(id: string): void {
  if (!isBlobId(id)) throw new TypeError('a file id is 32 hexadecimal digits');
}
