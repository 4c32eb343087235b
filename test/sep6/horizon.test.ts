import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawOptions } from '../../src/environment.ts';
import { type HorizonStandIn, horizonStandIn, type LedgerPayment } from '../support/stand-ins/horizon-stand-in.ts';
import { randomAccount } from '../support/test-anchor.ts';
import { askWithdrawExchange, exchangeAssets } from './exchange-world.ts';
import { askWithdrawal, issuer, openSep6, type Sep6World, StandInTransfers, withdrawer } from './world.ts';

interface Observed extends AsyncDisposable {
  readonly world: Sep6World;
  readonly horizon: HorizonStandIn;
}

/** An anchor that looks for the money of withdrawals, and a wallet whose customer is accepted. */
async function openObserved(options: RawOptions = {}): Promise<Observed> {
  const horizon = await horizonStandIn();
  const transfers = new StandInTransfers();
  const { account } = transfers;
  const world = await openSep6({ horizonUri: horizon.url, sep6Accounts: [account], ...options }, transfers);
  await world.wallet.putCustomer({ type: 'sep6-withdraw', ...withdrawer });
  // The place to begin at is noted before anything is paid.
  for (let n = 0; n < 200 && !horizon.requests.some((path) => path.includes('cursor=')); n++) await pause();
  return {
    ...{ world, horizon },
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await horizon[Symbol.asyncDispose]();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes and would fail on a wrong one
async function until({ wallet }: Sep6World, id: string, isSo: (transaction: any) => boolean): Promise<any> {
  for (let n = 0; n < 500; n++) {
    const transaction = await wallet.transaction(id);
    if (isSo(transaction)) return transaction;
    await pause();
  }
  assert.fail('it never came to that');
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

interface Case {
  readonly what: string;
  readonly asked?: string;
  readonly paid: Partial<LedgerPayment>;
  readonly status: string;
  readonly amountIn: string | undefined;
}

const waiting = 'pending_user_transfer_start';
const cases: readonly Case[] = [
  { what: 'the amount', asked: '100', paid: {}, status: 'pending_anchor', amountIn: '100' },
  {
    what: 'a tenth less',
    asked: '100',
    paid: { amount: '90.0000000' },
    ...{ status: 'pending_anchor', amountIn: '90' },
  },
  { what: 'too little', asked: '100', paid: { amount: '89.9999999' }, status: 'error', amountIn: '100' },
  { what: 'too much', asked: '100', paid: { amount: '110.0000001' }, status: 'error', amountIn: '100' },
  { what: 'another asset', asked: '100', paid: { asset: 'native' }, status: 'error', amountIn: '100' },
  {
    what: 'the code by another issuer',
    asked: '100',
    paid: { asset: `USDC:${randomAccount()}` },
    ...{ status: 'error', amountIn: '100' },
  },
  {
    what: 'an amount that a rule asks more for',
    asked: '950',
    paid: { amount: '1040.0000000' },
    ...{ status: 'pending_customer_info_update', amountIn: '1040' },
  },
  { what: 'the money of somebody else', asked: '100', paid: { to: randomAccount() }, status: waiting, amountIn: '100' },
  { what: 'any amount where none was named', paid: { amount: '7.5000000' }, status: 'pending_anchor', amountIn: '7.5' },
  { what: 'less than the least', paid: { amount: '1.9999999' }, status: 'too_small', amountIn: undefined },
  { what: 'more than the most', paid: { amount: '3000.0000001' }, status: 'too_large', amountIn: undefined },
];

const sep6Assets = {
  USDC: { issuer, withdraw: { minAmount: '2', maxAmount: '3000', fundingMethods: ['bank_account'] } },
};

test('[payments.observer] [sep6.withdraw.create] [sep6.withdraw.variation] money that comes at Horizon with the memo of a withdrawal moves it on, its amount and asset judged', async (t) => {
  await using observed = await openObserved({ sep6Assets });
  const { world, horizon } = observed;
  const { account } = world.transfers;
  for (const { what, asked = '', paid, status, amountIn } of cases) {
    await t.test(what, async () => {
      // Whoever names no amount is asked for all that some amount asks.
      if (asked === '') await world.wallet.putCustomer({ type: 'sep6-withdraw', occupation: '2511' });
      const { body } = await askWithdrawal(world.wallet, { amount: asked });
      assert.equal(body.account_id, account);
      const money = { to: account, amount: '100.0000000', asset: `USDC:${issuer}`, ...paid };
      const hash = horizon.pay([money], { memo: body.memo });
      if (status === waiting) await pause();
      const told = await until(world, body.id, (transaction) => transaction.status === status);
      assert.equal(told.amount_in, amountIn);
      assert.equal(told.stellar_transaction_id, status === waiting ? undefined : hash);
    });
  }
});

test('[payments.observer] an unknown memo moves nothing, and money that comes twice counts once', async () => {
  await using observed = await openObserved({ sep6Assets: exchangeAssets });
  const { world, horizon } = observed;
  const { body } = await askWithdrawExchange(world.wallet);
  const money = { to: world.transfers.account, amount: '100.0000000', asset: `USDC:${issuer}` };
  horizon.pay([money], { memo: '1' });
  horizon.pay([money]);
  const first = horizon.pay([money], { memo: body.memo });
  const taken = await until(world, body.id, ({ status }) => status === 'pending_anchor');
  assert.deepEqual([taken.kind, taken.stellar_transaction_id], ['withdrawal-exchange', first]);
  const next = (await askWithdrawExchange(world.wallet)).body;
  horizon.pay([money], { memo: body.memo });
  horizon.pay([money], { memo: next.memo });
  await until(world, next.id, ({ status }) => status === 'pending_anchor');
  const moves = await world.anchor.anchor.payments?.listMoves(body.id);
  assert.equal(moves?.filter(({ cause }) => cause === 'funds').length, 1);
});

test('[payments.observer] [sep6.deposit.async] an account that both protocols use is looked at once, and a memo that another withdrawal has is given to none', async () => {
  const transfers = new StandInTransfers();
  const { account } = transfers;
  await using horizon = await horizonStandIn();
  await using world = await openSep6(
    {
      ...{ horizonUri: horizon.url, sep6Accounts: [account, randomAccount()], sep6Assets },
      activeSeps: ['sep-1', 'sep-10', 'sep-12', 'sep-6', 'sep-31'],
      ...{ sep31SendingAnchors: [randomAccount()], sep31Account: account },
      sep31Assets: { USDC: { issuer, senderTypes: [], receiverTypes: [] } },
    },
    transfers,
  );
  const { wallet, anchor } = world;
  await wallet.putCustomer({ type: 'sep6-withdraw', ...withdrawer });
  transfers.withdrawal = () => ({ account, memo: { type: 'text', value: 'the same' } });
  const first = await askWithdrawal(wallet);
  assert.deepEqual([first.body.memo_type, first.body.memo], ['text', 'the same']);
  const second = await askWithdrawal(wallet);
  assert.deepEqual([second.status, second.body.memo], [200, undefined]);
  assert.equal((await wallet.transaction(second.body.id)).status, 'pending_anchor');
  const { body } = await anchor.json(undefined, 'GET', '/sep31/info');
  assert.ok(body.receive.USDC);
  for (let n = 0; n < 200 && horizon.requests.filter((path) => path.includes('cursor=')).length < 2; n++) await pause();
  horizon.pay([{ to: account, amount: '100.0000000', asset: `USDC:${issuer}` }], {
    memo: 'the same',
    memoType: 'text',
  });
  await until(world, first.body.id, ({ status }) => status === 'pending_anchor');
  const accounts = horizon.requests.flatMap((path) => /^\/accounts\/(\w+)\/payments/.exec(path)?.slice(1) ?? []);
  assert.equal(new Set(accounts).size, 2);
});
