import type { RawOptions } from '../../src/environment.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import type { Payment } from '../../src/payments/payment.ts';
import type {
  DepositInstructions,
  TransferIntegration,
  WithdrawalTarget,
} from '../../src/sep6/transfer-integration.ts';
import { decodeStrkey } from '../../src/stellar/strkey.ts';
import { freePort } from '../e2e/started-process.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { TransferWallet } from './wallet.ts';

export const issuer = randomAccount();
export const usdc = `stellar:USDC:${issuer}`;

/** Accepts complete data by itself; above 1,000 of USDC more is asked for. */
export const program: ProgramDefinition = {
  defaultType: 'sep6-deposit',
  types: {
    'sep6-deposit': { decision: 'automatic', fields: { first_name: {}, last_name: {} } },
    'sep6-withdraw': { decision: 'automatic', fields: { first_name: {}, last_name: {}, bank_account_number: {} } },
    cash: { decision: 'review', fields: { first_name: {}, mobile_number: {} } },
  },
  rules: {
    large: {
      when: { amount: { above: '1000', asset: 'USDC' } },
      types: ['sep6-deposit', 'sep6-withdraw'],
      ask: { occupation: {} },
    },
  },
};

export const person = { first_name: 'Ada', last_name: 'Lovelace' };
export const withdrawer = { ...person, bank_account_number: '000123456789' };

export const bank = {
  'organization.bank_number': { value: '121122676', description: 'US bank routing number' },
  'organization.bank_account_number': { value: '13719713158835300', description: 'US bank account number' },
};

/** An anchor's transfers that do as the test says. */
export class StandInTransfers implements TransferIntegration {
  readonly features = { accountCreation: true };
  readonly account = randomAccount();
  readonly asked: Payment[] = [];
  admitTransfer?: NonNullable<TransferIntegration['admitTransfer']>;
  deposit: () => DepositInstructions | undefined = () => ({ how: 'Pay into 137', instructions: bank, eta: 1800 });
  withdrawal: () => WithdrawalTarget | undefined = () => ({ account: this.account, message: 'Within a day' });

  async depositInstructions(payment: Payment): Promise<DepositInstructions | undefined> {
    this.asked.push(payment);
    return this.deposit();
  }

  async withdrawalTarget(payment: Payment): Promise<WithdrawalTarget | undefined> {
    this.asked.push(payment);
    return this.withdrawal();
  }
}

export interface Sep6World extends AsyncDisposable {
  readonly anchor: TestAnchor;
  readonly transfers: StandInTransfers;
  readonly url: string;
  readonly wallet: TransferWallet;
  /** SIGNING_KEY, raw. */
  readonly publicKey: Uint8Array;
}

/** An anchor that listens, and a wallet that has signed in over HTTP. */
export async function openSep6(
  options: RawOptions = {},
  transfers: StandInTransfers = new StandInTransfers(),
): Promise<Sep6World> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const anchor = await openTestAnchor({
    ...{ port, hostUrl: url, program, transfers, activeSeps: ['sep-1', 'sep-10', 'sep-12', 'sep-6'] },
    sep6Assets: {
      USDC: {
        issuer,
        deposit: {
          minAmount: '0.1',
          maxAmount: '5000',
          fundingMethods: ['WIRE', 'cash'],
          typesByMethod: { cash: 'cash' },
        },
        withdraw: { feeFixed: '0.5', feePercent: '1', fundingMethods: ['bank_account'] },
      },
      EURC: { issuer, deposit: {} },
    },
    ...options,
  });
  await anchor.anchor.listen();
  const wallet = await new TransferWallet().signIn(url);
  const publicKey = decodeStrkey('account', anchor.anchor.settings.signer.account) ?? new Uint8Array();
  return { anchor, transfers, url, wallet, publicKey, [Symbol.asyncDispose]: () => anchor[Symbol.asyncDispose]() };
}

/** Asks for a deposit into the wallet's own account. */
export function askDeposit(
  wallet: TransferWallet,
  more: Record<string, string> = {},
): ReturnType<TransferWallet['get']> {
  const query = { asset_code: 'USDC', account: wallet.account, funding_method: 'WIRE', amount: '100' };
  return wallet.get('deposit', { ...query, ...more });
}

export function askWithdrawal(
  wallet: TransferWallet,
  more: Record<string, string> = {},
): ReturnType<TransferWallet['get']> {
  return wallet.get('withdraw', { asset_code: 'USDC', funding_method: 'bank_account', amount: '100', ...more });
}
