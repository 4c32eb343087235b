import type { Case } from './assess.ts';
import {
  type CheckFacts,
  type Dossier,
  everyCheck,
  factsKey,
  inputsOf,
  isOverruled,
  type LastingFinding,
  readInputs,
} from './dossier.ts';
import type { CheckPlan, CustomerType } from './program.ts';
import type { ReasonCode } from './reasons.ts';

/** A check to be run. */
export interface CheckWork {
  readonly check: string;
  readonly inputs: string;
  readonly round: number;
}

/** What the checks of a type say together. */
export interface CheckJudgement {
  /** The finding that rejects the customer for good. */
  readonly final: ReasonCode | undefined;
  /** By key: fields that failed, and why. */
  readonly failed: ReadonlyMap<string, ReasonCode>;
  /** Keys of fields that some check has not settled. */
  readonly unsettled: ReadonlySet<string>;
  /** Whether a check has not said its last word. */
  readonly isUnfinished: boolean;
  /** Why a person must look. */
  readonly review: ReasonCode | undefined;
  /** Whether two people must agree that there is nothing to it. */
  readonly needsTwo: boolean;
  /** Names of checks that found a fault which nothing that the type asks for could mend: only a person passes over it. */
  readonly unmendable: readonly string[];
  /** Checks that are to be run now. */
  readonly work: readonly CheckWork[];
  /** Checks that are to be run once everything required is there. */
  readonly workOnceComplete: readonly CheckWork[];
  /** When time alone changes some of this, in Unix milliseconds. */
  readonly times: readonly number[];
}

/** A pass is good for so many times the interval after which the check runs again; then the customer is no longer accepted. */
const graceFactor = 3;

interface Verdict {
  readonly work?: CheckWork;
  readonly isUnfinished?: boolean;
  readonly review?: ReasonCode;
  readonly isUnmendable?: true;
  readonly failed?: readonly (readonly [key: string, reason: ReasonCode])[];
  readonly times?: readonly number[];
}

/**
 * What the checks that apply say of the values that are held now. A check has said nothing of values that it has not seen; what it
 * said of earlier ones does not count, unless it was final.
 */
export function judgeChecks(about: Case): CheckJudgement {
  const { program, asked, dossier } = about;
  const verdicts = asked.checks.flatMap((name) => {
    const plan = program.checks.get(name);
    const inputs = plan && inputsOf(dossier, plan.inputs);
    return plan === undefined || inputs === undefined || inputs === ''
      ? []
      : [{ plan, inputs, ...judge(about, plan, inputs) }];
  });
  const open = verdicts.filter(({ isUnfinished, review }) => isUnfinished === true || review !== undefined);
  const workOf = (early: boolean): CheckWork[] =>
    verdicts.flatMap(({ plan, work }) => (work !== undefined && plan.early === early ? [work] : []));
  const reviews = verdicts.filter(({ review }) => review !== undefined);
  const hit = hitOf(about);
  return {
    final: finalOf(about),
    failed: new Map(verdicts.flatMap(({ failed }) => failed ?? [])),
    unsettled: new Set(open.flatMap(({ inputs }) => [...readInputs(inputs).keys()])),
    isUnfinished: verdicts.some(({ isUnfinished }) => isUnfinished === true),
    review: reviews[0]?.review ?? hit,
    needsTwo: isGuarded(about) || reviews.some(({ plan }) => plan.fourEyes),
    unmendable: verdicts.flatMap(({ plan, isUnmendable }) => (isUnmendable ? [plan.name] : [])),
    work: workOf(true),
    workOnceComplete: workOf(false),
    times: verdicts.flatMap(({ times }) => times ?? []),
  };
}

function judge(about: Case, plan: CheckPlan, inputs: string): Verdict {
  const facts = about.dossier.checks[plan.name];
  if (facts?.inputs !== inputs) return { isUnfinished: true, work: { check: plan.name, inputs, round: 1 } };
  // What it found by other settings, it has not found by these.
  if (facts.terms !== plan.terms)
    return { isUnfinished: true, work: { check: plan.name, inputs, round: facts.round + 1 } };
  const again = runsAgain(about, plan, facts);
  if (facts.outcome === 'pass' || isCleared(about, plan.name, facts)) return again;
  if (facts.outcome === 'review' || isPardoned(about, plan.name, facts))
    return { ...again, review: facts.reason ?? 'screening-hit' };
  return { ...again, ...failure(about, plan, facts) };
}

