import * as xdr from '@stellar/stellar-sdk/xdr';
import { invalidField } from '../errors.ts';

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
/** A transaction of Manage Data operations nests 8 deep; arguments of contract calls may nest without end. */
const maxDepth = 16;
const noSignatures = encodeSignatures([]);

/** The envelope's bytes up to its signatures. */
export function encodeSignedBytes(transaction: ChallengeTransaction): Buffer {
  const { source, fee, sequence, timeBounds, memoId, operations } = transaction;
  const tx = new xdr.Transaction({
    sourceAccount: toMuxedAccount(source),
    fee,
    seqNum: sequence,
    cond: timeBounds ? xdr.Preconditions.precondTime(new xdr.TimeBounds(timeBounds)) : xdr.Preconditions.precondNone(),
    memo: memoId === undefined ? xdr.Memo.memoNone() : xdr.Memo.memoId(memoId),
    operations: operations.map(toOperation),
    ext: xdr.TransactionExt.v0(),
  });
  const unsigned = xdr.TransactionEnvelope.envelopeTypeTx(new xdr.TransactionV1Envelope({ tx, signatures: [] }));
  return toBuffer(unsigned.toXdr()).subarray(0, -noSignatures.length);
}

/** The base64 of a whole envelope. */
export function encodeEnvelope(signedBytes: Buffer, signatures: readonly DecoratedSignature[]): string {
  const decorated = signatures.map((signature) => new xdr.DecoratedSignature(signature));
  return Buffer.concat([signedBytes, encodeSignatures(decorated)]).toString('base64');
}

/**
 * Decodes a base64 envelope, taking nothing but a v1 transaction of Manage Data operations to its last byte.
 * @throws KycError `invalid_field` naming `transaction`
 * @see SEP-10 § Token, "decode the received input"
 */
export function decodeEnvelope(text: string): ChallengeEnvelope {
  const bytes = decodeBase64(text);
  const { tx, signatures } = decodeV1(bytes);
  return {
    transaction: readTransaction(tx),
    // As received, not encoded again: these bytes are what was signed, whatever the decoder makes of them.
    signedBytes: bytes.subarray(0, -encodeSignatures(signatures).length),
    signatures: signatures.map(({ hint, signature }) => ({
      hint: toBuffer(hint.value),
      signature: toBuffer(signature.value),
    })),
  };
}

/** The refusal of a challenge; `rule` says what was expected. */
export function badChallenge(rule: string): Error {
  return invalidField('transaction', rule);
}

/** The list with which an envelope ends. */
function encodeSignatures(signatures: xdr.DecoratedSignature[]): Uint8Array {
  return xdr.encodeArray(xdr.DecoratedSignature, signatures);
}

function toMuxedAccount({ key, muxedId }: XdrAccount): xdr.MuxedAccount {
  if (muxedId === undefined) return xdr.MuxedAccount.keyTypeEd25519(new xdr.Uint256Bytes(key));
  return xdr.MuxedAccount.keyTypeMuxedEd25519(new xdr.MuxedAccountMed25519({ id: muxedId, ed25519: key }));
}

function toOperation({ source, name, value }: ManageData): xdr.Operation {
  return new xdr.Operation({
    sourceAccount: source ? toMuxedAccount(source) : null,
    body: xdr.OperationBody.manageData(new xdr.ManageDataOp({ dataName: name, dataValue: value ?? null })),
  });
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

/** Decoding is strict: bytes left over and padding that is not zero are refused too. */
function decodeV1(bytes: Buffer): xdr.TransactionV1Envelope {
  const { TransactionEnvelope } = xdr;
  try {
    const envelope = TransactionEnvelope.fromXdrObject(TransactionEnvelope.schema.decode(bytes, { maxDepth }));
    if (envelope.type === 'envelopeTypeTx') return envelope.v1;
  } catch {
    // Whatever the SDK finds wrong with a client's bytes, they are no envelope.
  }
  throw badChallenge('expected the XDR of a v1 transaction envelope');
}

function readTransaction(tx: xdr.Transaction): ChallengeTransaction {
  if (tx.ext.type !== 'v0') throw badChallenge('expected no transaction extension');
  return {
    source: readAccount(tx.sourceAccount),
    fee: tx.fee,
    sequence: tx.seqNum,
    ...readTimeBounds(tx.cond),
    ...readMemo(tx.memo),
    operations: tx.operations.map(readOperation),
  };
}

function readAccount(account: xdr.MuxedAccount): XdrAccount {
  if (account.type === 'keyTypeEd25519') return { key: toBuffer(account.ed25519.value) };
  const { id, ed25519 } = account.med25519;
  return { key: toBuffer(ed25519.value), muxedId: id };
}

function readTimeBounds(cond: xdr.Preconditions): Pick<ChallengeTransaction, 'timeBounds'> {
  if (cond.type === 'precondNone') return {};
  if (cond.type !== 'precondTime') throw badChallenge('expected no preconditions other than time bounds');
  const { minTime, maxTime } = cond.timeBounds;
  return { timeBounds: { minTime, maxTime } };
}

function readMemo(memo: xdr.Memo): Pick<ChallengeTransaction, 'memoId'> {
  if (memo.type === 'memoNone') return {};
  if (memo.type !== 'memoId') throw badChallenge('expected a memo of type id');
  return { memoId: memo.id };
}

function readOperation({ sourceAccount, body }: xdr.Operation): ManageData {
  if (body.type !== 'manageData') throw badChallenge('expected Manage Data operations only');
  const { dataName, dataValue } = body.manageDataOp;
  return {
    ...(sourceAccount && { source: readAccount(sourceAccount) }),
    name: toBuffer(dataName.bytes).toString(),
    ...(dataValue && { value: toBuffer(dataValue.value) }),
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
