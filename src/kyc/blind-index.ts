import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Identity } from '../store/identity.ts';
import type { BlindIndexEntry, StandingStore } from '../store/standing-store.ts';
import { associated, keyBytes } from '../vault/key-ring.ts';
import type { FindDuplicates } from './checks/check.ts';
import { emailAddress, identifier, phoneNumber } from './identifying-values.ts';

/** Equal values of these fields make equal entries. */
export interface BlindIndex {
  readonly name: string;
  /** Keys of the fields without any of which there is no entry, in the order in which they are hashed. */
  readonly fields: readonly BlindField[];
  /** A field by which entries are told apart where it is given. */
  readonly within?: BlindField;
}

interface BlindField {
  readonly key: string;
  /** The one spelling of a value, '' for what identifies nobody. Normalising what was normalised changes nothing. */
  readonly normalise: (value: string) => string;
}

const field = (key: string, normalise: BlindField['normalise'] = identifier): BlindField => ({ key, normalise });

/**
 * By what a customer is known again.
 * Choice: `id_type` and `tax_id_name` are no part of it. They are free text, and another word for the same document would hide a duplicate;
 * two documents of one country that share a number cost a look. Countries are codes, and short numbers are given out in many of them.
 */
export const blindIndexes: readonly BlindIndex[] = [
  { name: 'document', fields: [field('id_number')], within: field('id_country_code') },
  { name: 'tax_id', fields: [field('tax_id')] },
  { name: 'mobile_number', fields: [field('mobile_number', phoneNumber)] },
  { name: 'email_and_birth_date', fields: [field('email_address', emailAddress), field('birth_date')] },
  {
    name: 'organization',
    fields: [field('organization.registration_number')],
    within: field('organization.address_country_code'),
  },
  { name: 'organization_vat', fields: [field('organization.VAT_number')] },
];

/** Keys of every field that some index is made of. */
export const blindFields: readonly string[] = blindIndexes.flatMap((index) => fieldsOf(index));

/** Names of the indexes whose entries change when one of these fields does. */
export function indexesOf(keys: readonly string[]): readonly string[] {
  return blindIndexes.filter((index) => fieldsOf(index).some((key) => keys.includes(key))).map(({ name }) => name);
}

/** The entries of a customer's values, one at most for each index. Equal for equal values under one root key, and nothing can be read from them. */
export function indexEntries(rootKey: Uint8Array, values: (key: string) => string | undefined): BlindIndexEntry[] {
  return blindIndexes.flatMap((index) => {
    const parts = index.fields.map(({ key, normalise }) => normalise(values(key) ?? ''));
    if (parts.includes('')) return [];
    const within = index.within === undefined ? '' : index.within.normalise(values(index.within.key) ?? '');
    return [{ index: index.name, digest: digestOf(rootKey, index.name, [...parts, within]) }];
  });
}

/** The entry of an account and memo themselves, under a key of its own. */
export function identityEntry(rootKey: Uint8Array, { account, memo }: Identity): BlindIndexEntry {
  return {
    index: identityIndex,
    digest: digestOf(rootKey, identityIndex, [account, memo?.type ?? '', memo?.value ?? '']),
  };
}

/** The index of {@link identityEntry}. No customer has entries in it: their identities are rows. */
export const identityIndex = 'identity';

/** What {@link CheckServices.findDuplicates} does, over a store. */
export function duplicateFinder(rootKey: Uint8Array, store: Pick<StandingStore, 'findSame'>): FindDuplicates {
  return async (customerId, values) => {
    const entries = indexEntries(rootKey, (key) => values.get(key));
    return entries.length === 0 ? [] : store.findSame(customerId, entries);
  };
}

function fieldsOf({ fields, within }: BlindIndex): string[] {
  return [...fields, ...(within === undefined ? [] : [within])].map(({ key }) => key);
}

/** The digest of the parts of an entry, under the key of that index: no two lists of parts make the same one. */
export function digestOf(rootKey: Uint8Array, index: string, parts: readonly string[]): Buffer {
  return createHmac('sha256', keyOf(rootKey, index))
    .update(associated(...parts))
    .digest();
}

/** Deriving a key costs ten times what using it does. */
const derived = new WeakMap<Uint8Array, Map<string, KeyObject>>();

/** Each index has a key of its own, so that equal digests in two of them mean nothing. */
function keyOf(rootKey: Uint8Array, index: string): KeyObject {
  const keys = derived.get(rootKey) ?? new Map<string, KeyObject>();
  const key = keys.get(index) ?? deriveKey(rootKey, index);
  derived.set(rootKey, keys.set(index, key));
  return key;
}

function deriveKey(rootKey: Uint8Array, index: string): KeyObject {
  const bytes = hkdfSync('sha256', rootKey, '', associated('blind-index', index, 1), keyBytes);
  return createSecretKey(Buffer.from(bytes));
}
