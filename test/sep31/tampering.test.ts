import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { KycError } from '../../src/errors.ts';
import { SealBroken } from '../../src/vault/key-ring.ts';
import { callbackReceiver } from '../support/callback-receiver.ts';
import { until } from '../support/outbox-ground.ts';
import { issuer, openSep31, registerBoth, usdc } from './world.ts';

const columns = ['wrapped_key', 'sealed_fields', 'sealed_callback'] as const;

/** What was sealed, altered, cut, or that of another payment. */
function forgeries(original: Uint8Array, foreign: Uint8Array): readonly Buffer[] {
  const flipped = Buffer.from(original);
  flipped[14] = (flipped[14] ?? 0) ^ 1;
  return [flipped, Buffer.from(original.subarray(0, -1)), Buffer.from(foreign), Buffer.alloc(0)];
}

test('[tampering.payments] of a payment whose key, fields or callback were altered nothing is opened, and nothing is posted elsewhere', async () => {
  const purpose = { description: 'What it is for' };
  const USDC = { issuer, minAmount: '0.1', maxAmount: '5000', fundingMethods: ['SEPA'], fields: { purpose } };
  await using world = await openSep31({ sep31Assets: { USDC } });
  const { sender, rails, anchor } = world;
  await using receiver = await callbackReceiver(world.publicKey);
  const ids = await registerBoth(sender);
  const post = async (): Promise<string> => {
    const fields = { transaction: { purpose: 'gift' } };
    const request = { amount: 100, asset_code: 'USDC', funding_method: 'SEPA', ...ids, fields };
    const { id } = (await sender.postTransaction(request)).body;
    assert.equal((await sender.putCallback(id, receiver.url)).status, 204);
    return id;
  };
  const [id, other] = [await post(), await post()];
  using database = new DatabaseSync(join(anchor.dataDir, 'anchor-kyc.db'), { timeout: 5000 });
  const bytesOf = (payment: string, column: string): Uint8Array =>
    database.prepare(`select ${column} as bytes from payments where id = ?`).get(payment)?.['bytes'] as Uint8Array;
  const write = (column: string, bytes: Uint8Array): unknown =>
    database.prepare(`update payments set ${column} = ? where id = ?`).run(bytes, id);
  let [isRefused, told] = [false, 0];
  rails.answer = async (_, context) => {
    await context.transactionFields().catch((error: unknown) => {
      isRefused ||= error instanceof SealBroken;
    });
    throw new KycError('unavailable', 'the bank is away');
  };
  await anchor.anchor.payments?.paymentReceived(id, {
    stellarTransactionId: 'a'.repeat(64),
    amount: '100',
    asset: usdc,
  });
  const posted = receiver.posts.length;
  for (const column of columns) {
    const original = bytesOf(id, column);
    for (const forged of forgeries(original, bytesOf(other, column))) {
      write(column, forged);
      if (column === 'wrapped_key') assert.equal((await sender.putCallback(id, receiver.url)).status, 500);
      if (column !== 'sealed_callback') {
        // What the worker notes of the last call must not come after what is written here.
        await until(() => database.prepare('select lease from payments where id = ?').get(id)?.['lease'] === null);
        isRefused = false;
        database.prepare('update payments set execute_at = 0 where id = ?').run(id);
        // Whoever writes wakes the worker.
        await sender.updateCustomer(ids.sender_id, { email_address: `ada-${++told}@example.com` });
        await until(() => isRefused);
      }
      write(column, original);
    }
  }
  assert.ok(receiver.posts.length <= posted + 2, 'what is told is told to whom it belongs');
  assert.ok(receiver.posts.every(({ fault }) => fault === undefined));
  assert.equal((await sender.getTransaction(id)).body.transaction.status === 'completed', false);
});
