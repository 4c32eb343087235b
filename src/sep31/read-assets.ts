import type { Program } from '../kyc/program.ts';
import { assetFault, assetId, type Given, isGiven, isTextList, limitsFault } from '../payments/asset-faults.ts';
import type { PaymentAsset, Sep31Asset } from './settings.ts';

/** What a setting of assets must look like, for a message. */
export const assetsExpected = 'an object of assets by code, as docs/payments.md has it';

const known = [
  ...['issuer', 'minAmount', 'maxAmount', 'feeFixed', 'feePercent', 'fundingMethods'],
  ...['senderTypes', 'receiverTypes', 'destinationAssets', 'fields'],
];

/** Choice: a program without them must say whom it asks. That nobody need be known is never what was left out. */
const usualTypes = { senderTypes: 'sep31-sender', receiverTypes: 'sep31-receiver' } as const;

/** The assets by their code, checked and defaulted; a text that says what is wrong when something is. */
export function readAssets(given: unknown, program: Program): ReadonlyMap<string, Sep31Asset> | string {
  if (!isGiven(given) || Object.keys(given).length === 0) return assetsExpected;
  const assets = new Map<string, Sep31Asset>();
  for (const [code, definition] of Object.entries(given)) {
    const fault = faultOf(code, definition, program);
    if (fault !== undefined) return `${assetsExpected}: ${fault}`;
    assets.set(code, complete(code, definition as PaymentAsset));
  }
  return assets;
}

function faultOf(code: string, given: unknown, program: Program): string | undefined {
  if (!isGiven(given)) return `${code} is no object`;
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) return `${code} has something that is not known`;
  return (
    assetFault(code, given) ?? limitsFault(code, given) ?? listFault(code, given) ?? typeFault(code, given, program)
  );
}

function listFault(code: string, given: Given): string | undefined {
  const wrong = ['fundingMethods', 'senderTypes', 'receiverTypes', 'destinationAssets'].find(
    (name) => given[name] !== undefined && !isTextList(given[name]),
  );
  if (wrong !== undefined) return `${code}.${wrong} is no list of texts`;
  const { fields = {} } = given;
  const areFields =
    isGiven(fields) &&
    Object.values(fields).every((field) => isGiven(field) && typeof field['description'] === 'string');
  return areFields ? undefined : `${code}.fields is no object of fields with descriptions`;
}

/** A customer type says whether the sender or the receiver of a transaction is meant: it cannot say both. */
function typeFault(code: string, given: Given, program: Program): string | undefined {
  const unsaid = Object.entries(usualTypes).find(
    ([name, type]) => given[name] === undefined && !program.types.has(type),
  );
  if (unsaid !== undefined)
    return `${code}.${unsaid[0]} is needed, as the program has no type ${unsaid[1]} ([] if nobody need be known)`;
  const { senderTypes, receiverTypes } = complete(code, given);
  const unknown = [...senderTypes, ...receiverTypes].find((type) => !program.types.has(type));
  if (unknown !== undefined) return `${code} names a type that the program does not have`;
  return senderTypes.some((type) => receiverTypes.includes(type))
    ? `${code} has a type for senders and receivers at once`
    : undefined;
}

function complete(code: string, given: PaymentAsset): Sep31Asset {
  return {
    ...given,
    code,
    id: assetId(code, given.issuer),
    fundingMethods: given.fundingMethods ?? [],
    senderTypes: given.senderTypes ?? [usualTypes.senderTypes],
    receiverTypes: given.receiverTypes ?? [usualTypes.receiverTypes],
    destinationAssets: given.destinationAssets ?? [],
    fields: given.fields ?? {},
  };
}
