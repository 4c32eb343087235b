import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Keypair, Memo, Operation, Transaction, xdr } from '@stellar/stellar-sdk';
import fc from 'fast-check';
import { challengeHash } from '../../src/sep10/challenge.ts';
import { decodeEnvelope, encodeEnvelope, encodeSignedBytes } from '../../src/sep10/challenge-xdr.ts';
import { verifyChallenge } from '../../src/sep10/verify-challenge.ts';
import { accountsOf, client, craftChallenge, craftTransaction, network, refusal, webAuth } from './fixture.ts';

/** The signed challenge of the spec, which names the public network but is signed for the test network. @see SEP-10 § Token, Request */
const example = {
  text: 'AAAAAgAAAADIiRu2BrqqeOcP28PWCkD4D5Rjjsqh71HwvqFX+F4VXAAAAGQAAAAAAAAAAAAAAAEAAAAAXzrUcQAAAABfOtf1AAAAAAAAAAEAAAABAAAAAEEB8rhqNa70RYjaNnF1ARE2CbL50iR9HPXST/fImJN1AAAACgAAADB0aGlzaXNhdGVzdC5zYW5kYm94LmFuY2hvci5hbmNob3Jkb21haW4uY29tIGF1dGgAAAABAAAAQGdGOFlIQm1zaGpEWEY0L0VJUFZucGVlRkxVTDY2V0tKMVBPYXZuUVVBNjBoL09XaC91M2Vvdk54WFJtSTAvQ2UAAAAAAAAAAvheFVwAAABAheKE1HjGnUCNwPbX8mz7CqotShKbA+xM2Hbjl6X0TBpEprVOUVjA6lqMJ1j62vrxn1mF3eJzsLa9s9hRofG3AsiYk3UAAABArIrkvqmA0V9lIZcVyCUdja6CiwkPwsV8BfI4CZOyR1Oq7ysvNJWwY0G42dpxN9OP1qz4dum8apG2hqvxVWjkDQ==',
  signers: [
    'GDEISG5WA25KU6HHB7N4HVQKID4A7FDDR3FKD32R6C7KCV7YLYKVY7S7',
    'GBAQD4VYNI2255CFRDNDM4LVAEITMCNS7HJCI7I46XJE756ITCJXLV7E',
  ],
} as const;

const notEnvelope = refusal('invalid_field', /^'transaction' .* v1 transaction envelope/);

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

/** A challenge whose bytes are `text`'s, but for the one at `at`. */
function withByte(text: string, at: number, value: number): string {
  const bytes = bytesOf(text);
  bytes.writeUInt8(value, at);
  return bytes.toString('base64');
}

function fixedBytes(length: number): fc.Arbitrary<Buffer> {
  return bytesUpTo(length, length);
}

function bytesUpTo(maxLength: number, minLength = 0): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));
}

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const account = fc.record({ key: fixedBytes(32), muxedId: uint64 }, { requiredKeys: ['key'], noNullPrototype: true });
const operation = fc.record(
  { source: account, name: fc.string({ maxLength: 64, unit: 'grapheme-ascii' }), value: bytesUpTo(64) },
  { requiredKeys: ['name'], noNullPrototype: true },
);
const transaction = fc.record(
  {
    source: account,
    fee: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    sequence: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    timeBounds: fc.record({ minTime: uint64, maxTime: uint64 }, { noNullPrototype: true }),
    memoId: uint64,
    operations: fc.array(operation, { maxLength: 5 }),
  },
  { requiredKeys: ['source', 'fee', 'sequence', 'operations'], noNullPrototype: true },
);
const signature = fc.record({ hint: fixedBytes(4), signature: bytesUpTo(64) }, { noNullPrototype: true });

