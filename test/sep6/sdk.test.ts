import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Keypair } from '@stellar/stellar-sdk';
import walletSdk from '@stellar/typescript-wallet-sdk';
import { brl, openExchange } from './exchange-world.ts';
import { openSep6, type Sep6World, usdc, withdrawer } from './world.ts';

// The package is CommonJS: its default import is the whole of it.
const { SigningKeypair, Wallet } = walletSdk;

test('[client.typescript] [sep6.deposit.create] [sep6.withdraw.create] [seed.s13] the wallet SDK deposits and withdraws: from the toml to the history', async () => {
  await using world = await openSep6();
  const { anchor, transfers } = world;
  const { sdk, keypair, authToken, sep6 } = await signIn(world);
  const info = await sep6.info();
  assert.equal(info.deposit['USDC']?.authentication_required, true);
  assert.deepEqual(Object.keys(info.withdraw['USDC']?.types ?? {}), ['bank_account']);

  const asked = { asset_code: 'USDC', account: keypair.publicKey(), type: 'WIRE', amount: '20' };
  const held = (await sep6.deposit({ authToken, params: asked })) as { readonly id: string };
  assert.equal((await sep6.getTransactionBy({ authToken, id: held.id })).status, 'pending_customer_info_update');
  const customers = await sdk.sep12(authToken);
  assert.ok((await customers.getCustomer({ type: 'sep6-deposit', transactionId: held.id })).id);
  await customers.add({ sep9Info: withdrawer, type: 'sep6-withdraw' });
  assert.equal((await sep6.getTransactionBy({ authToken, id: held.id })).status, 'pending_anchor');

  const deposit = (await sep6.deposit({ authToken, params: asked })) as { readonly id: string; readonly how: string };
  assert.equal(deposit.how, 'Pay into 137');
  const params = { asset_code: 'USDC', type: 'bank_account', amount: '100' };
  const taken = (await sep6.withdraw({ authToken, params })) as { readonly id: string; readonly account_id: string };
  assert.equal(taken.account_id, transfers.account);
  const money = { stellarTransactionId: 'f'.repeat(64), amount: '100', asset: usdc };
  await anchor.anchor.payments?.paymentReceived(taken.id, money);
  await anchor.anchor.payments?.update(taken.id, { status: 'completed' });
  const listed = await sep6.getTransactionsForAsset({ authToken, assetCode: 'USDC' });
  assert.deepEqual(
    listed.map(({ id, kind, status }) => [id, kind, status]),
    [
      [taken.id, 'withdrawal', 'completed'],
      [deposit.id, 'deposit', 'pending_user_transfer_start'],
      [held.id, 'deposit', 'pending_anchor'],
    ],
  );
});

test('[client.typescript] [sep6.exchange.deposit] [sep6.exchange.withdraw] the wallet SDK exchanges', async () => {
  await using world = await openExchange();
  const { anchor, transfers } = world;
  const { sdk, keypair, authToken, sep6 } = await signIn(world);
  assert.deepEqual(Object.keys((await sep6.info())['deposit-exchange']), ['USDC']);
  const customers = await sdk.sep12(authToken);
  await customers.add({ sep9Info: withdrawer, type: 'sep6-withdraw' });
  const account = keypair.publicKey();
  const into = { destination_asset: 'USDC', source_asset: brl, amount: '540', account, type: 'PIX' };
  const deposit = (await sep6.depositExchange({ authToken, params: into })) as {
    readonly id: string;
    readonly how: string;
  };
  assert.equal(deposit.how, 'Pay into 137');
  const quote_id = transfers.give({ account }, 'q', {
    sellAsset: usdc,
    sellAmount: '100',
    buyAsset: brl,
    buyAmount: '530',
  });
  const outOf = { destination_asset: brl, source_asset: 'USDC', amount: '100', quote_id, type: 'PIX' };
  const taken = (await sep6.withdrawExchange({ authToken, params: outOf })) as {
    readonly id: string;
    readonly account_id: string;
  };
  assert.equal(taken.account_id, transfers.account);
  await anchor.anchor.payments?.paymentReceived(taken.id, { stellarTransactionId: 'f'.repeat(64), amount: '100' });
  await anchor.anchor.payments?.update(taken.id, { status: 'completed' });
  const listed = await sep6.getTransactionsForAsset({ authToken, assetCode: 'USDC' });
  assert.deepEqual(
    listed.map(({ id, kind, status }) => [id, kind, status]),
    [
      [taken.id, 'withdrawal-exchange', 'completed'],
      [deposit.id, 'deposit-exchange', 'pending_user_transfer_start'],
    ],
  );
});

/** A wallet of the SDK, signed in by a key of its own. */
async function signIn({ url }: Pick<Sep6World, 'url'>) {
  const sdk = Wallet.TestNet().anchor({ homeDomain: new URL(url).host, allowHttp: true });
  const keypair = Keypair.random();
  const accountKp = SigningKeypair.fromSecret(keypair.secret());
  const authToken = await (await sdk.sep10()).authenticate({ accountKp });
  return { sdk, keypair, authToken, sep6: sdk.sep6() };
}
