import type { Consent } from '../sep12/integration.ts';
import type { CheckResult } from './checks/check.ts';
import {
  type CheckFacts,
  type Dossier,
  everyCheck,
  type FieldFacts,
  type FieldRuling,
  factsKey,
  failureKey,
  inputsOf,
  readInputs,
  type TypeRuling,
} from './dossier.ts';
import type { CheckPlan } from './program.ts';
import type { ReasonCode } from './reasons.ts';

/** The dossier after values were set or withdrawn in the customer's `version`. What was known of an earlier value is forgotten. */
export function withValues(
  dossier: Dossier,
  version: number,
  changes: { readonly set: readonly string[]; readonly withdraw: readonly string[] },
): Dossier {
  const fields: Record<string, FieldFacts> = { ...dossier.fields };
  for (const key of changes.withdraw) delete fields[key];
  for (const key of changes.set) fields[key] = { rev: version };
  return { ...dossier, fields };
}

/** The dossier after codes confirmed the present values of fields. */
export function withConfirmed(dossier: Dossier, keys: readonly string[], now: number): Dossier {
  return keys.reduce((known, key) => withField(known, key, { confirmed: now }), dossier);
}

/** The dossier after the customer agreed to a text; to the same one again says nothing new. */
export function withConsent(dossier: Dossier, consent: Consent | undefined, now: number): Dossier {
  if (consent === undefined || dossier.consent?.version === consent.version) return dossier;
  const { version, lang } = consent;
  return { ...dossier, consent: { version, lang, at: now } };
}

/** The dossier after a person's word on the present value of a field. An acceptance passes over what checks have found wrong with it by now. */
export function withFieldRuling(dossier: Dossier, key: string, ruling: FieldRuling): Dossier {
  const rev = dossier.fields[key]?.rev;
  if (rev === undefined) return dossier;
  if (!ruling.accepted) return withRefused(withField(dossier, key, { ruling }), [[key, rev]]);
  return withField(dossier, key, { ruling: { ...ruling, over: failuresOf(dossier, key, rev) } });
}

function failuresOf({ checks }: Dossier, key: string, rev: number): readonly string[] {
  return Object.entries(checks).flatMap(([check, facts]) => {
    const isAbout = readInputs(facts.inputs).get(key) === rev || facts.fields?.includes(key) === true;
    return facts.outcome === 'fail' && isAbout ? [failureKey(check, facts)] : [];
  });
}

/**
 * By name, the checks whose findings a person has seen who accepts a customer for a type. Choice: what a check found that counts for the type neither
 * now nor by one of its rules, nobody has judged, though the program may add it tomorrow.
 */
export interface SeenChecks {
  /** Those that the type asks for now. */
  readonly asked: readonly string[];
  /** Those, and what its rules may add: what two people must look at counts whether the rule holds or not. */
  readonly everAsked: readonly string[];
  /** Those that failed for what the customer cannot mend, and that the person accepts them in spite of. */
  readonly failed?: readonly string[];
}

/**
 * The dossier after a person's word on a type. It covers the values that are held now. An acceptance passes over what was `seen`, but for
 * failures, beside what earlier ones passed over; a reopening passes over final findings alone; a rejection over nothing.
 */
export function withTypeRuling(
  dossier: Dossier,
  type: string,
  ruling: Pick<TypeRuling, 'outcome' | 'reason' | 'by' | 'at'>,
  seen: SeenChecks = { asked: [], everAsked: [] },
): Dossier {
  const covers = Object.fromEntries(Object.entries(dossier.fields).map(([key, { rev }]) => [key, rev]));
  // Who was accepted or is let in again starts over; else the next mistake would undo a person's word.
  const refused = ruling.outcome === 'rejected' ? dossier.refused : {};
  const reason = ruling.reason ?? (ruling.outcome === 'reopened' ? rejectedFor(dossier, type) : undefined);
  const checks = passedOver(dossier, type, ruling.outcome, seen);
  const full: TypeRuling = { ...ruling, ...(reason !== undefined && { reason }), covers, checks };
  return { ...dossier, refused, rulings: { ...dossier.rulings, [type]: full } };
}

/** Why the customer was rejected for a type, if they were. */
function rejectedFor({ rulings, standings }: Dossier, type: string): ReasonCode | undefined {
  const ruling = rulings[type];
  const standing = Object.values(standings).find(({ type: name, state }) => name === type && state === 'rejected');
  return (ruling?.outcome === 'accepted' ? undefined : ruling?.reason) ?? standing?.reason;
}

