import { addMonths } from '../lib/clock.ts';
import type { ProvidedFieldStatus } from '../sep12/integration.ts';
import { type CheckJudgement, type CheckWork, hasBlindCheck, judgeChecks } from './assess-checks.ts';
import type { Dossier, Standing } from './dossier.ts';
import { datesOf, type Refusal, refusalOf } from './expiry.ts';
import { type Program, type RiskClass, riskClasses } from './program.ts';
import type { ReasonCode } from './reasons.ts';
import type { ResolvedType } from './resolve-type.ts';
import type { StandingState } from './states.ts';

/** A field that is held, as the customer is told of it. */
export interface FieldStanding {
  readonly status: ProvidedFieldStatus;
  /** Why it is `REJECTED`. */
  readonly reason?: ReasonCode;
}

/** Where a customer stands for a type, and what follows from it. */
export interface Assessment {
  readonly state: StandingState;
  /** Why the customer is rejected, or why a person must look. */
  readonly reason: ReasonCode | undefined;
  /** By key: the fields that are asked for and held. */
  readonly held: ReadonlyMap<string, FieldStanding>;
  /** Checks that are to be run. */
  readonly work: readonly CheckWork[];
  /** Keys of fields that a code must confirm. */
  readonly unconfirmed: readonly string[];
  /** When time alone may change the state, in Unix milliseconds. */
  readonly dueAt: number | undefined;
  readonly risk: RiskClass;
  /** Whether two people must agree to accept the customer now. */
  readonly needsTwo: boolean;
  /** @see CheckJudgement.unmendable */
  readonly unmendable: readonly string[];
}

