import type { Terms } from '../payments/request-values.ts';
import type { Sep6Parts } from './parts.ts';
import type { Sep6Way } from './settings.ts';

/**
 * What may be deposited and withdrawn. Limits and fees are numbers on the wire, as the SEP has them; nothing is computed with those.
 * @see SEP-6 § Info
 */
export function getInfo({ settings: { assets, transfers } }: Pick<Sep6Parts, 'settings'>): object {
  const deposit = [...assets].flatMap(([code, asset]) => (asset.deposit ? [[code, wayOf(asset.deposit)]] : []));
  const withdraw = [...assets].flatMap(([code, asset]) =>
    asset.withdraw ? [[code, { ...wayOf(asset.withdraw), types: typesOf(asset.withdraw) }]] : [],
  );
  const depositExchange = [...assets].flatMap(([code, asset]) =>
    asset.depositExchange ? [[code, wayOf(asset.depositExchange)]] : [],
  );
  const withdrawExchange = [...assets].flatMap(([code, { withdrawExchange: way }]) =>
    way ? [[code, { ...wayOf(way), types: typesOf(way) }]] : [],
  );
  const { accountCreation = false, claimableBalances = false } = transfers.features ?? {};
  const history = { enabled: true, authentication_required: true };
  return {
    deposit: Object.fromEntries(deposit),
    'deposit-exchange': Object.fromEntries(depositExchange),
    withdraw: Object.fromEntries(withdraw),
    'withdraw-exchange': Object.fromEntries(withdrawExchange),
    fee: { enabled: false },
    transactions: history,
    transaction: history,
    features: { account_creation: accountCreation, claimable_balances: claimableBalances },
  };
}

/** Choice: the limits of what is exchanged are told with each transfer, as they are those of what it is exchanged from. */
function wayOf({
  minAmount,
  maxAmount,
  feeFixed,
  feePercent,
  fundingMethods,
}: Terms & Pick<Sep6Way, 'fundingMethods'>): object {
  return {
    enabled: true,
    authentication_required: true,
    ...termsOf({ minAmount, maxAmount, feeFixed, feePercent }),
    funding_methods: fundingMethods,
  };
}

/** Limits and fees, as `GET /info` and the answer to a transfer have them. */
export function termsOf(
  way: { readonly [K in 'minAmount' | 'maxAmount' | 'feeFixed' | 'feePercent']?: string | undefined },
): object {
  const { minAmount, maxAmount, feeFixed, feePercent } = way;
  return {
    ...(minAmount !== undefined && { min_amount: Number(minAmount) }),
    ...(maxAmount !== undefined && { max_amount: Number(maxAmount) }),
    ...(feeFixed !== undefined && { fee_fixed: Number(feeFixed) }),
    ...(feePercent !== undefined && { fee_percent: Number(feePercent) }),
  };
}

/** Choice: the deprecated `types` say the same once more, for wallets that know no funding methods. */
function typesOf({ fundingMethods }: Pick<Sep6Way, 'fundingMethods'>): object {
  return Object.fromEntries(fundingMethods.map((method) => [method, {}]));
}