suite('the XDR of a challenge', () => {
  test('[sep10.challenge.xdr] every transaction comes back as it went in, as the SDK reads it', () => {
    fc.assert(
      fc.property(transaction, fc.array(signature, { maxLength: 20 }), (tx, signatures) => {
        const signedBytes = encodeSignedBytes(tx);
        const text = encodeEnvelope(signedBytes, signatures);
        const sdk = xdr.TransactionEnvelope.fromXdr(text, 'base64');
        assert.equal(Buffer.from(sdk.toXdr()).toString('base64'), text);
        assert.deepEqual(decodeEnvelope(text), { transaction: tx, signedBytes, signatures });
      }),
    );
  });

  test('[sep10.challenge.xdr] what is hashed is what the SDK of clients hashes, however it is signed', () => {
    const others = Array.from({ length: 19 }, () => Keypair.random());
    for (const signers of [[], [client], [client, ...others]]) {
      const sdk = craftTransaction({ signers });
      const { signedBytes } = decodeEnvelope(Buffer.from(sdk.toEnvelope().toXdr()).toString('base64'));
      assert.deepEqual(challengeHash(network, signedBytes), Buffer.from(sdk.hash()));
    }
  });

  test('[sep10.token.example] the example of the spec is decoded, and both its signatures are over our hash', () => {
    const { transaction: tx, signedBytes, signatures } = decodeEnvelope(example.text);
    assert.equal(encodeEnvelope(encodeSignedBytes(tx), signatures), example.text);
    assert.deepEqual(tx.timeBounds, { minTime: 1597690993n, maxTime: 1597691893n });
    assert.equal(tx.operations[0]?.name, 'thisisatest.sandbox.anchor.anchordomain.com auth');
    const hash = challengeHash(network, signedBytes);
    assert.equal(signatures.length, example.signers.length);
    for (const [at, signer] of example.signers.entries()) {
      assert.ok(Keypair.fromPublicKey(signer).verify(hash, signatures[at]?.signature ?? Buffer.alloc(0)));
    }
  });
});

suite('bytes that are not the one spelling of a challenge', () => {
  test('[sep10.token.canonical] padding, flags and lengths that are not canonical are refused', () => {
    const text = craftChallenge();
    const padding = bytesOf(text).indexOf('web_auth_domain') + 'web_auth_domain'.length;
    const flag = bytesOf(text).indexOf('example.com auth') - 8 - 36 - 1;
    decodeEnvelope(withByte(text, padding, 0));
    decodeEnvelope(withByte(text, flag, 1));
    assert.throws(() => decodeEnvelope(withByte(text, padding, 1)), notEnvelope);
    assert.throws(() => decodeEnvelope(withByte(text, flag, 2)), notEnvelope);
    assert.throws(() => decodeEnvelope(withByte(text, padding - 'web_auth_domain'.length - 1, 65)), notEnvelope);
  });

  test('[sep10.token.canonical] padding of a signature must be zero, and a signature at most 64 bytes', () => {
    const { signedBytes } = decodeEnvelope(craftChallenge());
    const hint = Buffer.alloc(4);
    const text = encodeEnvelope(signedBytes, [{ hint, signature: Buffer.alloc(61) }]);
    const { length } = bytesOf(text);
    assert.equal(decodeEnvelope(text).signatures[0]?.signature.length, 61);
    assert.throws(() => decodeEnvelope(withByte(text, length - 1, 1)), notEnvelope);
    assert.throws(() => decodeEnvelope(withByte(text, length - 64 - 1, 65)), notEnvelope);
  });

  test('[sep10.token.canonical] bytes after the envelope, and an envelope cut short, are refused', () => {
    const bytes = bytesOf(craftChallenge());
    for (const extra of [1, 2, 4, 72]) {
      const longer = Buffer.concat([bytes, Buffer.alloc(extra)]);
      assert.throws(() => decodeEnvelope(longer.toString('base64')), notEnvelope);
    }
    for (let end = 1; end < bytes.length; end++) {
      assert.throws(() => decodeEnvelope(bytes.subarray(0, end).toString('base64')), notEnvelope);
    }
  });

  test('[sep10.token.once] every spelling in base64 of one challenge has the same hash, by which it is used once', async () => {
    const accounts = accountsOf([[client, 1]], 1);
    // With a memo its length is no multiple of 3, so that its base64 is padded.
    const text = craftChallenge({ memo: Memo.id('7') });
    const bytes = bytesOf(text);
    assert.ok(text.endsWith('='));
    const bare = text.replace(/=+$/, '');
    const spellings = [bare, `${bare}=`, `${bare}==`, lastLetterChanged(bare), text.replaceAll('+', ' ')];
    const { hash } = await verifyChallenge(webAuth(), accounts, text);
    for (const spelling of spellings) {
      assert.deepEqual(Buffer.from(spelling.replaceAll(' ', '+'), 'base64'), bytes);
      assert.equal((await verifyChallenge(webAuth(), accounts, spelling)).hash, hash);
    }
  });

  test('[sep10.token.work] the arguments of a contract call, which nest without end, are refused unread', () => {
    let value: xdr.ScVal = xdr.ScVal.scvVoid();
    for (let level = 0; level < 300; level++) value = xdr.ScVal.scvVec([value]);
    const contractAddress = xdr.ScAddress.scAddressTypeContract(new xdr.ContractId(new Uint8Array(32)));
    const call = new xdr.InvokeContractArgs({ contractAddress, functionName: 'f', args: [value] });
    const func = xdr.HostFunction.hostFunctionTypeInvokeContract(call);
    const text = craftChallenge({ operations: [Operation.invokeHostFunction({ func, auth: [] })] });
    assert.ok(new Transaction(text, network));
    assert.throws(() => decodeEnvelope(text), refusal('invalid_field', /Manage Data operations only/));
  });

  test('[sep10.token.canonical] of bytes that were tampered with, exactly those are read that the SDK reads as a challenge, and as the same', () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(
        transaction,
        fc.array(signature, { maxLength: 3 }),
        fc.array(tampering, { maxLength: 2 }),
        (...it) => {
          const [tx, signatures, tamperings] = it;
          const whole = bytesOf(encodeEnvelope(encodeSignedBytes(tx), signatures));
          const bytes = tamperings.reduce(tampered, whole);
          const read = readBytes(bytes);
          assert.deepEqual(read !== undefined, isChallengeToSdk(bytes));
          seen[read === undefined ? 'refused' : 'read'] += 1;
          if (read === undefined) return;
          const again = encodeEnvelope(encodeSignedBytes(read.transaction), read.signatures);
          if (isText(read)) assert.equal(again, bytes.toString('base64'));
        },
      ),
      { numRuns: 3000 },
    );
    assert.ok(seen.read > 200 && seen.refused > 200, JSON.stringify(seen));
  });
});

