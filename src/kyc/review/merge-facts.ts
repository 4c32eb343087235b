import type { Dossier, FieldFacts, Standing } from '../dossier.ts';
import { notPossible } from './rule.ts';

/** Two customers that are one: the one that goes, and the one that stays. */
export interface Pair {
  readonly from: { readonly id: string; readonly dossier: Dossier };
  readonly into: { readonly dossier: Dossier };
}

/** @throws KycError `not_possible` when for some type the one is accepted and the other rejected for good */
export function requireAgreement({ from, into }: Pair): void {
  const [one, other] = [from.dossier, into.dossier];
  const atOdds = [...acceptedTypes(one).filter(isRejectedBy(other)), ...acceptedTypes(other).filter(isRejectedBy(one))];
  if (atOdds.length > 0)
    throw notPossible(`the one is accepted for ${atOdds[0]} and the other rejected: decide on them first`);
}

function acceptedTypes({ standings }: Dossier): string[] {
  return Object.values(standings)
    .filter(({ state }) => state === 'accepted')
    .map(({ type }) => type);
}

function isRejectedBy({ standings, rulings }: Dossier): (type: string) => boolean {
  const isOver = (type: string): boolean =>
    Object.values(standings).some((standing) => standing.type === type && standing.state === 'rejected');
  return (type) => rulings[type]?.outcome === 'rejected' || isOver(type);
}

/**
 * The facts of the customer that stays, with what must not be lost of the other's: values that the one lacked, given in `version`, with what
 * codes and people said of them, but for acceptances; rejections for good and what two people must look at; how often a field was
 * refused. What checks said of the values is found again.
 */
export function mergedFacts({ from, into }: Pair, taken: readonly string[], version: number, now: number): Dossier {
  const { id, dossier: gone } = from;
  const kept = into.dossier;
  const fields: Record<string, FieldFacts> = { ...kept.fields };
  const outdated: Record<string, number> = { ...kept.outdated };
  for (const key of taken) {
    const facts = gone.fields[key];
    if (facts === undefined) continue;
    fields[key] = takenOver(facts, version);
    if ((gone.outdated[key] ?? 0) >= facts.rev) outdated[key] = version;
  }
  return {
    ...kept,
    fields,
    outdated,
    finals: { ...renamed(id, gone.finals), ...kept.finals },
    hits: { ...renamed(id, gone.hits), ...kept.hits },
    refused: refusedBy(gone, kept),
    rulings: { ...kept.rulings, ...pardonsOf(id, gone, kept), ...rejectionsOf(gone, kept, now) },
    standings: { ...standingsOf(gone), ...kept.standings },
    ...riskOf(gone, kept),
    ...consentOf(gone, kept),
  };
}

function takenOver({ confirmed, ruling }: FieldFacts, rev: number): FieldFacts {
  return {
    rev,
    ...(confirmed !== undefined && { confirmed }),
    ...(ruling?.accepted === false && { ruling }),
  };
}

/** Under names of their own: versions of the one's values mean nothing for the other. */
function renamed(id: string, found: Dossier['finals']): Dossier['finals'] {
  return Object.fromEntries(Object.entries(found).map(([key, finding]) => [`${id} ${key}`, finding]));
}

/**
 * Final findings that people had passed over do not come back; a person decides then, as they did before. Whom people have reopened and nobody has
 * accepted since waits for a person as part of another customer, too, whatever was said of that one.
 */
function pardonsOf(id: string, gone: Dossier, kept: Dossier): Dossier['rulings'] {
  const pardoned = Object.entries(gone.rulings).flatMap(([type, { checks, outcome, reason, by, at }]) => {
    const keys = checks.filter((key) => key in gone.finals).map((key) => `${id} ${key}`);
    const own = kept.rulings[type];
    const isOpen = outcome === 'reopened';
    if (outcome === 'rejected' || (keys.length === 0 && !isOpen) || isRejectedBy(kept)(type)) return [];
    const all = [...(own?.checks ?? []), ...keys];
    if (own !== undefined && !isOpen) return [[type, { ...own, checks: all }] as const];
    const why = reason === undefined ? {} : { reason };
    return [[type, { outcome: 'reopened', ...why, by, at, covers: {}, checks: all }] as const];
  });
  return Object.fromEntries(pardoned);
}

/** The other's refusals count on, as versions that no value of the one's can have. */
function refusedBy(gone: Dossier, kept: Dossier): Dossier['refused'] {
  const refused: Record<string, readonly number[]> = { ...kept.refused };
  for (const [key, versions] of Object.entries(gone.refused)) {
    const own = refused[key] ?? [];
    const lowest = Math.min(0, ...own);
    refused[key] = [...versions.map((_, index) => lowest - 1 - index), ...own].sort((a, b) => a - b);
  }
  return refused;
}

/** Who was rejected for good is not less so for having had another account. */
function rejectionsOf(gone: Dossier, kept: Dossier, at: number): Dossier['rulings'] {
  const ruled = Object.entries(gone.rulings)
    .filter(([, { outcome }]) => outcome === 'rejected')
    .map(([type, ruling]) => [type, { ...ruling, covers: {}, checks: [] }] as const);
  const found = Object.values(gone.standings)
    .filter(({ state }) => state === 'rejected')
    .map(({ type, reason }) => {
      const reasoned = reason === undefined ? {} : { reason };
      return [type, { outcome: 'rejected', ...reasoned, by: 'merge', at, covers: {}, checks: [] }] as const;
    });
  const all = new Map<string, Dossier['rulings'][string]>([...found, ...ruled]);
  return Object.fromEntries([...all].filter(([type]) => kept.rulings[type]?.outcome !== 'rejected'));
}

/** As of no program, so that each is looked at and written anew. */
function standingsOf({ standings }: Dossier): Dossier['standings'] {
  return Object.fromEntries(Object.entries(standings).map(([key, standing]) => [key, asOfNoProgram(standing)]));
}

function asOfNoProgram({ warned: _, ...standing }: Standing): Standing {
  return { ...standing, program: '' };
}

/** The later agreement. */
function consentOf(gone: Dossier, kept: Dossier): Pick<Dossier, 'consent'> {
  const [latest] = [gone.consent, kept.consent].filter((one) => one !== undefined).sort((a, b) => b.at - a.at);
  return latest === undefined ? {} : { consent: latest };
}

/** The higher of what operators said. */
function riskOf(gone: Dossier, kept: Dossier): Pick<Dossier, 'risk'> {
  const said = [gone.risk, kept.risk];
  const risk = (['high', 'medium', 'low'] as const).find((one) => said.includes(one));
  return risk === undefined ? {} : { risk };
}
