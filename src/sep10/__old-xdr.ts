import { invalidField } from '../errors.ts';

/*
 * The XDR of one transaction shape, the challenge: a v1 envelope whose operations are all Manage Data.
 * Choice: written out here because the SDK's XDR schema of the whole network costs 50 MB of resident memory and 0.2 s of
 * start-up. What is read is trusted only once our own signature over these very bytes was checked, and the tests hold
 * both directions against the SDK.
 */

/** An account in XDR: its raw Ed25519 key and, for an `M…` account, the user's id. */
export interface XdrAccount {
  readonly key: Buffer;
  readonly muxedId?: bigint;
}

/** One Manage Data operation. */
export interface ManageData {
  readonly source?: XdrAccount;
  readonly name: string;
  readonly value?: Buffer;
}

/** What a challenge transaction holds. */
export interface ChallengeTransaction {
  readonly source: XdrAccount;
  readonly fee: number;
  readonly sequence: bigint;
  /** Unix seconds; missing when the transaction has none. */
  readonly timeBounds?: { readonly minTime: bigint; readonly maxTime: bigint };
  readonly memoId?: bigint;
  readonly operations: readonly ManageData[];
}

/** A signature and the last four bytes of the key that is said to have made it. */
export interface DecoratedSignature {
  readonly hint: Buffer;
  readonly signature: Buffer;
}

/** A decoded envelope. */
export interface ChallengeEnvelope {
  readonly transaction: ChallengeTransaction;
  /** The envelope's bytes up to its signatures: what, after the network's id, is hashed and signed. */
  readonly signedBytes: Buffer;
  readonly signatures: readonly DecoratedSignature[];
}

const envelopeTypeTx = 2;
const keyTypeEd25519 = 0;
const keyTypeMuxedEd25519 = 0x100;
const precondTime = 1;
const memoNone = 0;
const memoId = 2;
const operationManageData = 10;
const maxSignatures = 20;
const maxTextLength = 16_384;

/** The envelope's bytes up to its signatures. */
export function encodeSignedBytes(transaction: ChallengeTransaction): Buffer {
  const { source, fee, sequence, timeBounds, operations } = transaction;
  return Buffer.concat([
    uint32(envelopeTypeTx),
    ...account(source),
    uint32(fee),
    uint64(sequence),
    ...(timeBounds ? [uint32(precondTime), uint64(timeBounds.minTime), uint64(timeBounds.maxTime)] : [uint32(0)]),
    ...(transaction.memoId === undefined ? [uint32(memoNone)] : [uint32(memoId), uint64(transaction.memoId)]),
    uint32(operations.length),
    ...operations.flatMap(operation),
    uint32(0),
  ]);
}

/** The base64 of a whole envelope. */
export function encodeEnvelope(signedBytes: Buffer, signatures: readonly DecoratedSignature[]): string {
  const tail = signatures.flatMap(({ hint, signature }) => [hint, opaque(signature)]);
  return Buffer.concat([signedBytes, uint32(signatures.length), ...tail.flat()]).toString('base64');
}

/**
 * Decodes a base64 envelope, taking nothing but a v1 transaction of Manage Data operations to its last byte.
 * @throws KycError `invalid_field` naming `transaction`
 * @see SEP-10 § Token, "decode the received input"
 */
export function decodeEnvelope(text: string): ChallengeEnvelope {
  const bytes = decodeBase64(text);
  const reader = new XdrReader(bytes);
  if (reader.uint32() !== envelopeTypeTx) throw badChallenge('expected a v1 transaction envelope');
  const transaction = readTransaction(reader);
  const signedBytes = bytes.subarray(0, reader.position);
  const signatures = reader.array(maxSignatures, () => ({ hint: reader.take(4), signature: reader.varOpaque(64) }));
  reader.end();
  return { transaction, signedBytes, signatures };
}

/** The refusal of a challenge; `rule` says what was expected. */
export function badChallenge(rule: string): Error {
  return invalidField('transaction', rule);
}

