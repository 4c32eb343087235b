import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { signCallback } from '../../src/outbox/callback-signature.ts';
import { CallbackRefused, type ReceivedCallback, verifyCallback } from '../../src/outbox/verify-callback.ts';
import { signerFromSeed } from '../../src/stellar/ed25519.ts';
import { encodeStrkey } from '../../src/stellar/strkey.ts';
import { callbackReceiver, faultOf } from '../support/callback-receiver.ts';
import { outboxGround, until } from '../support/outbox-ground.ts';
import { signer } from '../support/outbox-standings.ts';

const host = 'wallet.example';
const body = Buffer.from('{"id":"ada","status":"PROCESSING","message":"é ü ع"}');
const now = new Date('2026-11-24T12:00:00Z');
const seconds = now.getTime() / 1000;
const { Signature } = signCallback(signer, host, body, seconds);
const good: ReceivedCallback = { headers: { signature: Signature }, body, host, signingKey: signer.account, now };

function refusedFor(changes: Partial<ReceivedCallback>): string {
  try {
    verifyCallback({ ...good, ...changes });
  } catch (error) {
    if (error instanceof CallbackRefused) return error.reason;
    throw error;
  }
  return 'believed';
}

suite('a callback is signed and verified', () => {
  test('[ruling.27] [sep12.callback.signature] both headers carry t=…, s=… over timestamp, host and exact bytes', () => {
    const headers = signCallback(signer, host, body, seconds);
    assert.equal(headers.Signature, headers['X-Stellar-Signature']);
    assert.match(headers.Signature, /^t=1795521600, s=[A-Za-z0-9+/]{86}==$/);
    assert.equal(faultOf({ signature: Signature }, body, host, signer.publicKey, now.getTime()), undefined);
  });

  test('[ruling.27] the verifier for wallets believes it in any shape that headers and bodies come in', () => {
    const shapes: Partial<ReceivedCallback>[] = [
      {},
      { headers: new Headers({ Signature }) },
      { headers: { 'x-stellar-signature': Signature } },
      { headers: { signature: [Signature] } },
      { body: body.toString('utf8') },
      { host: 'Wallet.Example' },
      { now: new Date(now.getTime() + 119_000) },
      { now: new Date(now.getTime() - 119_000) },
    ];
    for (const shape of shapes) assert.deepEqual(verifyCallback({ ...good, ...shape }), now);
  });

  test('[ruling.27] an altered body, host, time or key, and a signature that is none, are refused', () => {
    const otherKey = signerFromSeed(encodeStrkey('seed', Buffer.alloc(32, 4))).account;
    const cases: readonly (readonly [reason: string, changes: Partial<ReceivedCallback>])[] = [
      ['wrong_signature', { body: Buffer.from(body.toString().replace('PROCESSING', 'ACCEPTED')) }],
      ['wrong_signature', { body: Buffer.concat([body, Buffer.from(' ')]) }],
      ['wrong_signature', { host: 'other.example' }],
      ['wrong_signature', { host: 'wallet.example:8443' }],
      ['wrong_signature', { signingKey: otherKey }],
      ['wrong_signature', { headers: { signature: Signature.replace(`t=${seconds}`, `t=${seconds + 1}`) } }],
      ['not_fresh', { now: new Date(now.getTime() + 121_000) }],
      ['not_fresh', { now: new Date(now.getTime() - 121_000) }],
      ['not_fresh', { now: new Date(now.getTime() + 11_000), toleranceSeconds: 10 }],
      ['no_signature', { headers: {} }],
      ['malformed_signature', { headers: { signature: '' } }],
      ['malformed_signature', { headers: { signature: Signature.slice(0, -3) } }],
      ['malformed_signature', { headers: { signature: `${Signature}, ${Signature}` } }],
      ['malformed_signature', { headers: { signature: [Signature, Signature] } }],
      ['malformed_signature', { headers: { signature: 'nonsense', 'x-stellar-signature': Signature } }],
    ];
    for (const [reason, changes] of cases) assert.equal(refusedFor(changes), reason, JSON.stringify(changes));
    assert.throws(() => verifyCallback({ ...good, signingKey: 'S123' }), TypeError);
  });

  test('[ruling.27] a receiver written from the specification alone verifies every delivery, and every attempt is signed anew', async () => {
    await using ground = await outboxGround();
    const statuses = [503, 500, 429, 200];
    await using receiver = await callbackReceiver(signer.publicKey, () => ({ status: statuses.shift() ?? 200 }));
    const id = await ground.addCustomer(receiver.url);
    await ground.move(id, 'PROCESSING');
    const worker = ground.start({ retryDelaysMs: [5, 1100, 5, 5] });
    // Three failures in a row open the circuit for five seconds: the host is let in again by hand.
    await receiver.received(3);
    await until(async () => (await ground.store.deliveries.listTargets())[0]?.failures === 3);
    await ground.store.deliveries.switchOn(receiver.host, new Date());
    await receiver.received(4);
    await worker.stop();
    assert.deepEqual(
      receiver.posts.map(({ fault }) => fault),
      [undefined, undefined, undefined, undefined],
    );
    const signatures = receiver.posts.map(({ headers }) => headers['signature']);
    assert.deepEqual(
      signatures,
      receiver.posts.map(({ headers }) => headers['x-stellar-signature']),
    );
    assert.ok(new Set(signatures).size >= 2, 'another second is another signature');
    assert.equal(receiver.posts[0]?.headers['content-type'], 'application/json; charset=utf-8');
  });
});
