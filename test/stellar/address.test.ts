import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Account, Keypair, MuxedAccount, StrKey } from '@stellar/stellar-sdk';
import fc from 'fast-check';
import { muxedAddress, parseAddress } from '../../src/stellar/address.ts';
import { signerFromSeed, verifyingKey, verifySignature } from '../../src/stellar/ed25519.ts';
import { decodeStrkey, encodeStrkey, type StrkeyKind } from '../../src/stellar/strkey.ts';
import { parseSub } from '../../src/stellar/subject.ts';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

test('[stellar.strkey] addresses are spelled as the SDK spells them', () => {
  fc.assert(
    fc.property(bytes32, uint64, (key, id) => {
      const account = encodeStrkey('account', key);
      assert.equal(account, StrKey.encodeEd25519PublicKey(Buffer.from(key)));
      assert.equal(encodeStrkey('contract', key), StrKey.encodeContract(Buffer.from(key)));
      assert.equal(encodeStrkey('seed', key), StrKey.encodeEd25519SecretSeed(Buffer.from(key)));
      assert.equal(
        muxedAddress(account, id.toString()),
        new MuxedAccount(new Account(account, '0'), id.toString()).accountId(),
      );
    }),
  );
});

test('[stellar.strkey] decoding undoes encoding, and refuses every other kind', () => {
  const kinds: readonly StrkeyKind[] = ['account', 'contract', 'seed'];
  fc.assert(
    fc.property(bytes32, fc.constantFrom(...kinds), (key, kind) => {
      const text = encodeStrkey(kind, key);
      for (const other of kinds)
        assert.deepEqual(decodeStrkey(other, text), other === kind ? Buffer.from(key) : undefined);
    }),
  );
});

test('[stellar.strkey] one changed character is never accepted', () => {
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567018abcg=: \u0000é'];
  fc.assert(
    fc.property(bytes32, fc.nat(55), fc.constantFrom(...alphabet), (key, at, letter) => {
      const text = encodeStrkey('account', key);
      const changed = text.slice(0, at) + letter + text.slice(at + 1);
      assert.equal(decodeStrkey('account', changed) !== undefined, changed === text);
    }),
  );
});

test('[ruling.1] an M… address is its G… account and its user', () => {
  const { publicKey } = { publicKey: Keypair.random().publicKey() };
  const muxed = muxedAddress(publicKey, '18446744073709551615');
  assert.deepEqual(parseAddress(muxed), { kind: 'muxed', account: publicKey, muxedId: '18446744073709551615' });
  assert.deepEqual(parseSub(muxed), {
    sub: muxed,
    account: publicKey,
    memo: { type: 'id', value: '18446744073709551615' },
  });
});

test('[ruling.1] a subject has one of the four forms or is none', () => {
  const account = Keypair.random().publicKey();
  const contract = encodeStrkey('contract', randomBytes(32));
  assert.deepEqual(parseSub(account), { sub: account, account });
  assert.deepEqual(parseSub(`${account}:7`), { sub: `${account}:7`, account, memo: { type: 'id', value: '7' } });
  assert.deepEqual(parseSub(contract), { sub: contract, account: contract });
  const muxed = muxedAddress(account, '7');
  const seed = encodeStrkey('seed', randomBytes(32));
  const others = [
    '',
    ':',
    account.toLowerCase(),
    `${account}:`,
    `${account}:07`,
    `${account}:-1`,
    `${account}:1:2`,
    `${account}:18446744073709551616`,
  ];
  for (const sub of [...others, `${contract}:7`, `${muxed}:7`, seed, ` ${account}`])
    assert.equal(parseSub(sub), undefined, JSON.stringify(sub));
});

test('[stellar.ed25519] signatures are those of the SDK, and verify both ways', () => {
  const keypair = Keypair.random();
  const signer = signerFromSeed(keypair.secret());
  assert.equal(signer.account, keypair.publicKey());
  const message = randomBytes(100);
  const signature = signer.sign(message);
  assert.deepEqual(signature, Buffer.from(keypair.sign(message)));
  const key = verifyingKey(signer.publicKey);
  assert.equal(verifySignature(key, message, signature), true);
  assert.equal(verifySignature(key, randomBytes(100), signature), false);
  for (const bad of [signature.subarray(1), Buffer.alloc(64), Buffer.alloc(0)])
    assert.equal(verifySignature(key, message, bad), false);
});

test('[stellar.ed25519] what is no seed is refused without repeating it', () => {
  const seed = Keypair.random().secret();
  const broken = `${seed.slice(0, -1)}${seed.endsWith('A') ? 'B' : 'A'}`;
  assert.throws(
    () => signerFromSeed(broken),
    (error: Error) => error instanceof TypeError && !error.message.includes(broken.slice(1, 20)),
  );
});
