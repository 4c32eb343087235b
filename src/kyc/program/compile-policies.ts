import { canonicalName } from '../../sep9/catalogue.ts';
import type { ErasureDefinition, ErasurePolicy } from '../erasure-definition.ts';
import type { ExpiryDefinition, ExpiryPolicy, ReviewDefinition, ReviewPolicy, TypeField } from '../program.ts';
import { builtInReasonCodes } from '../reasons.ts';
import { builtInSearches } from '../search-index.ts';
import { askedField } from './check-fields.ts';
import type { Report } from './shape.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How people decide, with what is not said; reports what nobody can look for. */
export function toReviewPolicy(
  { maxResubmissions = 9, slaHours = 24, reasons = {}, search = [] }: ReviewDefinition,
  fields: ReadonlyMap<string, readonly TypeField[]>,
  report: Report,
): ReviewPolicy {
  for (const [index, name] of search.entries()) {
    const path = `review.search[${index}]`;
    const asked = fields.get(canonicalName(name));
    if (asked === undefined) report(path, askedField(name));
    else if (asked.some(({ format, choices }) => format.type === 'binary' || choices !== undefined))
      report(path, 'a field that holds a text, and not one of a few choices');
  }
  const own = new Set(search.map(canonicalName).filter((key) => !builtInSearches.includes(key)));
  const policy = { maxResubmissions, slaMs: slaHours * hourMs, reasons: new Map(Object.entries(reasons)) };
  return { ...policy, search: [...own] };
}

/** What becomes old, with what is not said; reports documents that are dated by no date, and fields that nobody asks for. */
export function toExpiryPolicy(
  { documents = {}, warnDays = 30, reviewMonths = {} }: ExpiryDefinition,
  fields: ReadonlyMap<string, readonly TypeField[]>,
  report: Report,
): ExpiryPolicy {
  for (const [date, dated] of Object.entries(documents)) {
    const path = `expiry.documents.${date}`;
    const asked = fields.get(canonicalName(date));
    if (asked === undefined) report(path, askedField(date));
    else if (asked.some(({ format }) => format.format !== 'date'))
      report(path, 'a field that holds a date (YYYY-MM-DD)');
    for (const [index, name] of dated.entries()) {
      if (!fields.has(canonicalName(name))) report(`${path}[${index}]`, askedField(name));
    }
  }
  const byKey = Object.entries(documents).map(
    ([date, dated]) => [canonicalName(date), dated.map(canonicalName)] as const,
  );
  return { documents: new Map(byKey), warnMs: warnDays * dayMs, reviewMonths };
}

/** Reasons that an erasure does not wash off, unless the program says. */
const markedReasons = ['sanctions', 'suspected-fraud'];

/** What an erasure leaves, with what is not said; reports reasons that there are none of. */
export function toErasurePolicy(
  { retention, tombstones = {} }: ErasureDefinition,
  own: ReviewPolicy['reasons'],
  report: Report,
): ErasurePolicy {
  const { reasons = markedReasons, years = 5, values = 'review' } = tombstones;
  for (const [index, code] of reasons.entries()) {
    const isKnown = own.has(code) || builtInReasonCodes.some((known) => known === code);
    if (!isKnown) report(`erasure.tombstones.reasons[${index}]`, 'a reason, built in or of review.reasons');
  }
  return {
    retention: retention && { duplicates: false, ...retention },
    tombstones: { reasons: new Set(reasons), years, values },
  };
}
