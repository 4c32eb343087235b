import type { Program } from '../kyc/program.ts';
import { assetFault, assetId, type Given, isGiven, isTextList, limitsFault } from '../payments/asset-faults.ts';
import type { ExchangeWay, Sep6Asset, Sep6Exchange, Sep6Way, TransferAsset, TransferWay } from './settings.ts';

/** What a setting of assets must look like, for a message. */
export const transferAssetsExpected = 'an object of assets by code, as docs/payments.md has it';

const usualTypes = {
  ...{ deposit: 'sep6-deposit', withdraw: 'sep6-withdraw' },
  ...{ depositExchange: 'sep6-deposit', withdrawExchange: 'sep6-withdraw' },
} as const;
const directions = ['deposit', 'withdraw', 'depositExchange', 'withdrawExchange'] as const;
const ofAsset: readonly string[] = ['issuer', ...directions];
const ofEvery = ['fundingMethods', 'type', 'typesByMethod'];
const ofLimits = ['minAmount', 'maxAmount'];
const ofWay = [...ofLimits, 'feeFixed', 'feePercent', ...ofEvery];
const ofExchange = ['assets', ...ofEvery];

/** Outside Stellar. @see SEP-38 § Asset Identification Format */
const outsideAsset = /^(?!stellar:)[a-z0-9]+:[A-Za-z0-9._-]+$/;

/** The assets by their code, checked and defaulted; a text that says what is wrong when something is. */
export function readTransferAssets(given: unknown, program: Program): ReadonlyMap<string, Sep6Asset> | string {
  if (!isGiven(given) || Object.keys(given).length === 0) return transferAssetsExpected;
  const assets = new Map<string, Sep6Asset>();
  for (const [code, definition] of Object.entries(given)) {
    const fault = faultOf(code, definition, program);
    if (fault !== undefined) return `${transferAssetsExpected}: ${fault}`;
    assets.set(code, complete(code, definition as TransferAsset));
  }
  return assets;
}

function faultOf(code: string, given: unknown, program: Program): string | undefined {
  if (!isGiven(given)) return `${code} is no object`;
  if (Object.keys(given).some((name) => !ofAsset.includes(name))) return `${code} has something that is not known`;
  const fault = assetFault(code, given);
  if (fault !== undefined) return fault;
  const ways = directions.filter((direction) => given[direction] !== undefined);
  if (ways.length === 0) return `${code} can neither be deposited nor withdrawn`;
  return ways.map((direction) => wayFault(`${code}.${direction}`, given[direction], direction, program)).find(Boolean);
}

function isExchange(direction: keyof typeof usualTypes): boolean {
  return direction === 'depositExchange' || direction === 'withdrawExchange';
}

function wayFault(
  name: string,
  given: unknown,
  direction: keyof typeof usualTypes,
  program: Program,
): string | undefined {
  if (!isGiven(given)) return `${name} is no object`;
  const known = isExchange(direction) ? ofExchange : ofWay;
  if (Object.keys(given).some((member) => !known.includes(member))) return `${name} has something that is not known`;
  return (
    (isExchange(direction) ? exchangeFault(name, given) : limitsFault(name, given)) ??
    methodsFault(name, given) ??
    typeFault(name, completeWay(given, direction), program)
  );
}

function exchangeFault(name: string, { assets }: Given): string | undefined {
  if (!isGiven(assets) || Object.keys(assets).length === 0) return `${name}.assets is no object by asset`;
  const faults = Object.entries(assets).map(([asset, limits]) => {
    if (!outsideAsset.test(asset)) return `${name}.assets names none outside Stellar, such as iso4217:BRL`;
    if (!isGiven(limits)) return `${name}.assets.${asset} is no object`;
    const isKnown = Object.keys(limits).every((member) => ofLimits.includes(member));
    return isKnown
      ? limitsFault(`${name}.assets.${asset}`, limits)
      : `${name}.assets.${asset} has something that is not known`;
  });
  return faults.find(Boolean);
}

function methodsFault(name: string, { fundingMethods = [], type = '', typesByMethod = {} }: Given): string | undefined {
  if (!isTextList(fundingMethods)) return `${name}.fundingMethods is no list of texts`;
  if (typeof type !== 'string') return `${name}.type is no text`;
  const known = fundingMethods as readonly string[];
  const isRight = isGiven(typesByMethod) && Object.keys(typesByMethod).every((method) => known.includes(method));
  return isRight ? undefined : `${name}.typesByMethod is no object by funding method`;
}

function typeFault(
  name: string,
  { type, typesByMethod }: Pick<Sep6Way, 'type' | 'typesByMethod'>,
  { types }: Program,
): string | undefined {
  return [type, ...Object.values(typesByMethod)].every((one) => types.has(one))
    ? undefined
    : `${name} names a type that the program does not have`;
}

function complete(code: string, given: TransferAsset): Sep6Asset {
  const { issuer, deposit, withdraw, depositExchange, withdrawExchange } = given;
  return {
    code,
    id: assetId(code, issuer),
    deposit: deposit && completeWay(deposit, 'deposit'),
    withdraw: withdraw && completeWay(withdraw, 'withdraw'),
    depositExchange: depositExchange && completeExchange(depositExchange, 'depositExchange'),
    withdrawExchange: withdrawExchange && completeExchange(withdrawExchange, 'withdrawExchange'),
  };
}

function completeExchange(given: ExchangeWay, direction: keyof typeof usualTypes): Sep6Exchange {
  return { ...completeWay(given, direction), assets: given.assets };
}

function completeWay(given: TransferWay, direction: keyof typeof usualTypes): Sep6Way {
  const { fundingMethods = [], type = usualTypes[direction], typesByMethod = {} } = given;
  return { ...given, fundingMethods, type, typesByMethod };
}
