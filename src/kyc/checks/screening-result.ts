import { createHash } from 'node:crypto';
import type { CheckInput, CheckResult, Evidence } from './check.ts';
import { type ScreeningRole, type ScreeningSubject, screeningSubjects } from './screening-subject.ts';

/** An entry of a list that somebody is like. */
export interface Hit {
  readonly id: string;
  readonly name: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly lists: readonly string[];
  /** Whatever else the engine tells that helps a reviewer. */
  readonly details?: unknown;
}

/** What an engine said of one subject. */
export interface Screened {
  readonly role: ScreeningRole;
  readonly hits: readonly Hit[];
  /** SHA-256 of each answer as it came, hexadecimal: proves what was said without keeping it. */
  readonly payloads: readonly string[];
}

/**
 * Whom to look for.
 * @throws Error when the input names nobody: who was not looked for was not found clean
 */
export function getScreeningSubjects({ values }: CheckInput): readonly ScreeningSubject[] {
  const subjects = screeningSubjects(values);
  if (subjects.length === 0) throw new Error('the input of this check names nobody to look for');
  return subjects;
}

/** The check's word: a person must look at any hit; from `rejectAbove` on, if that is set, the customer is rejected for good. */
export function screeningResult(engine: Evidence, screened: readonly Screened[], rejectAbove?: number): CheckResult {
  const evidence = { ...engine, screened };
  const scores = screened.flatMap(({ hits }) => hits.map(({ score }) => score));
  if (scores.length === 0) return { outcome: 'pass', evidence };
  if (rejectAbove !== undefined && Math.max(...scores) >= rejectAbove)
    return { outcome: 'fail', reason: 'sanctions', final: true, evidence };
  return { outcome: 'review', reason: 'sanctions', finding: findingOf(screened), evidence };
}

/** Names who was found on which lists, so that whoever was cleared is not held up again by the next day's search. */
function findingOf(screened: readonly Screened[]): string {
  const found = screened.flatMap(({ role, hits }) => hits.map(({ id, lists }) => [role, id, ...lists.toSorted()]));
  const text = JSON.stringify(found.map((hit) => JSON.stringify(hit)).sort());
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The SHA-256 of an answer. */
export function payloadHash(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