/**
 * What failed must be sent again, but for values that a person has accepted in spite of it. Choice: where what is at fault is none of what the type asks
 * for and the customer has given, there is nothing to send again, and it is no pass: a person must look (fail closed).
 */
function failure({ asked, dossier }: Case, { name }: CheckPlan, facts: CheckFacts): Verdict {
  const atFault = facts.fields ?? [...readInputs(facts.inputs).keys()];
  const open = atFault.filter((key) => !isOverruled(dossier.fields[key], name, facts));
  if (atFault.length > 0 && open.length === 0) return {};
  const reason = facts.reason ?? 'wrong-format';
  const mendable = open.filter((key) => asked.fields.has(key) && dossier.fields[key] !== undefined);
  if (mendable.length === 0) return { review: reason, isUnmendable: true };
  return { failed: mendable.map((key) => [key, reason] as const) };
}

/**
 * Whether a check that must have something to look at has nothing, and nothing that is required would give it something: what was never looked at
 * is no pass (fail closed).
 */
export function hasBlindCheck({ program, asked, dossier }: Pick<Case, 'program' | 'asked' | 'dossier'>): boolean {
  return asked.checks.some((name) => {
    const plan = program.checks.get(name);
    const isRequired = (key: string): boolean => asked.fields.get(key)?.optional === false;
    return plan?.needsInput === true && inputsOf(dossier, plan.inputs) === '' && !plan.inputs.some(isRequired);
  });
}

/** Choice: a check that should have run again but could not leaves the customer as they are for a while, then stops them: fail closed. */
function runsAgain({ now }: Case, plan: CheckPlan, facts: CheckFacts): Verdict {
  if (plan.againAfterMs === undefined) return {};
  const againAt = facts.at + plan.againAfterMs;
  const goodUntil = facts.at + plan.againAfterMs * graceFactor;
  if (now < againAt) return { times: [againAt] };
  const work = { check: plan.name, inputs: facts.inputs, round: facts.round + 1 };
  return now < goodUntil ? { work, times: [goodUntil] } : { work, isUnfinished: true };
}

/** Whether a person who decided on this type has seen this finding. */
function isCleared({ dossier, asked }: Case, check: string, facts: CheckFacts): boolean {
  const ruling = dossier.rulings[asked.type.name];
  return ruling?.outcome === 'accepted' && ruling.checks.includes(factsKey(check, facts));
}

/** Whether it was found for good and people have reopened the customer all the same: then a person must look, and there is nothing to send again. */
function isPardoned({ dossier, asked }: Case, check: string, facts: CheckFacts): boolean {
  const key = factsKey(check, facts);
  return key in dossier.finals && dossier.rulings[asked.type.name]?.checks.includes(key) === true;
}

function finalOf({ dossier, asked }: Case): ReasonCode | undefined {
  return firstReason(openFinals(dossier, asked.type));
}

/** Why people must look, whatever the checks say by now. */
function hitOf({ dossier, asked }: Case): ReasonCode | undefined {
  return firstReason(openHits(dossier, asked.type));
}

/** Whether two of them must. */
function isGuarded({ program, dossier, asked }: Case): boolean {
  return openHits(dossier, asked.type).some(({ check }) => program.checks.get(check)?.fourEyes ?? true);
}

/** What was found for good of a customer, as far as it counts for a type and nobody has pardoned it. */
export function openFinals({ finals, rulings }: Dossier, type: CustomerType): readonly LastingFinding[] {
  return countingFor(type, finals, rulings[type.name]?.checks ?? []);
}

/** What people must look at, as far as it counts for a type and nobody has accepted the customer all the same. */
export function openHits({ hits, rulings }: Dossier, type: CustomerType): readonly LastingFinding[] {
  const ruling = rulings[type.name];
  return countingFor(type, hits, ruling?.outcome === 'accepted' ? ruling.checks : []);
}

/** Choice: a check of one of its rules counts whether the rule holds now or not: whoever was found out gets away neither with another value nor by being quick. */
function countingFor(type: CustomerType, found: Dossier['finals'], passedOver: readonly string[]): LastingFinding[] {
  const checks = [everyCheck, ...type.checks, ...type.rules.flatMap((rule) => rule.checks)];
  return Object.entries(found).flatMap(([key, finding]) =>
    checks.includes(finding.check) && !passedOver.includes(key) ? [finding] : [],
  );
}

/** The same in whatever order they were found. */
function firstReason(findings: readonly LastingFinding[]): ReasonCode | undefined {
  return findings.map(({ reason }) => reason).sort()[0];
}
