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

  test('[sep10.token.work] a transaction nested deeper than any challenge is refused before it is built', () => {
    let value: xdr.ScVal = xdr.ScVal.scvVoid();
    for (let level = 0; level < 300; level++) value = xdr.ScVal.scvVec([value]);
    const contractAddress = xdr.ScAddress.scAddressTypeContract(new xdr.ContractId(new Uint8Array(32)));
    const call = new xdr.InvokeContractArgs({ contractAddress, functionName: 'f', args: [value] });
    const func = xdr.HostFunction.hostFunctionTypeInvokeContract(call);
    const text = craftChallenge({ operations: [Operation.invokeHostFunction({ func, auth: [] })] });
    assert.ok(new Transaction(text, network));
    assert.throws(() => decodeEnvelope(text), notEnvelope);
  });
});

/** The last letter of unpadded base64 with the bits changed that no byte takes. */
function lastLetterChanged(base64: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const value = alphabet.indexOf(base64.at(-1) ?? '');
  return base64.slice(0, -1) + alphabet.charAt(value + 1);
}
