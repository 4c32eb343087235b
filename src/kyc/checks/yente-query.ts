import type { Identifier, ScreeningRole, ScreeningSubject } from './screening-subject.ts';

/** An entity to look for, by its schema and properties. @see https://followthemoney.tech/explorer/ */
export interface YenteQuery {
  readonly schema: 'Person' | 'Organization' | 'LegalEntity';
  readonly properties: Readonly<Record<string, readonly string[]>>;
}

/** Queries by the role of whom they are about. */
export type YenteQueries = Readonly<Partial<Record<ScreeningRole, YenteQuery>>>;

/** One batch for all subjects. Each schema finds the more special ones below it: an organization finds companies, a legal entity anybody. */
export function yenteQueries(subjects: readonly ScreeningSubject[]): YenteQueries {
  return Object.fromEntries(subjects.map((subject) => [subject.role, queryFor(subject)]));
}

const schemas = { person: 'Person', organization: 'Organization', either: 'LegalEntity' } as const;

/** Only properties that the schema has: the engine writes the value of any other to its log. */
function queryFor(subject: ScreeningSubject): YenteQuery {
  const { is, names, firstName, middleName, lastName, birthDate, birthCountry, country } = subject;
  const properties: Record<string, readonly (string | undefined)[]> = {
    name: names,
    firstName: [firstName],
    middleName: [middleName],
    lastName: [lastName],
    birthDate: [birthDate],
    birthCountry: [birthCountry?.toLowerCase()],
    [is === 'person' ? 'nationality' : 'country']: [country?.toLowerCase()],
  };
  for (const identifier of subject.identifiers)
    for (const property of propertiesOf(identifier))
      properties[property] = [...(properties[property] ?? []), identifier.value];
  return { schema: schemas[is], properties: withoutGaps(properties) };
}

function propertiesOf({ kind }: Identifier): readonly string[] {
  if (kind === 'passport') return ['passportNumber', 'idNumber'];
  if (kind === 'tax-id') return ['taxNumber'];
  if (kind === 'vat') return ['vatCode'];
  return kind === 'registration' ? ['registrationNumber'] : ['idNumber'];
}

function withoutGaps(properties: Record<string, readonly (string | undefined)[]>): Record<string, readonly string[]> {
  const known = Object.entries(properties).map(
    ([name, values]) => [name, values.filter((value) => value !== undefined)] as const,
  );
  return Object.fromEntries(known.filter(([, values]) => values.length > 0));
}