/** What is assessed: the facts, by which program, for which type with its rules, as seen last, and at which time. */
export interface Case {
  readonly program: Program;
  readonly asked: ResolvedType;
  readonly dossier: Dossier;
  /** Where the customer stood last, undefined for the first time. */
  readonly last: Pick<Standing, 'state' | 'since' | 'reason' | 'acceptedAt'> | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Where a customer stands: a function of facts, program and time, and of nothing else. The first of these that applies: rejected for
 * good, something to be sent again, something expired, something missing, something unconfirmed, a check unfinished, a person to look;
 * else accepted.
 * @see SEP-12 § Customer Statuses
 */
export function assess(about: Case): Assessment {
  const checks = judgeChecks(about);
  const refusals = refusalsOf(about, checks);
  const findings = { checks, refusals, unconfirmed: unconfirmedOf(about, refusals), reviewAt: reviewAt(about) };
  const { state, reason } = conclude(about, findings);
  const isOver = state === 'rejected';
  const isComplete = refusals.size === 0 && !isMissing(about);
  return {
    state,
    reason,
    held: fieldStandings(about, findings, state),
    work: isOver ? [] : [...checks.work, ...(isComplete ? checks.workOnceComplete : [])],
    unconfirmed: isOver ? [] : findings.unconfirmed,
    dueAt: isOver ? undefined : earliest(about, [...checks.times, nextReviewAt(about, state), ...expiriesOf(about)]),
    risk: riskOf(about),
    needsTwo: checks.needsTwo,
    unmendable: checks.unmendable,
  };
}

interface Findings {
  readonly checks: CheckJudgement;
  readonly refusals: ReadonlyMap<string, Refusal>;
  readonly unconfirmed: readonly string[];
  /** When the customer is to be reviewed again. */
  readonly reviewAt: number | undefined;
}

interface Conclusion {
  readonly state: StandingState;
  readonly reason?: ReasonCode | undefined;
}

function conclude(about: Case, { checks, refusals, unconfirmed, reviewAt: againAt }: Findings): Conclusion {
  const rejection = rejectionOf(about, checks);
  if (rejection !== undefined) return { state: 'rejected', reason: rejection };
  const refused = [...refusals.values()].find(({ isExpiry }) => !isExpiry);
  if (refused !== undefined) return { state: 'resubmission-asked', reason: refused.reason };
  if (refusals.size > 0) return { state: 'expired', reason: 'document-expired' };
  if (isMissing(about)) return { state: 'needs-data' };
  if (unconfirmed.length > 0) return { state: 'needs-verification' };
  if (checks.isUnfinished) return { state: 'checking' };
  if (checks.review !== undefined) return { state: 'in-review', reason: checks.review };
  if (awaitsPerson(about)) return { state: 'in-review' };
  if (againAt !== undefined && againAt <= about.now) return { state: 'in-review', reason: 'periodic-review' };
  return { state: 'accepted' };
}

/**
 * Why the customer is rejected for good. Choice: a rejection stays, whatever becomes of the program, until a person reopens it.
 */
function rejectionOf({ dossier, asked, program, last }: Case, checks: CheckJudgement): ReasonCode | undefined {
  const ruling = dossier.rulings[asked.type.name];
  if (ruling?.outcome === 'rejected') return ruling.reason ?? 'not-eligible';
  if (checks.final !== undefined) return checks.final;
  const isExhausted = keysEverAsked(asked).some(
    (key) => (dossier.refused[key]?.length ?? 0) > program.review.maxResubmissions,
  );
  if (isExhausted) return 'resubmissions-exhausted';
  const isReopened = ruling !== undefined && last !== undefined && ruling.at >= last.since;
  return last?.state === 'rejected' && !isReopened ? (last.reason ?? 'not-eligible') : undefined;
}

/** What the type may ask for, whichever of its rules hold now: else whether they are exhausted hung on what came first. */
function keysEverAsked({ type, fields }: ResolvedType): string[] {
  return [...new Set([...fields.keys(), ...type.rules.flatMap((rule) => [...rule.fields.keys()])])];
}

/** By key: the held fields that will not do. A person's word on a value goes before a check's, but no word makes a type take what it does not. */
function refusalsOf(about: Case, { failed }: CheckJudgement): ReadonlyMap<string, Refusal> {
  const refusals = new Map<string, Refusal>();
  for (const key of about.asked.fields.keys()) {
    const reason = failed.get(key) ?? (about.asked.refused.includes(key) ? 'wrong-format' : undefined);
    const refusal = refusalOf(about, key) ?? (reason === undefined ? undefined : { reason, isExpiry: false });
    if (refusal !== undefined) refusals.set(key, refusal);
  }
  return refusals;
}

function isMissing({ asked, dossier }: Case): boolean {
  return [...asked.fields].some(([key, field]) => !field.optional && dossier.fields[key] === undefined);
}

function unconfirmedOf({ asked, dossier }: Case, refusals: ReadonlyMap<string, Refusal>): string[] {
  return [...asked.fields]
    .filter(([key, field]) => {
      const facts = dossier.fields[key];
      return field.verify && facts !== undefined && facts.confirmed === undefined && !refusals.has(key);
    })
    .map(([key]) => key);
}

/**
 * Whether a person must decide who has not done so on just these values.
 * Choice: whom a person has reopened, a person accepts, also where the type would by itself.
 */
function awaitsPerson(about: Case): boolean {
  const { asked, dossier } = about;
  const ruling = dossier.rulings[asked.type.name];
  if (ruling?.outcome === 'reopened') return true;
  if (!asked.review && !hasBlindCheck(about)) return false;
  if (ruling?.outcome !== 'accepted') return true;
  return [...asked.fields.keys()].some((key) => dossier.fields[key]?.rev !== ruling.covers[key]);
}

/** @see SEP-12 § Provided Field Statuses */
function fieldStandings(about: Case, findings: Findings, state: StandingState): ReadonlyMap<string, FieldStanding> {
  const { dossier, asked } = about;
  const isOpen = awaitsPerson(about);
  const held = [...asked.fields.keys()].filter((key) => dossier.fields[key] !== undefined);
  const standings = new Map(held.map((key) => [key, fieldStanding(key, findings, isOpen)]));
  const isWaiting = state === 'checking' || state === 'in-review';
  const isTold = [...standings.values()].some(({ status }) => status === 'PROCESSING');
  // When all required fields are accepted, the customer should be, too: so while the customer is not, no field is.
  return isWaiting && !isTold ? new Map(held.map((key) => [key, { status: 'PROCESSING' }])) : standings;
}

function fieldStanding(key: string, { refusals, unconfirmed, checks }: Findings, isOpen: boolean): FieldStanding {
  const refusal = refusals.get(key);
  if (refusal !== undefined) return { status: 'REJECTED', reason: refusal.reason };
  if (unconfirmed.includes(key)) return { status: 'VERIFICATION_REQUIRED' };
  return { status: isOpen || checks.unsettled.has(key) ? 'PROCESSING' : 'ACCEPTED' };
}

/** The same, also for whoever is accepted now for the first time: they are to be found when it is time, though nobody asks until then. */
function nextReviewAt(about: Case, state: StandingState): number | undefined {
  return reviewAt(about, state === 'accepted' ? about.now : undefined);
}

/**
 * When an accepted customer is reviewed again, counted from their first acceptance or a person's last word. Choice: what the customer changes
 * in between, and what checks say of it, puts no review off.
 */
function reviewAt(about: Case, firstAt = 0): number | undefined {
  const { dossier, asked, program, last } = about;
  const months = program.expiry.reviewMonths[riskOf(about)];
  const ruling = dossier.rulings[asked.type.name];
  const ruledAt = ruling?.outcome === 'rejected' ? undefined : ruling?.at;
  const acceptedAt = Math.max(last?.acceptedAt ?? firstAt, ruledAt ?? 0);
  return months === undefined || acceptedAt === 0 ? undefined : addMonths(acceptedAt, months);
}

function riskOf({ dossier, asked }: Case): RiskClass {
  const said = [asked.risk, dossier.risk];
  return riskClasses.find((risk) => said.includes(risk)) ?? 'low';
}

/** When the documents of this type expire, and when that is to be told. */
function expiriesOf(about: Case): number[] {
  return datesOf(about).flatMap((key) => {
    const expires = about.dossier.fields[key]?.expires;
    return expires === undefined ? [] : [expires, expires - about.program.expiry.warnMs];
  });
}

function earliest({ now }: Case, times: readonly (number | undefined)[]): number | undefined {
  const ahead = times.filter((time) => time !== undefined && time > now) as number[];
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}
