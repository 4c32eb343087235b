import { createHash, randomBytes } from 'node:crypto';
import { newToken } from '../../lib/ids.ts';
import { describeError, type Logger, silentLogger } from '../../lib/log.ts';
import { keyBytes, SealBroken } from '../../vault/key-ring.ts';
import { openStream, openStreamRange, sealStream } from '../../vault/sealed-stream.ts';
import { BlobMissing, type BlobStore, type ByteRange } from './blob-store.ts';
import { PixelCounter } from './pixel-counter.ts';

/** The first bytes of a file, by which its type is told. */
const sniffBytes = 4100;

/** What opens a sealed file again. Kept only inside a value that is itself sealed. */
export interface FileReference {
  readonly id: string;
  /** The file's own key, base64. */
  readonly key: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** SHA-256 of the plain bytes, hexadecimal. */
  readonly sha256: string;
  /** What came, where something was taken out of it since: the same file sent again is the same. */
  readonly sent?: { readonly sizeBytes: number; readonly sha256: string };
}

/** A file just received: sealed and durable on disk, not yet anybody's. */
export class SealedFile {
  readonly reference: FileReference;
  /** How many pixels an image has by its header; undefined for one whose header does not say, and for what is no image. */
  readonly pixels: number | undefined;
  readonly #files: SealedFiles;
  #kept = false;

  constructor(files: SealedFiles, reference: FileReference, pixels?: number) {
    this.#files = files;
    this.reference = reference;
    this.pixels = pixels;
  }

  get contentType(): string {
    return this.reference.contentType;
  }

  get sizeBytes(): number {
    return this.reference.sizeBytes;
  }

  get sha256(): string {
    return this.reference.sha256;
  }

  open(): AsyncIterable<Uint8Array> {
    return this.#files.open(this.reference);
  }

  /** Says that something durable refers to the file now. */
  keep(): void {
    this.#kept = true;
  }

  /** Removes the file unless it was kept. Never rejects: what cannot be removed now is swept later, and whoever gives up a file has better to tell. */
  async discard(): Promise<void> {
    if (!this.#kept) await this.#files.giveUp(this.reference.id);
  }
}

/** Files of personal data: no plain byte of them ever reaches the disk. */
export class SealedFiles {
  readonly #blobs: BlobStore;
  readonly #log: Logger;

  constructor(blobs: BlobStore, log: Logger = silentLogger) {
    this.#blobs = blobs;
    this.#log = log;
  }

  /** Seals a stream under a fresh key and makes it durable. On any error nothing stays behind that anything refers to. */
  async store(plain: AsyncIterable<Uint8Array>): Promise<SealedFile> {
    const id = newToken();
    const key = randomBytes(keyBytes);
    const hash = createHash('sha256');
    const head: Uint8Array[] = [];
    const counter = new PixelCounter();
    let sizeBytes = 0;
    async function* observed(): AsyncIterable<Uint8Array> {
      for await (const bytes of plain) {
        if (sizeBytes < sniffBytes) head.push(Buffer.from(bytes.subarray(0, sniffBytes - sizeBytes)));
        sizeBytes += bytes.length;
        hash.update(bytes);
        counter.push(bytes);
        yield bytes;
      }
    }
    await this.#blobs.put(id, sealStream(key, observed()));
    const contentType = await sniff(Buffer.concat(head));
    const sha256 = hash.digest('hex');
    const reference = { id, key: key.toString('base64'), contentType, sizeBytes, sha256 };
    return new SealedFile(this, reference, counter.pixels);
  }

  /** The plain bytes of a stored file. @throws SealBroken when they are not as they were sealed */
  open(reference: FileReference): AsyncIterable<Uint8Array> {
    return this.#watched(reference.id, openStream(keyOf(reference), this.#blobs.open(reference.id)));
  }

  /**
   * Some of the plain bytes of a stored file, at the cost of the chunks that they lie in.
   * @throws SealBroken when a chunk of them is not as it was sealed
   * @throws RangeError when the range does not lie within the file
   */
  openRange(reference: FileReference, range: ByteRange): AsyncIterable<Uint8Array> {
    const { id, sizeBytes } = reference;
    const read = (sealed: ByteRange): AsyncIterable<Uint8Array> => this.#blobs.open(id, sealed);
    return this.#watched(id, openStreamRange(keyOf(reference), read, sizeBytes, range));
  }

  async remove(id: string): Promise<void> {
    await this.#blobs.remove(id);
  }

  /** Removes a file that nothing refers to, as far as that can be done now: the sweep removes what is left. */
  async giveUp(id: string): Promise<void> {
    await this.#blobs.remove(id).catch((error: unknown) => {
      this.#log.warn({ file: id, ...describeError(error) }, 'a file was not removed; the sweep will');
    });
  }

  /** Removes blobs written before `before` that `isLive` does not claim; answers how many. */
  async sweep(before: Date, isLive: (ids: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number> {
    let removed = 0;
    for await (const batch of batches(this.#blobs.listOlderThan(before), 100)) {
      const live = await isLive(batch);
      const dead = batch.filter((id) => !live.has(id));
      await Promise.all(dead.map((id) => this.#blobs.remove(id)));
      removed += dead.length;
    }
    return removed;
  }

  /** A file that was altered or is gone is told to the operator, whoever asked for it and whatever they make of it. */
  async *#watched(id: string, plain: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    try {
      yield* plain;
    } catch (error) {
      if (error instanceof SealBroken || error instanceof BlobMissing)
        this.#log.error({ file: id, ...describeError(error) }, 'a stored file is not as it was sealed');
      throw error;
    }
  }
}

function keyOf({ key }: FileReference): Buffer {
  return Buffer.from(key, 'base64');
}

async function sniff(head: Uint8Array): Promise<string> {
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  return found?.mime ?? 'application/octet-stream';
}

async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncIterable<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
