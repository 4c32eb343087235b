import type { Consequences, Move, NewRun, Rejection, StandingRow } from '../store/standing-store.ts';
import { SealBroken } from '../vault/key-ring.ts';
import { type Assessment, assess } from './assess.ts';
import { clearanceOf } from './clearance.ts';
import { type Dossier, type Standing, type StoredTransaction, standingKey, writeDossier } from './dossier.ts';
import { expiringSoon, noticeExpiry, withExpiries } from './expiry.ts';
import type { Program } from './program.ts';
import { type ResolvedType, resolveType } from './resolve-type.ts';
import { type Cause, isLawful, statusOf } from './states.ts';

/** A type that a customer is asked about, and the transaction that it is for. */
export interface Concern {
  readonly type: string;
  readonly transactionId?: string;
  readonly transaction?: StoredTransaction;
}

/** What came to be known, and why. */
export interface Change {
  readonly program: Program;
  /** The facts as they are now; their standings are still those of before. */
  readonly dossier: Dossier;
  readonly cause: Cause;
  /** Unix milliseconds. */
  readonly now: number;
  /** Reads a value by its key, as it is after the change. */
  readonly read: (key: string) => string | undefined;
  /** Types that are asked about and may not have been before. */
  readonly opened?: readonly Concern[];
  /** Whether they are only asked about: while data is missing there is nothing to be done, told or kept. */
  readonly isGlance?: boolean;
  /** Transactions that are over: where the customer stands for them is not kept any longer. */
  readonly closed?: readonly string[];
}

/** What follows from a change, and the dossier with it. */
export interface Conclusion {
  readonly dossier: Dossier;
  readonly consequences: Omit<Consequences, 'indexes'>;
  /** Whether anything is different from before, the facts aside. */
  readonly isNews: boolean;
}

/**
 * Looks at every standing of a customer again after something changed, and tells what follows: where they stand now, the moves, the checks to
 * run, the codes to send.
 * @throws Error when that would be an unlawful move, SealBroken when a value to be accepted does not open: nothing is written then
 */
export function conclude(change: Change): Conclusion {
  const { program, now, read } = change;
  const noticed = noticeExpiry(change.dossier, program, now);
  const dossier = withExpiries(noticed, program, read);
  const open = openStandings(change, dossier);
  const outcomes = open.map((standing) => restate({ ...change, dossier }, standing));
  const standings = standingsOf(outcomes);
  const kept = outcomes.filter((outcome) => !isPassing(change, outcome));
  const fresh = kept.filter(({ isNews }) => isNews);
  const gone = Object.values(dossier.standings).filter((standing) => standings[keyOf(standing)] === undefined);
  return {
    dossier: { ...dossier, standings },
    isNews: fresh.length > 0 || gone.length > 0 || noticed !== change.dossier,
    consequences: {
      cause: change.cause,
      dossier: writeDossier({ ...dossier, standings: standingsOf(kept) }),
      standings: fresh.map(({ row }) => row),
      gone,
      ...paymentsOf(program, fresh, gone),
      moves: fresh.flatMap(({ move }) => (move === undefined ? [] : [move])),
      rejections: rejectionsOf(dossier, kept),
      runs: distinctRuns(kept, now),
      codes: [...new Set(kept.flatMap(({ assessment }) => assessment.unconfirmed))].map((field) => ({
        field,
        rev: dossier.fields[field]?.rev ?? 0,
      })),
    },
  };
}

function standingsOf(outcomes: readonly Outcome[]): Dossier['standings'] {
  return Object.fromEntries(outcomes.map(({ standing }) => [keyOf(standing), standing]));
}

/** What payments are to be told: where the customer stands for each now, and that there is no knowing where their type has gone. */
function paymentsOf(
  { types }: Program,
  fresh: readonly Outcome[],
  gone: readonly Standing[],
): Pick<Consequences, 'payments'> {
  const payments = [
    ...fresh.map(({ standing: { type, transactionId, state } }) => {
      const release = types.get(type)?.release ?? 'when-accepted';
      return { type, transactionId, clearance: clearanceOf(state, release) };
    }),
    ...gone.map(({ type, transactionId }) => ({ type, transactionId, clearance: 'lost' as const })),
  ].filter(({ transactionId }) => transactionId !== '');
  return payments.length === 0 ? {} : { payments };
}

function isPassing({ isGlance, opened = [], dossier }: Change, { standing }: Outcome): boolean {
  if (isGlance !== true || standing.state !== 'needs-data') return false;
  return (
    opened.some((concern) => keyOf(concern) === keyOf(standing)) && !Object.hasOwn(dossier.standings, keyOf(standing))
  );
}

/** The standings that are to be looked at: those there are, of types that the program still has, and those that are asked about. */
function openStandings({ program, opened = [], closed = [] }: Change, dossier: Dossier): (Standing | Concern)[] {
  const known = Object.values(dossier.standings).filter(
    ({ type, transactionId }) => program.types.has(type) && !closed.includes(transactionId),
  );
  const isKnown = (concern: Concern): boolean => known.some((standing) => keyOf(standing) === keyOf(concern));
  return [
    ...known.map((standing) => withTransaction(standing, opened)),
    ...opened.filter((concern) => !isKnown(concern)),
  ];
}

