import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { signatureFault } from './s3-signature.ts';

/** A way of S3 to fail a request. */
export type S3Fault = 'slow down' | 'internal error' | 'denied' | 'cut' | 'lost answer' | 'flipped bit' | 'silence';

/** A server that stands in for S3 with one bucket, as far as this project speaks to it and as its REST API reference has it. */
export interface S3StandIn extends AsyncDisposable {
  /** What `filesUrl` is to be. */
  readonly url: string;
  readonly endpoint: string;
  /** Method and key of every request that was taken, in order. */
  readonly requests: readonly string[];
  /** The next requests with that method fail that way. */
  fail(method: string, fault: S3Fault, times?: number): void;
  keys(): string[];
  read(key: string): Promise<Buffer>;
  /** Puts other bytes under a key, as who can write to the bucket may do. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Makes what is there older. */
  age(key: string, ms: number): void;
}

interface StoredObject {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly writtenAt: Date;
}

const bucket = 'kyc-files';
const prefix = 'sealed/';
const statuses: Readonly<Record<string, number>> = {
  SlowDown: 503,
  InternalError: 500,
  BadDigest: 400,
  MissingContentLength: 411,
  NoSuchKey: 404,
  NoSuchBucket: 404,
  PreconditionFailed: 412,
  InvalidRange: 416,
  NotImplemented: 501,
};
const answeredFaults: Readonly<Partial<Record<S3Fault, string>>> = {
  'slow down': 'SlowDown',
  'internal error': 'InternalError',
  denied: 'AccessDenied',
};