/**
 * Choice: the step list says "base64-urlencoded". URL-encoded base64 arrives here decoded; base64url is taken too, and
 * the space that an unescaped '+' becomes in a form is turned back.
 */
function decodeBase64(text: string): Buffer {
  if (text.length > maxTextLength) throw badChallenge('expected a challenge, which is far shorter');
  const base64 = text.replaceAll(/[- ]/g, '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw badChallenge('expected base64 of a transaction envelope');
  return Buffer.from(base64, 'base64');
}

function readTransaction(reader: XdrReader): ChallengeTransaction {
  const transaction = {
    source: readAccount(reader),
    fee: reader.uint32(),
    sequence: reader.int64(),
    ...readTimeBounds(reader),
    ...readMemo(reader),
    operations: reader.array(100, () => readOperation(reader)),
  };
  if (reader.uint32() !== 0) throw badChallenge('expected no transaction extension');
  return transaction;
}

function readAccount(reader: XdrReader): XdrAccount {
  switch (reader.uint32()) {
    case keyTypeEd25519:
      return { key: reader.take(32) };
    case keyTypeMuxedEd25519: {
      const muxedId = reader.uint64();
      return { key: reader.take(32), muxedId };
    }
    default:
      throw badChallenge('expected Ed25519 accounts');
  }
}

function readTimeBounds(reader: XdrReader): Pick<ChallengeTransaction, 'timeBounds'> {
  const precondition = reader.uint32();
  if (precondition === 0) return {};
  if (precondition !== precondTime) throw badChallenge('expected no preconditions other than time bounds');
  return { timeBounds: { minTime: reader.uint64(), maxTime: reader.uint64() } };
}

function readMemo(reader: XdrReader): Pick<ChallengeTransaction, 'memoId'> {
  const type = reader.uint32();
  if (type === memoNone) return {};
  if (type !== memoId) throw badChallenge('expected a memo of type id');
  return { memoId: reader.uint64() };
}

function readOperation(reader: XdrReader): ManageData {
  const source = reader.bool() ? { source: readAccount(reader) } : {};
  if (reader.uint32() !== operationManageData) throw badChallenge('expected Manage Data operations only');
  const name = reader.varOpaque(64).toString();
  return reader.bool() ? { ...source, name, value: reader.varOpaque(64) } : { ...source, name };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function opaque(bytes: Buffer): Buffer[] {
  return [uint32(bytes.length), bytes, Buffer.alloc(padding(bytes.length))];
}

function account({ key, muxedId }: XdrAccount): Buffer[] {
  return muxedId === undefined ? [uint32(keyTypeEd25519), key] : [uint32(keyTypeMuxedEd25519), uint64(muxedId), key];
}

function operation({ source, name, value }: ManageData): Buffer[] {
  return [
    ...(source ? [uint32(1), ...account(source)] : [uint32(0)]),
    uint32(operationManageData),
    ...opaque(Buffer.from(name)),
    ...(value ? [uint32(1), ...opaque(value)] : [uint32(0)]),
  ];
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}

/** Reads XDR forwards; every step past the end, or in a spelling that is not canonical, refuses the challenge. */
class XdrReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#at;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw badChallenge('expected a complete transaction envelope');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64BE();
  }

  int64(): bigint {
    return this.take(8).readBigInt64BE();
  }

  bool(): boolean {
    const value = this.uint32();
    if (value > 1) throw badChallenge('expected canonical XDR');
    return value === 1;
  }

  varOpaque(maxLength: number): Buffer {
    const length = this.#length(maxLength);
    const bytes = this.take(length);
    if (this.take(padding(length)).some((byte) => byte !== 0)) throw badChallenge('expected canonical XDR');
    return bytes;
  }

  array<T>(maxLength: number, read: () => T): T[] {
    return Array.from({ length: this.#length(maxLength) }, read);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw badChallenge('expected nothing after the transaction envelope');
  }

  #length(max: number): number {
    const length = this.uint32();
    if (length > max) throw badChallenge('expected canonical XDR');
    return length;
  }
}