function passedOver(
  { rulings, finals, hits, checks: known }: Dossier,
  type: string,
  outcome: TypeRuling['outcome'],
  { asked, everAsked, failed = [] }: SeenChecks,
): readonly string[] {
  const earlier = rulings[type]?.checks ?? [];
  const found = Object.keys(finals);
  if (outcome === 'reopened') return found;
  if (outcome === 'rejected') return earlier.filter((key) => found.includes(key));
  const said = asked.flatMap((check) => {
    const facts = known[check];
    const isSeen = facts !== undefined && (facts.outcome !== 'fail' || failed.includes(check));
    return isSeen ? [factsKey(check, facts)] : [];
  });
  const hit = Object.entries(hits).flatMap(([key, { check }]) =>
    check === everyCheck || everAsked.includes(check) ? [key] : [],
  );
  return [...new Set([...earlier, ...said, ...hit])];
}

/** What a check says once it is over. */
export type Finding = Exclude<CheckResult, { readonly outcome: 'pending' }>;

/** How bad an outcome is: of two results of one run, the worse one counts. */
const severity: Readonly<Record<CheckFacts['outcome'], number>> = { pass: 0, review: 1, fail: 2 };

/**
 * The dossier after a check spoke. What it said of values that are no longer held is no fact any more, but that some value was refused
 * and, if so, that the customer was rejected for good.
 */
export function withResult(
  dossier: Dossier,
  plan: CheckPlan,
  run: Pick<CheckFacts, 'inputs' | 'round'>,
  result: Finding,
  now: number,
): Dossier {
  const { inputs, round } = run;
  const facts: CheckFacts = { inputs, terms: plan.terms, round, at: now, ...saidBy(result) };
  const noted = withConsequences(dossier, plan, facts, result);
  if (inputsOf(dossier, plan.inputs) !== inputs) return noted;
  const known = dossier.checks[plan.name];
  const isNews = known?.inputs !== inputs || round > known.round || (round === known.round && isWorse(facts, known));
  return isNews ? { ...noted, checks: { ...noted.checks, [plan.name]: facts } } : noted;
}

function saidBy(result: Finding): Omit<CheckFacts, 'inputs' | 'terms' | 'round' | 'at'> {
  if (result.outcome === 'pass') return { outcome: 'pass' };
  const { outcome, reason } = result;
  if (outcome === 'review') return { outcome, reason, ...(result.finding && { finding: result.finding }) };
  return { outcome, reason, ...(result.fields && { fields: [...result.fields].sort() }) };
}

/** Worse, or as bad and first by name, so that the order in which two results of one run arrive does not matter. */
function isWorse(facts: CheckFacts, known: CheckFacts): boolean {
  if (facts.outcome !== known.outcome) return severity[facts.outcome] > severity[known.outcome];
  return nameOf(facts) < nameOf(known);
}

function nameOf({ reason, fields, finding }: CheckFacts): string {
  return JSON.stringify([reason, fields, finding]);
}

/** What outlives the values: which of them were refused, a final rejection, and what only two people may pass over. */
function withConsequences(dossier: Dossier, plan: CheckPlan, facts: CheckFacts, result: Finding): Dossier {
  if (result.outcome === 'pass') return dossier;
  const known = { check: plan.name, reason: result.reason, at: facts.at };
  const entry = { [factsKey(plan.name, facts)]: known };
  // What was known first stays: a finding that comes twice says nothing new.
  if (result.outcome === 'review')
    return plan.isLasting ? { ...dossier, hits: { ...entry, ...dossier.hits } } : dossier;
  if (result.final === true) return { ...dossier, finals: { ...entry, ...dossier.finals } };
  const looked = readInputs(facts.inputs);
  const atFault = facts.fields ?? [...looked.keys()];
  return withRefused(
    dossier,
    atFault.flatMap((key) => {
      const rev = looked.get(key);
      return rev === undefined ? [] : [[key, rev] as const];
    }),
  );
}

function withRefused(dossier: Dossier, values: readonly (readonly [key: string, rev: number])[]): Dossier {
  const refused: Record<string, readonly number[]> = { ...dossier.refused };
  for (const [key, rev] of values) {
    const known = refused[key] ?? [];
    if (!known.includes(rev)) refused[key] = [...known, rev].sort((a, b) => a - b);
  }
  return { ...dossier, refused };
}

function withField(dossier: Dossier, key: string, more: Partial<FieldFacts>): Dossier {
  const facts = dossier.fields[key];
  return facts === undefined ? dossier : { ...dossier, fields: { ...dossier.fields, [key]: { ...facts, ...more } } };
}