/** One word or byte of an envelope put in place of another, taken out or put in; `at` and `value` as parts of what there is. */
const tampering = fc.record({
  how: fc.constantFrom('byte', 'word', 'out', 'in'),
  at: fc.nat(),
  value: fc.oneof(fc.nat(12), fc.constantFrom(0x100, 64, 65, 100, 101, 0xffffffff), fc.nat(0xffffffff)),
});

type Tampering = typeof tampering extends fc.Arbitrary<infer Value> ? Value : never;

function tampered(bytes: Buffer, { how, at, value }: Tampering): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(value);
  const index = how === 'byte' ? at % bytes.length : (at % (bytes.length >> 2)) << 2;
  const put = how === 'out' ? Buffer.alloc(0) : how === 'byte' ? word.subarray(3) : word;
  return Buffer.concat([
    bytes.subarray(0, index),
    put,
    bytes.subarray(index + { byte: 1, word: 4, out: 4, in: 0 }[how]),
  ]);
}

function readBytes(bytes: Buffer): ReturnType<typeof decodeEnvelope> | undefined {
  try {
    return decodeEnvelope(bytes.toString('base64'));
  } catch {
    return undefined;
  }
}

/** By the SDK's own strict decoder: a v1 transaction with Manage Data operations, a memo of type id or none, time bounds or none. */
function isChallengeToSdk(bytes: Buffer): boolean {
  const { TransactionEnvelope } = xdr;
  let envelope: xdr.TransactionEnvelope;
  try {
    envelope = TransactionEnvelope.fromXdrObject(TransactionEnvelope.schema.decode(bytes, { maxDepth: 16 }));
  } catch {
    return false;
  }
  if (envelope.type !== 'envelopeTypeTx') return false;
  const { ext, cond, memo, operations } = envelope.v1.tx;
  return (
    ext.type === 'v0' &&
    ['precondNone', 'precondTime'].includes(cond.type) &&
    ['memoNone', 'memoId'].includes(memo.type) &&
    operations.every(({ body }) => body.type === 'manageData')
  );
}

/** Whether every name is text: bytes that are none are read as such, and not written again. */
function isText({ transaction: { operations } }: ReturnType<typeof decodeEnvelope>): boolean {
  return !operations.some(({ name }) => name.includes('\ufffd'));
}

/** The last letter of unpadded base64 with the bits changed that no byte takes. */
function lastLetterChanged(base64: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const value = alphabet.indexOf(base64.at(-1) ?? '');
  return base64.slice(0, -1) + alphabet.charAt(value + 1);
}
