import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Clearance,
  clearances,
  isEnded,
  isExecutable,
  isLawfulMove,
  kycMoves,
  type PaymentStatus,
  type Protocol,
  protocols,
  statusesOf,
  worst,
} from '../../src/payments/moves.ts';

/** From where to where, written a second time, as a matrix: a move that is not here is not lawful. */
const lawful: Readonly<Record<Protocol, string>> = {
  'sep-31': `
    pending_sender > pending_stellar pending_receiver pending_customer_info_update pending_transaction_info_update expired error
    pending_stellar > pending_sender pending_receiver pending_customer_info_update pending_transaction_info_update expired error
    pending_customer_info_update > pending_receiver pending_transaction_info_update refunded expired error
    pending_transaction_info_update > pending_receiver pending_customer_info_update refunded expired error
    pending_receiver > pending_sender pending_external pending_customer_info_update pending_transaction_info_update completed refunded expired error
    pending_external > pending_receiver pending_customer_info_update pending_transaction_info_update completed refunded error
    completed > refunded
    refunded >
    expired > refunded
    error > pending_receiver completed refunded`,
  'sep-6': `
    incomplete > pending_user_transfer_start pending_anchor pending_customer_info_update pending_transaction_info_update expired error
    pending_user_transfer_start > pending_external pending_anchor on_hold pending_stellar pending_user pending_customer_info_update pending_transaction_info_update expired too_small too_large error
    pending_user_transfer_complete > pending_anchor completed refunded error
    pending_external > pending_anchor on_hold pending_user pending_customer_info_update pending_transaction_info_update completed refunded error
    pending_anchor > pending_user_transfer_start pending_user_transfer_complete pending_external on_hold pending_stellar pending_trust pending_user pending_customer_info_update pending_transaction_info_update completed refunded expired no_market too_small too_large error
    on_hold > pending_anchor pending_user pending_customer_info_update pending_transaction_info_update refunded error
    pending_stellar > pending_anchor pending_trust completed refunded no_market error
    pending_trust > pending_anchor pending_stellar completed refunded expired error
    pending_user > pending_user_transfer_start pending_anchor pending_customer_info_update pending_transaction_info_update refunded expired error
    pending_customer_info_update > pending_transaction_info_update pending_anchor refunded expired error
    pending_transaction_info_update > pending_customer_info_update pending_anchor refunded expired error
    completed > refunded
    refunded >
    expired > refunded
    no_market > refunded
    too_small > refunded
    too_large > refunded
    error > pending_anchor completed refunded`,
};

for (const protocol of protocols) {
  test(`[payments.moves] ${protocol}: every pair of statuses is lawful or not as the matrix says`, () => {
    const rows = lawful[protocol].trim().split('\n');
    const ways = new Map(rows.map((row) => [row.trim().split(' ')[0], row.split('>')[1]?.trim().split(' ')] as const));
    assert.deepEqual([...ways.keys()].sort(), [...statusesOf[protocol]].sort());
    for (const from of statusesOf[protocol]) {
      for (const to of statusesOf[protocol])
        assert.equal(isLawfulMove(protocol, from, to), ways.get(from)?.includes(to), `${from} to ${to}`);
    }
  });

  test(`[payments.moves] ${protocol}: where customers stand never makes an unlawful move, and never one back and forth`, () => {
    for (const status of statusesOf[protocol]) {
      for (const clearance of clearances) {
        for (const isFunded of [false, true]) {
          let from: PaymentStatus = status;
          for (const to of kycMoves({ protocol, status, isFunded }, clearance)) {
            assert.ok(isLawfulMove(protocol, from, to), `${from} to ${to} for ${clearance}`);
            from = to;
          }
          assert.deepEqual(
            kycMoves({ protocol, status: from, isFunded }, clearance),
            [],
            `${status}, ${clearance}: settled`,
          );
        }
      }
    }
  });
}

/** Status, whether the money came, where customers stand; and where it goes. @see ruling 33 */
const sep31Rows: readonly (readonly [PaymentStatus, boolean, Clearance, string])[] = [
  ['pending_customer_info_update', true, 'clear', 'pending_receiver'],
  ['pending_customer_info_update', false, 'clear', 'pending_receiver pending_sender'],
  ['pending_customer_info_update', true, 'working', ''],
  ['pending_customer_info_update', true, 'rejected', 'error'],
  ['pending_customer_info_update', true, 'gone', 'error'],
  ['pending_receiver', true, 'asks', 'pending_customer_info_update'],
  ['pending_receiver', true, 'working', ''],
  ['pending_receiver', true, 'clear', ''],
  ['pending_receiver', false, 'clear', 'pending_sender'],
  ['pending_sender', false, 'asks', 'pending_customer_info_update'],
  ['pending_sender', false, 'working', 'pending_receiver'],
  ['pending_sender', false, 'rejected', 'error'],
  ['pending_external', true, 'rejected', ''],
  ['completed', true, 'rejected', ''],
  ['error', false, 'clear', ''],
];

test('[payments.moves] [ruling.33] a payment is released, held again or ended by where its customers stand', () => {
  for (const [status, isFunded, clearance, path] of sep31Rows) {
    const moves = kycMoves({ protocol: 'sep-31', status, isFunded }, clearance);
    assert.equal(moves.join(' '), path, `${status}, ${isFunded}, ${clearance}`);
  }
  const sep6 = { protocol: 'sep-6', status: 'pending_customer_info_update', isFunded: false } as const;
  assert.deepEqual(kycMoves(sep6, 'clear'), ['pending_anchor']);
});

test('[payments.moves] of several customers the worst counts, and only funded payments of clear ones are paid out', () => {
  assert.equal(worst([]), 'clear');
  assert.equal(worst(['clear', 'working', 'asks']), 'asks');
  assert.equal(worst(['clear', 'rejected', 'asks']), 'rejected');
  for (const protocol of protocols)
    for (const status of statusesOf[protocol])
      for (const clearance of clearances)
        for (const isFunded of [false, true]) {
          const isDue = protocol === 'sep-31' && status === 'pending_receiver' && isFunded && clearance === 'clear';
          assert.equal(isExecutable({ protocol, status, isFunded }, clearance), isDue);
        }
  assert.ok(isEnded('completed') && isEnded('error') && !isEnded('pending_external'));
});
