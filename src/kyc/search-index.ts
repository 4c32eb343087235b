import type { BlindIndexEntry } from '../store/standing-store.ts';
import { digestOf } from './blind-index.ts';
import { emailAddress, identifier, nameWords, phoneNumber } from './identifying-values.ts';
import type { Program } from './program.ts';

type Read = (key: string) => string | undefined;

/** By what operators find customers. Its entries are of no use to whoever looks for duplicates or tombstones: their index has a name of its own. */
export interface SearchIndex {
  /** What a search names: the field, or {@link personIndex}. */
  readonly name: string;
  /** Keys of the fields it is made of. */
  readonly keys: readonly string[];
  /** The parts of each entry of a customer with these values. */
  readonly partsOf: (read: Read) => readonly (readonly string[])[];
  /** The parts of what is looked for; undefined for what identifies nobody. */
  readonly partsFor: (value: string, birthDate: string) => readonly string[] | undefined;
}

/** The index of a person's name and birth date, which are looked for together: a name alone is many people's. */
export const personIndex = 'name_and_birth_date';

/** Choice: a number is found with and without its `+`; one customer too many costs a look. */
const digits = (value: string): string => phoneNumber(value).replace('+', '');

/** What operators can look for whatever the program says. */
const builtIn: readonly SearchIndex[] = [
  single('id_number'),
  single('tax_id'),
  single('mobile_number', digits),
  single('email_address', emailAddress),
  ...['bank_account_number', 'clabe_number', 'cbu_number'].map((key) => single(key)),
  single('mobile_money_number', digits),
  single('organization.registration_number'),
  single('organization.VAT_number'),
  {
    name: personIndex,
    keys: ['given_name', 'additional_name', 'family_name', 'birth_date'],
    partsOf: personParts,
    partsFor: (value, birthDate) => complete([nameWords(value), identifier(birthDate)]),
  },
];

/** Names of the fields that operators can look for without the program saying so. */
export const builtInSearches: readonly string[] = builtIn.map(({ name }) => name);

/** Counts up when entries are made in another way: those of every customer are made anew then. */
const entriesVersion = 2;

const known = new WeakMap<Program, readonly SearchIndex[]>();

/** Everything operators can look for. */
export function searchIndexes(program: Program): readonly SearchIndex[] {
  const indexes = known.get(program) ?? [...builtIn, ...program.review.search.map((key) => single(key))];
  known.set(program, indexes);
  return indexes;
}

/** What entries depend on beside the values: of two programs with the same one, the entries are the same. */
export function searchScheme({ review }: Program): string {
  return [entriesVersion, ...review.search.toSorted()].join(' ');
}

/** What replaces a customer's entries when these fields have changed; all of them, if none is named. */
export function searchEntries(
  rootKey: Uint8Array,
  program: Program,
  read: Read,
  changed?: readonly string[],
): { readonly names: readonly string[]; readonly entries: readonly BlindIndexEntry[] } {
  const touched = searchIndexes(program).filter(({ keys }) => changed?.some((key) => keys.includes(key)) ?? true);
  return {
    names: touched.map(({ name }) => indexName(name)),
    entries: touched.flatMap(({ name, partsOf }) => partsOf(read).map((parts) => entry(rootKey, name, parts))),
  };
}

/** The entry that whoever is looked for has; undefined for a value that identifies nobody. */
export function soughtEntry(
  rootKey: Uint8Array,
  { name, partsFor }: SearchIndex,
  value: string,
  birthDate: string,
): BlindIndexEntry | undefined {
  const parts = partsFor(value, birthDate);
  return parts && entry(rootKey, name, parts);
}

function entry(rootKey: Uint8Array, name: string, parts: readonly string[]): BlindIndexEntry {
  const index = indexName(name);
  return { index, digest: digestOf(rootKey, index, parts) };
}

/** The store knows them by this prefix. @see store/search-store */
function indexName(name: string): string {
  return `search.${name}`;
}

function single(key: string, normalise: (value: string) => string = identifier): SearchIndex {
  const partsFor = (value: string): readonly string[] | undefined => complete([normalise(value)]);
  const partsOf = (read: Read): readonly (readonly string[])[] => listOf(partsFor(read(key) ?? ''));
  return { name: key, keys: [key], partsOf, partsFor };
}

/** With the names in between and without: not everybody knows or writes them. */
function personParts(read: Read): readonly (readonly string[])[] {
  const [given = '', between = '', family = ''] = ['given_name', 'additional_name', 'family_name'].map(read);
  const birthDate = identifier(read('birth_date') ?? '');
  const names = new Set([`${given} ${family}`, `${given} ${between} ${family}`].map(nameWords));
  return [...names].flatMap((name) => listOf(complete([name, birthDate])));
}

function complete(parts: readonly string[]): readonly string[] | undefined {
  return parts.includes('') ? undefined : parts;
}

function listOf<T>(one: T | undefined): readonly T[] {
  return one === undefined ? [] : [one];
}
