import type { Program } from '../kyc/program.ts';
import { assetFault, assetId, type Given, isGiven, isTextList, limitsFault } from '../payments/asset-faults.ts';
import type { Sep6Asset, Sep6Way, TransferAsset, TransferWay } from './settings.ts';

/** What a setting of assets must look like, for a message. */
export const transferAssetsExpected = 'an object of assets by code, as docs/payments.md has it';

const ofAsset = ['issuer', 'deposit', 'withdraw'];
const ofWay = ['minAmount', 'maxAmount', 'feeFixed', 'feePercent', 'fundingMethods', 'type', 'typesByMethod'];
const usualTypes = { deposit: 'sep6-deposit', withdraw: 'sep6-withdraw' } as const;
const directions = ['deposit', 'withdraw'] as const;

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

function wayFault(
  name: string,
  given: unknown,
  direction: keyof typeof usualTypes,
  program: Program,
): string | undefined {
  if (!isGiven(given)) return `${name} is no object`;
  if (Object.keys(given).some((member) => !ofWay.includes(member))) return `${name} has something that is not known`;
  return (
    limitsFault(name, given) ?? methodsFault(name, given) ?? typeFault(name, completeWay(given, direction), program)
  );
}

function methodsFault(name: string, { fundingMethods = [], type = '', typesByMethod = {} }: Given): string | undefined {
  if (!isTextList(fundingMethods)) return `${name}.fundingMethods is no list of texts`;
  if (typeof type !== 'string') return `${name}.type is no text`;
  const known = fundingMethods as readonly string[];
  const isRight = isGiven(typesByMethod) && Object.keys(typesByMethod).every((method) => known.includes(method));
  return isRight ? undefined : `${name}.typesByMethod is no object by funding method`;
}

function typeFault(name: string, { type, typesByMethod }: Sep6Way, { types }: Program): string | undefined {
  return [type, ...Object.values(typesByMethod)].every((one) => types.has(one))
    ? undefined
    : `${name} names a type that the program does not have`;
}

function complete(code: string, { issuer, deposit, withdraw }: TransferAsset): Sep6Asset {
  return {
    code,
    id: assetId(code, issuer),
    deposit: deposit && completeWay(deposit, 'deposit'),
    withdraw: withdraw && completeWay(withdraw, 'withdraw'),
  };
}

function completeWay(given: TransferWay, direction: keyof typeof usualTypes): Sep6Way {
  const { fundingMethods = [], type = usualTypes[direction], typesByMethod = {} } = given;
  return { ...given, fundingMethods, type, typesByMethod };
}
