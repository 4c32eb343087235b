import type { Case } from './assess.ts';
import type { Dossier, FieldFacts } from './dossier.ts';
import type { Program } from './program.ts';
import type { ReasonCode } from './reasons.ts';

/** Why a value will not do. */
export interface Refusal {
  readonly reason: ReasonCode;
  /** Whether time alone did it. */
  readonly isExpiry: boolean;
}

const expired: Refusal = { reason: 'document-expired', isExpiry: true };

/** Why a held value will not do, by what a person said of it or by its document's age; undefined when neither says so. */
export function refusalOf({ program, dossier, now }: Case, key: string): Refusal | undefined {
  const facts = dossier.fields[key];
  if (facts === undefined) return undefined;
  if (facts.ruling?.accepted === false) return { reason: facts.ruling.reason, isExpiry: false };
  if ((dossier.outdated[key] ?? 0) >= facts.rev) return expired;
  for (const [date, dated] of program.expiry.documents) {
    if ((key === date || dated.includes(key)) && isNewlyExpired(dossier, date, now)) return expired;
  }
  return undefined;
}

/**
 * Marks what has become too old by `now`, so that what is sent after that is told from what was there before. Every change of a
 * dossier begins with it.
 */
export function noticeExpiry(dossier: Dossier, program: Program, now: number): Dossier {
  const outdated: Record<string, number> = {};
  for (const [date, dated] of program.expiry.documents) {
    if (!isNewlyExpired(dossier, date, now)) continue;
    for (const key of [date, ...dated]) {
      const rev = dossier.fields[key]?.rev;
      if (rev !== undefined) outdated[key] = rev;
    }
  }
  return Object.keys(outdated).length === 0 ? dossier : { ...dossier, outdated: { ...dossier.outdated, ...outdated } };
}

/**
 * Whether a value that is too old says something new when it is sent again as it is: that the next document has it, too, as people keep their number. The date of
 * that one is there already, or `isNew` in the same request.
 * @param dossier as of now
 */
export function isOfNextDocument(
  { fields, outdated }: Dossier,
  { expiry }: Program,
  key: string,
  isNew: (date: string) => boolean,
): boolean {
  const isOld = (known: string): boolean => (outdated[known] ?? 0) >= (fields[known]?.rev ?? 0);
  if (fields[key] === undefined || !isOld(key)) return false;
  return [...expiry.documents].some(([date, dated]) => dated.includes(key) && (isNew(date) || !isOld(date)));
}

/** The dossier with the day of every document's expiry read from the values. */
export function withExpiries(dossier: Dossier, program: Program, read: (key: string) => string | undefined): Dossier {
  const fields: Record<string, FieldFacts> = { ...dossier.fields };
  for (const key of program.expiry.documents.keys()) {
    const facts = fields[key];
    if (facts === undefined) continue;
    const { expires: _, ...rest } = facts;
    const expires = endOfDay(read(key));
    fields[key] = expires === undefined ? rest : { ...rest, expires };
  }
  return { ...dossier, fields };
}

/** The dates after whose day something that the type asks for is no good, whether or not the type asks for the date itself. */
export function datesOf({ program, asked }: Pick<Case, 'program' | 'asked'>): readonly string[] {
  return [...program.expiry.documents].flatMap(([date, dated]) =>
    [date, ...dated].some((key) => asked.fields.has(key)) ? [date] : [],
  );
}

/** The version of a date by which something that the type asks for is about to expire, undefined if none is. */
export function expiringSoon(about: Case): number | undefined {
  const { dossier, program, now } = about;
  for (const key of datesOf(about)) {
    const facts = dossier.fields[key];
    if (facts?.expires === undefined || facts.expires <= now) continue;
    if (facts.expires - program.expiry.warnMs <= now) return facts.rev;
  }
  return undefined;
}

function isNewlyExpired(dossier: Dossier, date: string, now: number): boolean {
  const facts = dossier.fields[date];
  if (facts?.expires === undefined || facts.expires > now) return false;
  return (dossier.outdated[date] ?? 0) < facts.rev;
}

/** The first moment after a day written YYYY-MM-DD, anywhere on earth. */
function endOfDay(date: string | undefined): number | undefined {
  const start = Date.parse(`${date?.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(start) ? undefined : start + 36 * 3_600_000;
}
