import type { Identifier, IdentifierKind, ScreeningSubject } from './screening-subject.ts';

/** The types of entities that people and organizations may be. */
export type WatchmanType = 'person' | 'business' | 'organization';

/** One search: a type, and what is looked for. */
export interface WatchmanSearch {
  readonly type: WatchmanType;
  /** The name looked for, '' for a search by numbers. */
  readonly name: string;
  /** Names and values of the query; a name may come more than once. */
  readonly params: readonly (readonly [name: string, value: string])[];
}

/**
 * The searches for one subject: by each of its names, and by its numbers, in every type that it may be.
 * Names and numbers apart, as the engine scores: a number that differs from a listed one weighs more than a name that is the same,
 * so a name sent together with another passport's number would not be found. And each spelling for itself, as the engine compares
 * the alternative names of lists, not those of a search.
 */
export function watchmanSearches(subject: ScreeningSubject): readonly WatchmanSearch[] {
  const birthDate = subject.birthDate === undefined ? [] : [['birthDate', subject.birthDate] as const];
  const byName = subject.names.map((name) => {
    const others = subject.names.filter((other) => other !== name).map((other) => ['altNames', other] as const);
    return { name, params: [['name', name] as const, ...others, ...birthDate] };
  });
  const numbers = subject.identifiers.map(numberParam);
  const byNumber = numbers.length === 0 ? [] : [{ name: '', params: numbers }];
  return typesOf(subject).flatMap((type) => [...byName, ...byNumber].map((search) => ({ type, ...search })));
}

/** Entities of one type are not found by a search for another. */
function typesOf({ is }: ScreeningSubject): readonly WatchmanType[] {
  if (is === 'person') return ['person'];
  return is === 'organization' ? ['business', 'organization'] : ['person', 'business', 'organization'];
}

const parameters: Readonly<Record<IdentifierKind, string>> = {
  passport: 'gov_passport',
  'drivers-license': 'gov_drivers-license',
  'national-id': 'gov_national-id',
  'tax-id': 'gov_tax-id',
  vat: 'gov_tax-id',
  registration: 'gov_business-registration',
};

/** `country:identifier`; the engine splits at every colon. */
function numberParam({ kind, value, country = '' }: Identifier): readonly [string, string] {
  return [parameters[kind], `${country}:${value.replaceAll(':', '')}`];
}
