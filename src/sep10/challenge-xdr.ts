import { invalidField } from '../errors.ts';
import { array, int64, optional, uint32, uint64, varOpaque, XdrReader } from '../stellar/xdr.ts';

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

const maxTextLength = 16_384;

/** The choices of Stellar's unions that a challenge is made of, and the bounds of its lists. @see Stellar-transaction.x */
const envelopeTypeTx = 2;
const keyType = { ed25519: 0, muxedEd25519: 0x100 } as const;
const precondition = { none: 0, time: 1 } as const;
const memoType = { none: 0, id: 2 } as const;
const manageData = 10;
const max = { operations: 100, signatures: 20, nameBytes: 64, valueBytes: 64, signatureBytes: 64 } as const;

/** The envelope's bytes up to its signatures. */
export function encodeSignedBytes({
  source,
  fee,
  sequence,
  timeBounds,
  memoId,
  operations,
}: ChallengeTransaction): Buffer {
  return Buffer.concat([
    uint32(envelopeTypeTx),
    encodeAccount(source),
    uint32(fee),
    int64(sequence),
    ...(timeBounds
      ? [uint32(precondition.time), uint64(timeBounds.minTime), uint64(timeBounds.maxTime)]
      : [uint32(precondition.none)]),
    ...(memoId === undefined ? [uint32(memoType.none)] : [uint32(memoType.id), uint64(memoId)]),
    array(operations.map(encodeOperation)),
    uint32(0),
  ]);
}

/** The base64 of a whole envelope. */
export function encodeEnvelope(signedBytes: Buffer, signatures: readonly DecoratedSignature[]): string {
  const decorated = signatures.map(({ hint, signature }) => Buffer.concat([hint, varOpaque(signature)]));
  return Buffer.concat([signedBytes, array(decorated)]).toString('base64');
}

/**
 * Decodes a base64 envelope, taking nothing but a v1 transaction of Manage Data operations to its last byte.
 * @throws KycError `invalid_field` naming `transaction`
 * @see SEP-10 § Token, "decode the received input"
 */
export function decodeEnvelope(text: string): ChallengeEnvelope {
  const bytes = decodeBase64(text);
  try {
    return readEnvelope(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw notEnvelope();
    throw error;
  }
}

/** The refusal of a challenge; `rule` says what was expected. */
export function badChallenge(rule: string): Error {
  return invalidField('transaction', rule);
}

function notEnvelope(): Error {
  return badChallenge('expected the XDR of a v1 transaction envelope');
}

function encodeAccount({ key, muxedId }: XdrAccount): Buffer {
  if (muxedId === undefined) return Buffer.concat([uint32(keyType.ed25519), key]);
  return Buffer.concat([uint32(keyType.muxedEd25519), uint64(muxedId), key]);
}

function encodeOperation({ source, name, value }: ManageData): Buffer {
  return Buffer.concat([
    optional(source && encodeAccount(source)),
    uint32(manageData),
    varOpaque(Buffer.from(name)),
    optional(value && varOpaque(value)),
  ]);
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

/** Whatever is no part of a challenge is refused where it is met, its content unread: nothing nests here. */
function readEnvelope(bytes: Buffer): ChallengeEnvelope {
  const from = new XdrReader(bytes);
  if (from.uint32() !== envelopeTypeTx) throw notEnvelope();
  const transaction = readTransaction(from);
  // As received, not encoded again: these bytes are what was signed.
  const signedBytes = bytes.subarray(0, from.at);
  const signatures = from.array(max.signatures, () => ({
    hint: from.opaque(4),
    signature: from.varOpaque(max.signatureBytes),
  }));
  from.end();
  return { transaction, signedBytes, signatures };
}

function readTransaction(from: XdrReader): ChallengeTransaction {
  const transaction = {
    source: readAccount(from),
    fee: from.uint32(),
    sequence: from.int64(),
    ...readTimeBounds(from),
    ...readMemo(from),
    operations: from.array(max.operations, () => readOperation(from)),
  };
  if (from.uint32() !== 0) throw badChallenge('expected no transaction extension');
  return transaction;
}

function readAccount(from: XdrReader): XdrAccount {
  switch (from.uint32()) {
    case keyType.ed25519:
      return { key: from.opaque(32) };
    case keyType.muxedEd25519: {
      const muxedId = from.uint64();
      return { key: from.opaque(32), muxedId };
    }
    default:
      throw notEnvelope();
  }
}

function readTimeBounds(from: XdrReader): Pick<ChallengeTransaction, 'timeBounds'> {
  switch (from.uint32()) {
    case precondition.none:
      return {};
    case precondition.time:
      return { timeBounds: { minTime: from.uint64(), maxTime: from.uint64() } };
    default:
      throw badChallenge('expected no preconditions other than time bounds');
  }
}

function readMemo(from: XdrReader): Pick<ChallengeTransaction, 'memoId'> {
  switch (from.uint32()) {
    case memoType.none:
      return {};
    case memoType.id:
      return { memoId: from.uint64() };
    default:
      throw badChallenge('expected a memo of type id');
  }
}

function readOperation(from: XdrReader): ManageData {
  const source = from.optional(() => readAccount(from));
  if (from.uint32() !== manageData) throw badChallenge('expected Manage Data operations only');
  const name = from.varOpaque(max.nameBytes).toString();
  const value = from.optional(() => from.varOpaque(max.valueBytes));
  return { ...(source && { source }), name, ...(value && { value }) };
}
