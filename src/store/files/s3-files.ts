import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import {
  BlobExists,
  BlobMissing,
  type BlobStore,
  type ByteRange,
  checkBlobId,
  filesAway,
  isBlobId,
} from './blob-store.ts';
import type { S3Location } from './s3-location.ts';
import { type Spooled, spool } from './spool.ts';
import { Turns } from './turns.ts';

/** The package that speaks to S3: only those who keep files there need it. */
export type S3Sdk = Pick<
  typeof import('@aws-sdk/client-s3'),
  | 'S3Client'
  | 'PutObjectCommand'
  | 'GetObjectCommand'
  | 'HeadObjectCommand'
  | 'DeleteObjectCommand'
  | 'ListObjectsV2Command'
>;

/** What may differ from the usual. */
export interface S3FilesOptions {
  /** How long a connection may say nothing, in milliseconds. Default: 8000. */
  readonly idleMs?: number | undefined;
}

const defaultIdleMs = 8000;
const connectMs = 3000;
/** How often something is tried before the store is said to be away. */
const attempts = 4;
const firstRetryMs = 100;
/** How many blobs are sent at once. More would not be faster, and each has some buffers; those that wait lie on disk. */
const sendsAtOnce = 8;
/** What S3 says with a status of 4xx and takes when it is sent again. */
const passing = ['RequestTimeout', 'IncompleteBody', 'BadDigest', 'ConditionalRequestConflict', 'OperationAborted'];

const say = (): void => undefined;
/** What it has to tell is thrown; left to itself, the SDK writes to the console. */
const unheard = { trace: say, debug: say, info: say, warn: say, error: say };

/**
 * Blobs as objects of a bucket. A blob waits on this machine's disk, sealed as it is, until it is known how many bytes it has: so any number
 * of slow senders costs no memory, it is one request with its checksum in front, and it can be sent again.
 * Choice: no multipart upload, which would need 5 MB of memory for every sender and leave parts behind that nobody lists.
 */
export class S3Files implements BlobStore {
  readonly #sdk: S3Sdk;
  readonly #client: S3Client;
  readonly #location: S3Location;
  readonly #spoolDirectory: string;
  readonly #sending = new Turns(sendsAtOnce);

  constructor(sdk: S3Sdk, location: S3Location, spoolDirectory: string, { idleMs }: S3FilesOptions = {}) {
    this.#sdk = sdk;
    this.#location = location;
    this.#spoolDirectory = spoolDirectory;
    this.#client = new sdk.S3Client({
      region: location.region,
      forcePathStyle: location.pathStyle,
      ...(location.endpoint !== undefined && { endpoint: location.endpoint }),
      maxAttempts: attempts,
      // Checksums are given with every blob, and every chunk is authenticated when it is read.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // Waiting for leave to send costs a round trip, and in this SDK a connection of its own each time.
      expectContinueHeader: false,
      requestHandler: { connectionTimeout: connectMs, socketTimeout: idleMs ?? defaultIdleMs, logger: unheard },
      logger: unheard,
    });
  }

  async put(id: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    checkBlobId(id);
    await using blob = await spool(this.#spoolDirectory, bytes);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sending.take(() => this.#send(id, blob));
      } catch (error) {
        if (statusOf(error) === 412) return await this.#settle(id, blob, attempt, error);
        if (attempt === attempts || !isPassing(error)) throw filesAway(error);
        await delay(firstRetryMs * 4 ** (attempt - 1) * (0.5 + Math.random()));
      }
    }
  }

  async *open(id: string, range?: ByteRange): AsyncIterable<Uint8Array> {
    const body = await this.#get(id, range);
    try {
      for await (const chunk of body ?? []) yield chunk;
    } catch (error) {
      throw filesAway(error);
    }
  }

  async remove(id: string): Promise<void> {
    await this.#client.send(new this.#sdk.DeleteObjectCommand(this.#at(id))).catch(throwAway);
  }

  async *listOlderThan(before: Date): AsyncIterable<string> {
    const { bucket, prefix } = this.#location;
    let token: string | undefined;
    do {
      const input = { Bucket: bucket, Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) };
      const page = await this.#client.send(new this.#sdk.ListObjectsV2Command(input)).catch(throwAway);
      if (page.Name === undefined) throw filesAway(notS3());
      for (const { Key: key = '', LastModified: writtenAt } of page.Contents ?? []) {
        const id = key.slice(prefix.length);
        if (isBlobId(id) && writtenAt !== undefined && writtenAt < before) yield id;
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async #send(id: string, blob: Spooled): Promise<void> {
    const body = Readable.from(blob.read(), { objectMode: false });
    const input = { ...this.#at(id), Body: body, ContentLength: blob.sizeBytes, ChecksumSHA256: blob.sha256 };
    try {
      const { ETag } = await this.#client.send(new this.#sdk.PutObjectCommand({ ...input, IfNoneMatch: '*' }));
      if (ETag === undefined) throw notS3();
    } finally {
      body.destroy();
    }
  }

  /** There is a blob of that id: this very one, if an attempt before has arrived and only its answer has not. */
  async #settle(id: string, blob: Spooled, attempt: number, cause: unknown): Promise<void> {
    if (attempt === 1) throw new BlobExists({ cause });
    const input = { ...this.#at(id), ChecksumMode: 'ENABLED' as const };
    const there = await this.#client.send(new this.#sdk.HeadObjectCommand(input)).catch(throwAway);
    const isSame = there.ContentLength === blob.sizeBytes && (there.ChecksumSHA256 ?? blob.sha256) === blob.sha256;
    if (!isSame) throw new BlobExists({ cause });
  }

  /** Undefined where the blob has no such bytes, as it has been cut off: whoever opens it will notice. */
  async #get(id: string, range: ByteRange | undefined): Promise<AsyncIterable<Uint8Array> | undefined> {
    if (range !== undefined && range.start >= range.end) return undefined;
    const input = { ...this.#at(id), ...(range && { Range: `bytes=${range.start}-${range.end - 1}` }) };
    try {
      const got = await this.#client.send(new this.#sdk.GetObjectCommand(input));
      return bodyOf(got, range);
    } catch (error) {
      if (statusOf(error) === 416) return undefined;
      if (error instanceof Error && error.name === 'NoSuchKey') throw new BlobMissing({ cause: error });
      throw filesAway(error);
    }
  }

  #at(id: string): { readonly Bucket: string; readonly Key: string } {
    checkBlobId(id);
    return { Bucket: this.#location.bucket, Key: this.#location.prefix + id };
  }
}

/** @throws Error when the store gives other bytes than those that were asked for */
function bodyOf(got: GetObjectCommandOutput, range: ByteRange | undefined): AsyncIterable<Uint8Array> | undefined {
  const body = got.Body as Readable | undefined;
  const isAsked = range === undefined || got.ContentRange?.startsWith(`bytes ${range.start}-`);
  if (isAsked && got.ETag !== undefined) return body;
  body?.destroy();
  throw notS3();
}

/** A page of a proxy is a success too, by its status: only who names what it has stored has stored it. */
function notS3(): Error {
  return new Error('what answered is no S3');
}

function throwAway(error: unknown): never {
  throw filesAway(error);
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** Whether it is worth another try: the store is busy, or did not answer at all. */
function isPassing(error: unknown): boolean {
  const status = statusOf(error) ?? 500;
  return status >= 500 || status === 429 || (error instanceof Error && passing.includes(error.name));
}