/** Serves it on a free port, its objects as files in `directory`. */
export async function startS3(directory: string, pageSize = 1000): Promise<S3StandIn> {
  const bucketOf = new Bucket(directory, pageSize);
  const server = createServer((request, response) => {
    bucketOf.answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { objects, requests } = bucketOf;
  const get = (key: string): StoredObject => {
    const object = objects.get(key);
    if (object === undefined) throw new Error(`there is no object ${key}`);
    return object;
  };
  return {
    url: `s3://${bucket}/${prefix}?endpoint=${encodeURIComponent(endpoint)}`,
    endpoint,
    requests,
    fail: (method, fault, times = 1) => bucketOf.faults.push(...Array<[string, S3Fault]>(times).fill([method, fault])),
    keys: () => [...objects.keys()].sort(),
    read: (key) => readFile(get(key).path),
    write: async (key, bytes) => {
      const path = join(directory, randomUUID());
      await writeFile(path, bytes);
      const writtenAt = objects.get(key)?.writtenAt ?? new Date();
      objects.set(key, { path, sizeBytes: bytes.length, sha256: '', writtenAt });
    },
    age: (key, ms) => {
      const object = get(key);
      objects.set(key, { ...object, writtenAt: new Date(object.writtenAt.getTime() - ms) });
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

class Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly requests: string[] = [];
  readonly faults: [method: string, fault: S3Fault][] = [];
  readonly #directory: string;
  readonly #pageSize: number;

  constructor(directory: string, pageSize: number) {
    this.#directory = directory;
    this.#pageSize = pageSize;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '' } = request;
    const url = new URL(request.url ?? '', 'http://s3');
    const [, named, ...rest] = url.pathname.split('/');
    const key = rest.join('/');
    this.requests.push(`${method} ${key}`);
    const fault = this.#faultOf(method);
    if (fault === 'silence') return;
    const refusal = (fault && answeredFaults[fault]) ?? signatureFault(request);
    if (refusal !== undefined) return refuse(response, refusal);
    if (named !== bucket) return refuse(response, 'NoSuchBucket');
    if (method === 'PUT') return this.#put(request, response, key, fault);
    if (method === 'DELETE') return this.#delete(response, key);
    if (method === 'GET' && key === '' && url.searchParams.get('list-type') === '2')
      return this.#list(response, url.searchParams);
    if (method === 'GET' || method === 'HEAD') return this.#get(request, response, key, fault);
    refuse(response, 'NotImplemented');
  }

  #faultOf(method: string): S3Fault | undefined {
    const at = this.faults.findIndex(([of]) => of === method);
    return at < 0 ? undefined : this.faults.splice(at, 1)[0]?.[1];
  }

  /** @see PutObject: the condition holds at the end of the upload, and a body that is not what was announced is not stored */
  async #put(request: IncomingMessage, response: ServerResponse, key: string, fault?: S3Fault): Promise<void> {
    const { headers } = request;
    if (headers['content-length'] === undefined) return refuse(response, 'MissingContentLength');
    if (String(headers['x-amz-content-sha256']).startsWith('STREAMING')) return refuse(response, 'NotImplemented');
    const path = join(this.#directory, randomUUID());
    const { sizeBytes, sha256 } = await receive(request, path, fault);
    const wanted = headers['x-amz-checksum-sha256'] ?? sha256;
    const hash = headers['x-amz-content-sha256'];
    const isSigned = hash === 'UNSIGNED-PAYLOAD' || hash === Buffer.from(sha256, 'base64').toString('hex');
    const isTaken = headers['if-none-match'] === '*' && this.objects.has(key);
    const refusal = wanted !== sha256 || !isSigned ? 'BadDigest' : isTaken ? 'PreconditionFailed' : undefined;
    if (refusal !== undefined) {
      await rm(path);
      return refuse(response, refusal);
    }
    this.objects.set(key, { path, sizeBytes, sha256, writtenAt: new Date() });
    if (fault === 'lost answer') return void response.destroy();
    response.writeHead(200, { ETag: etagOf(sha256), 'x-amz-checksum-sha256': sha256 }).end();
  }

  async #delete(response: ServerResponse, key: string): Promise<void> {
    const object = this.objects.get(key);
    this.objects.delete(key);
    if (object !== undefined) await rm(object.path, { force: true });
    response.writeHead(204).end();
  }

  /** @see GetObject, HeadObject */
  async #get(request: IncomingMessage, response: ServerResponse, key: string, fault?: S3Fault): Promise<void> {
    const object = this.objects.get(key);
    if (object === undefined) return refuse(response, 'NoSuchKey');
    const { path, sizeBytes, sha256 } = object;
    const [, from = '0', to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const isRange = request.headers.range !== undefined;
    const [start, end] = [Number(from), Math.min(to ? Number(to) : Number.POSITIVE_INFINITY, sizeBytes - 1)];
    if (isRange && start >= sizeBytes) return refuse(response, 'InvalidRange');
    response.writeHead(isRange ? 206 : 200, {
      'Content-Length': end - start + 1,
      'Accept-Ranges': 'bytes',
      ETag: etagOf(sha256),
      ...(isRange && { 'Content-Range': `bytes ${start}-${end}/${sizeBytes}` }),
      ...(request.headers['x-amz-checksum-mode'] === 'ENABLED' && !isRange && { 'x-amz-checksum-sha256': sha256 }),
    });
    if (request.method === 'HEAD' || sizeBytes === 0) return void response.end();
    if (fault !== 'cut') return pipeline(createReadStream(path, { start, end }), response);
    response.write((await readFile(path)).subarray(start, start + Math.floor((end - start) / 2)), () =>
      response.destroy(),
    );
  }

  /** In the order of their keys, a page at a time. @see ListObjectsV2 */
  #list(response: ServerResponse, query: URLSearchParams): void {
    const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString();
    const keys = [...this.objects.keys()]
      .sort()
      .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after);
    const page = keys.slice(0, this.#pageSize);
    const isTruncated = keys.length > page.length;
    const contents = page.map((key) => {
      const { sizeBytes, writtenAt, sha256 } = this.objects.get(key) as StoredObject;
      return `<Contents><Key>${key}</Key><LastModified>${writtenAt.toISOString()}</LastModified><ETag>&quot;${etagOf(sha256).slice(1, -1)}&quot;</ETag><Size>${sizeBytes}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    const next = isTruncated
      ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? '').toString('base64')}</NextContinuationToken>`
      : '';
    const body = `<Name>${bucket}</Name><KeyCount>${page.length}</KeyCount><MaxKeys>${this.#pageSize}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}`;
    sendXml(
      response,
      200,
      `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</ListBucketResult>`,
    );
  }
}

/** Takes a body to a file. Rejects when it is cut off. */
async function receive(
  request: IncomingMessage,
  path: string,
  fault?: S3Fault,
): Promise<Pick<StoredObject, 'sizeBytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const seen = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      if (fault === 'flipped bit' && sizeBytes === 0) chunk[0] = (chunk[0] ?? 0) ^ 1;
      sizeBytes += chunk.length;
      hash.update(chunk);
      if (fault === 'cut') request.destroy();
      done(null, chunk);
    },
  });
  await pipeline(request, seen, createWriteStream(path));
  return { sizeBytes, sha256: hash.digest('base64') };
}

function etagOf(sha256: string): string {
  return `"${createHash('md5').update(sha256).digest('hex')}"`;
}

/** @see Amazon S3 API Reference, REST error responses */
function refuse(response: ServerResponse, code: string): void {
  const body = `<Error><Code>${code}</Code><Message>${code}</Message><RequestId>stand-in</RequestId></Error>`;
  sendXml(response, statuses[code] ?? 403, body);
}

function sendXml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml', 'x-amz-request-id': 'stand-in' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
}