/** What a transaction asks may have been told anew. */
function withTransaction(standing: Standing, opened: readonly Concern[]): Standing {
  const told = opened.find((concern) => keyOf(concern) === keyOf(standing))?.transaction;
  return told === undefined ? standing : { ...standing, transaction: told };
}

interface Outcome {
  readonly standing: Standing;
  readonly assessment: Assessment;
  readonly row: StandingRow;
  readonly move: Move | undefined;
  readonly isNews: boolean;
}

function restate(change: Change, before: Standing | Concern): Outcome {
  const { program, dossier, now } = change;
  const last = 'state' in before ? before : undefined;
  const about = { program, asked: resolve(change, before), dossier, last, now };
  const assessment = assess(about);
  const isMoved = last?.state !== assessment.state;
  if (!isLawful(last?.state, assessment.state, change.cause.kind)) {
    throw new Error(`unlawful move from ${last?.state} to ${assessment.state} by ${change.cause.kind}`);
  }
  if (isMoved && assessment.state === 'accepted') requireReadable(change, about.asked);
  // Who is not accepted has other things to do; they are warned once they are.
  const warned = assessment.state === 'accepted' ? expiringSoon(about) : last?.warned;
  const standing: Standing = { ...standingOf(about, before, assessment), ...(warned !== undefined && { warned }) };
  const isWarned = warned !== undefined && warned !== last?.warned;
  const move = isMoved || isWarned ? moveOf(standing, last, isMoved, change, assessment) : undefined;
  const isNews = JSON.stringify(standing) !== JSON.stringify(last);
  return { standing, assessment, row: rowOf(standing), move, isNews };
}

function resolve({ program, dossier, read }: Change, { type: name, transaction }: Standing | Concern): ResolvedType {
  const type = program.types.get(name);
  if (type === undefined) throw new Error(`the program has no type ${name}`);
  return resolveType(type, (key) => (dossier.fields[key] ? read(key) : undefined), transaction);
}

/** What nobody can read was looked at by nobody: a value that was altered, moved or taken away since must not become accepted. */
function requireReadable({ dossier, read }: Change, { fields }: ResolvedType): void {
  for (const key of fields.keys()) {
    if (dossier.fields[key] !== undefined && read(key) === undefined) throw new SealBroken(`the value of '${key}'`);
  }
}

function acceptance(last: Standing | undefined, state: string, now: number): Pick<Standing, 'acceptedAt'> {
  const acceptedAt = last?.acceptedAt ?? (state === 'accepted' ? now : undefined);
  return acceptedAt === undefined ? {} : { acceptedAt };
}

function moveOf(
  { type, transactionId, state }: Standing,
  last: Standing | undefined,
  isMoved: boolean,
  { cause }: Change,
  { reason }: Assessment,
): Move {
  return {
    type,
    transactionId,
    from: last?.state,
    to: state,
    isVisible: last === undefined || statusOf[last.state] !== statusOf[state],
    status: statusOf[state],
    cause: isMoved ? cause.kind : 'clock',
    who: cause.who,
    reason: isMoved ? (cause.reason ?? reason) : 'document-expiring',
  };
}

function rowOf({ since, dueAt, reason, ...standing }: Standing): StandingRow {
  const { type, transactionId, state, program, risk } = standing;
  const due = dueAt === undefined ? undefined : new Date(dueAt);
  return { type, transactionId, state, since: new Date(since), dueAt: due, program, risk, reason };
}

function standingOf(
  { program, asked, now }: Pick<Change, 'program' | 'now'> & { readonly asked: ResolvedType },
  before: Standing | Concern,
  assessment: Assessment,
): Standing {
  const last = 'state' in before ? before : undefined;
  const { state, reason, risk, dueAt } = assessment;
  const rejected = rejectedKeys(assessment);
  return {
    type: asked.type.name,
    transactionId: before.transactionId ?? '',
    state,
    since: last?.state === state ? last.since : now,
    ...(reason !== undefined && { reason }),
    program: program.revision,
    risk,
    ...(dueAt !== undefined && { dueAt }),
    rules: asked.rules,
    ...acceptance(last, state, now),
    ...(rejected.length > 0 && { rejected }),
    ...(before.transaction && { transaction: before.transaction }),
  };
}

function rejectedKeys({ held }: Assessment): string[] {
  return [...held].filter(([, { status }]) => status === 'REJECTED').map(([key]) => key);
}

/** Fields that no standing had rejected and one has now, each once. */
function rejectionsOf({ standings }: Dossier, outcomes: readonly Outcome[]): Rejection[] {
  const before = new Set(Object.values(standings).flatMap(({ rejected = [] }) => rejected));
  const all = outcomes.flatMap(({ standing, assessment }) =>
    (standing.rejected ?? []).map((key) => [key, { field: key, reason: assessment.held.get(key)?.reason }] as const),
  );
  return [...new Map(all.filter(([key]) => !before.has(key))).values()];
}

function distinctRuns(outcomes: readonly Outcome[], now: number): NewRun[] {
  const runs = outcomes.flatMap(({ assessment }) => assessment.work);
  const byName = new Map(runs.map((run) => [JSON.stringify(run), { ...run, runAt: new Date(now) }]));
  return [...byName.values()];
}

function keyOf({ type, transactionId = '' }: Standing | Concern): string {
  return standingKey(type, transactionId);
}
