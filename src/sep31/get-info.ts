import { localize } from '../kyc/localized-text.ts';
import type { Sep31Parts } from './parts.ts';
import type { Sep31Asset } from './settings.ts';

/**
 * What the anchor takes from sending anchors. Limits and fees are numbers on the wire, as the SEP has them; nothing is computed with those.
 * @see SEP-31 § GET Info
 */
export function getInfo({ settings, deciding: { program } }: Sep31Parts, lang: string): object {
  const types = (names: readonly string[]): object => {
    if (names.length === 0) return {};
    const described = names.map((name) => {
      return [
        name,
        { description: localize(program.types.get(name)?.description ?? name, lang.toLowerCase()) },
      ] as const;
    });
    return { types: Object.fromEntries(described) };
  };
  const receive = [...settings.assets].map(([code, asset]) => [code, assetOf(asset, types)] as const);
  return { receive: Object.fromEntries(receive) };
}

function assetOf(asset: Sep31Asset, types: (names: readonly string[]) => object): object {
  const { minAmount, maxAmount, feeFixed, feePercent, senderTypes, receiverTypes, fields } = asset;
  return {
    quotes_supported: false,
    quotes_required: false,
    ...(minAmount !== undefined && { min_amount: Number(minAmount) }),
    ...(maxAmount !== undefined && { max_amount: Number(maxAmount) }),
    ...(feeFixed !== undefined && { fee_fixed: Number(feeFixed) }),
    ...(feePercent !== undefined && { fee_percent: Number(feePercent) }),
    funding_methods: asset.fundingMethods,
    sep12: { sender: types(senderTypes), receiver: types(receiverTypes) },
    ...(senderTypes[0] !== undefined && { sender_sep12_type: senderTypes[0] }),
    ...(receiverTypes[0] !== undefined && { receiver_sep12_type: receiverTypes[0] }),
    ...(Object.keys(fields).length > 0 && { fields: { transaction: fields } }),
  };
}
