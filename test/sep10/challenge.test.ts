import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Account, Keypair, MuxedAccount, WebAuth as SdkWebAuth, Transaction } from '@stellar/stellar-sdk';
import { buildChallenge } from '../../src/sep10/challenge.ts';
import { decodeEnvelope } from '../../src/sep10/challenge-xdr.ts';
import { createWebAuth } from '../../src/sep10/web-auth.ts';
import { client, homeDomain, network, server, wallet, webAuth, webAuthDomain } from './fixture.ts';

const auth = webAuth();
const muxed = new MuxedAccount(new Account(client.publicKey(), '0'), '18446744073709551615').accountId();

function read(challenge: string): ReturnType<typeof SdkWebAuth.readChallengeTx> {
  return SdkWebAuth.readChallengeTx(challenge, server.publicKey(), network, homeDomain, webAuthDomain);
}

test('[sep10.challenge.response] the SDK of clients accepts a challenge for a G account', () => {
  const { tx, clientAccountID, memo } = read(
    buildChallenge(auth, { address: client.publicKey(), homeDomain }, randomBytes),
  );
  assert.equal(clientAccountID, client.publicKey());
  assert.equal(memo, null);
  assert.equal(tx.sequence, '0');
  assert.equal(tx.fee, '200');
  assert.equal(tx.signatures.length, 1);
});

test('[sep10.challenge.memo] the SDK of clients reads the memo back, to the largest', () => {
  for (const memo of ['0', '7', '18446744073709551615']) {
    const challenge = buildChallenge(auth, { address: client.publicKey(), memo, homeDomain }, randomBytes);
    assert.equal(read(challenge).memo, memo);
  }
});

test('[sep10.challenge.muxed] the SDK of clients accepts a challenge for an M account', () => {
  const { clientAccountID } = read(buildChallenge(auth, { address: muxed, homeDomain }, randomBytes));
  assert.equal(clientAccountID, muxed);
});

test('[sep10.challenge.client-domain] the client domain is an operation of its signing key', () => {
  const clientDomain = { domain: 'wallet.example', signingKey: wallet.publicKey() };
  const { tx } = read(buildChallenge(auth, { address: client.publicKey(), homeDomain, clientDomain }, randomBytes));
  const operation = tx.operations[2];
  assert.equal(operation?.type, 'manageData');
  assert.equal(operation?.source, wallet.publicKey());
  assert.equal(operation.name, 'client_domain');
  assert.equal(Buffer.from(operation.value ?? []).toString(), 'wallet.example');
});

test('[sep10.challenge.nonce] the value is base64 of 48 random bytes, new each time', () => {
  const nonces = [1, 2].map(() => {
    const { tx } = read(buildChallenge(auth, { address: client.publicKey(), homeDomain }, randomBytes));
    const [operation] = tx.operations;
    assert.equal(operation?.type, 'manageData');
    return Buffer.from(operation.value ?? []).toString();
  });
  for (const value of nonces) {
    assert.equal(value.length, 64);
    assert.equal(Buffer.from(value, 'base64').length, 48);
  }
  assert.notEqual(nonces[0], nonces[1]);
});

test('[ruling.32] [sep10.challenge.time-bounds] a challenge is valid from now for as long as is set', () => {
  const clock = { now: () => new Date('2026-11-22T10:00:00.900Z') };
  const start = Math.floor(clock.now().getTime() / 1000);
  const short = webAuth({ clock, challengeSeconds: 60 });
  const tx = new Transaction(buildChallenge(short, { address: client.publicKey(), homeDomain }, randomBytes), network);
  assert.deepEqual(tx.timeBounds, { minTime: String(start), maxTime: String(start + 60) });
});

test('[sep10.challenge.limits] names that no key or value can hold are refused at the start', () => {
  assert.throws(() => webAuth({ homeDomains: ['h'.repeat(60)] }), { name: 'TypeError', message: /homeDomains/ });
  assert.throws(() => webAuth({ webAuthDomain: 'w'.repeat(65) }), { name: 'TypeError', message: /webAuthDomain/ });
  assert.throws(() => webAuth({ challengeSeconds: 0.5 }), { name: 'TypeError', message: /challengeSeconds/ });
  const longest = createWebAuth({ ...auth, homeDomains: ['h'.repeat(59)], webAuthDomain: 'w'.repeat(64) });
  const request = { address: Keypair.random().publicKey(), homeDomain: 'h'.repeat(59) };
  assert.equal(decodeEnvelope(buildChallenge(longest, request, randomBytes)).transaction.operations.length, 2);
});

test('[sep10.challenge.account] an account that is none is a fault of the caller', () => {
  assert.throws(() => buildChallenge(auth, { address: 'GABC', homeDomain }, randomBytes), TypeError);
});
