import type { RawOptions } from '../../src/environment.ts';
import type { PaymentOwner } from '../../src/payments/payment.ts';
import type { Quote } from '../../src/sep6/transfer-integration.ts';
import type { TransferWallet } from './wallet.ts';
import { issuer, openSep6, type Sep6World, StandInTransfers, usdc } from './world.ts';

export const brl = 'iso4217:BRL';

/** Transfers beside a quote server that knows the quotes of the test. */
export class QuotingTransfers extends StandInTransfers {
  readonly quotes = new Map<string, { readonly owner: PaymentOwner; readonly quote: Quote }>();
  /** Whether the quote server is away. */
  isAway = false;

  async findQuote(id: string, { account, memo }: PaymentOwner): Promise<Quote | undefined> {
    if (this.isAway) throw new Error('the quote server is away');
    const { owner, quote } = this.quotes.get(id) ?? {};
    return owner?.account === account && owner.memo?.value === memo?.value ? quote : undefined;
  }

  /** Gives a quote for a deposit of 540 BRL, of which 100 USDC are left. */
  give(owner: PaymentOwner, id: string, changes: Partial<Quote> = {}): string {
    const fee = { total: '40', asset: brl, details: [{ name: 'Pix fee', amount: '40' }] };
    const amounts = { sellAsset: brl, sellAmount: '540', buyAsset: usdc, buyAmount: '100', fee };
    const quote = { id, expiresAt: new Date(Date.now() + 600_000), ...amounts, ...changes };
    this.quotes.set(id, { owner, quote });
    return id;
  }
}

/** USDC is exchanged with BRL; a deposit of it has limits, and by cash another customer type. */
export const exchangeAssets = {
  USDC: {
    issuer,
    deposit: { fundingMethods: ['WIRE'] },
    withdraw: { fundingMethods: ['bank_account'] },
    depositExchange: {
      assets: { [brl]: { minAmount: '10', maxAmount: '50000' }, 'iso4217:ARS': {} },
      fundingMethods: ['PIX', 'cash'],
      typesByMethod: { cash: 'cash' },
    },
    withdrawExchange: { assets: { [brl]: { maxAmount: '3000' } }, fundingMethods: ['PIX'] },
  },
  EURC: { issuer, deposit: {} },
};

export function openExchange(options: RawOptions = {}): Promise<Sep6World & { readonly transfers: QuotingTransfers }> {
  const transfers = new QuotingTransfers();
  return openSep6({ sep6Assets: exchangeAssets, ...options }, transfers).then((world) => ({ ...world, transfers }));
}

/** Asks for USDC for 540 BRL. */
export function askDepositExchange(
  wallet: TransferWallet,
  more: Record<string, string> = {},
): ReturnType<TransferWallet['get']> {
  const assets = { destination_asset: 'USDC', source_asset: brl };
  const query = { ...assets, account: wallet.account, funding_method: 'PIX', amount: '540' };
  return wallet.get('deposit-exchange', { ...query, ...more });
}

/** Asks for BRL for 100 USDC. */
export function askWithdrawExchange(
  wallet: TransferWallet,
  more: Record<string, string> = {},
): ReturnType<TransferWallet['get']> {
  const query = { source_asset: 'USDC', destination_asset: brl, funding_method: 'PIX', amount: '100' };
  return wallet.get('withdraw-exchange', { ...query, ...more });
}
