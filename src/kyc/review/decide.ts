import type { ReviewAct } from '../../store/review-store.ts';
import { foresee, tryChange } from '../change-facts.ts';
import type { Dossier } from '../dossier.ts';
import { noteReading } from '../note-reading.ts';
import { liftedBetween } from '../tombstones.ts';
import type { Act } from './act.ts';
import { requireFree } from './claims.ts';
import { sealNote } from './notes.ts';
import { type Role, requireRole } from './operator.ts';
import {
  type ActContext,
  type Current,
  getRecord,
  openAt,
  type ReviewParts,
  stale,
  type ToldStanding,
  toldStandings,
} from './parts.ts';
import { propose } from './propose.ts';
import { proposeErasing } from './propose-erasing.ts';
import { type ActRule, see } from './rule.ts';
import { actRoles, ruleOf } from './rule-of.ts';

/** What an operator wants done. */
export interface Order extends ActContext {
  readonly act: Act;
  /** For operators alone. */
  readonly note?: string | undefined;
  /** Whether only to see what it would lead to. */
  readonly isPreview?: boolean | undefined;
  /** The language in which to see what the customer reads. */
  readonly lang: string;
}

/** What became of an order. */
export interface Decided {
  /** `proposed`: nothing yet, another operator must approve; `preview`: nothing at all. */
  readonly outcome: 'done' | 'proposed' | 'preview';
  readonly customerId: string;
  /** The version to name next. */
  readonly version: number;
  /** The proposal, if it is one. */
  readonly proposal?: string;
  /** Who must approve, if somebody must. */
  readonly approver?: Role;
  /** What the customer is answered from now on, or would be. */
  readonly standings: readonly ToldStanding[];
}

/** Whose word an act is, and what it leaves beside the facts. */
export interface Signed {
  readonly operator: string;
  readonly proposedBy?: string;
  readonly note?: string | undefined;
  /** The proposal that is carried out. */
  readonly proposal?: string;
}

/**
 * Does what an operator decided, or proposes it where that takes two. Whole or not at all.
 * @throws KycError `forbidden` by role, `stale` when the customer has changed since, `not_possible` when it would not lead to what it says
 */
export async function decide(parts: ReviewParts, order: Order): Promise<Decided> {
  const { act, operator, version } = order;
  requireRole(operator, actRoles[act.act]);
  if (act.act === 'erase') return proposeErasing(parts, order);
  const current = await openAt(parts, order.customerId, version);
  const { id } = current.customer.record;
  const rule = ruleOf(act, current.seen);
  if (act.act !== 'escalate') await requireFree(parts, operator, id, 'type' in act ? act.type : undefined);
  const approver = rule.approver();
  const foreseen = foreseeAct(parts, current, act, rule, { operator: operator.name });
  await noteReading(parts, current.customer, { kind: 'operator', who: operator.name });
  const standings = told(parts, id, foreseen, order.lang);
  const decided = { customerId: id, version, ...(approver && { approver }), standings };
  if (order.isPreview === true) return { ...decided, outcome: 'preview' };
  if (approver !== undefined)
    return { ...decided, outcome: 'proposed', proposal: await propose(parts, order, current.customer.vault) };
  const after = await carryOut(parts, current, act, rule, { operator: operator.name, note: order.note });
  return { ...decided, ...(await outcomeOf(parts, id, after, order.lang)) };
}

/** Writes what follows from an act. @throws KycError `stale` when somebody else was first */
export async function carryOut(
  parts: ReviewParts,
  { customer, seen }: Current,
  act: Act,
  rule: ActRule,
  signed: Signed,
): Promise<Dossier> {
  const { note, proposal, operator } = signed;
  const change = changeOf(act, rule, signed);
  const after = await tryChange(parts, customer.record, {
    ...change,
    verify: (dossier) => rule.verify?.(see(seen.program, dossier, seen.now)),
    also: (vault, before) => ({
      review: {
        act: actOf(act, signed),
        lifted: liftedBetween(before, change.learn(before, parts.clock.now().getTime())),
        ...(note !== undefined && { note: sealNote(vault, operator, note) }),
        ...(proposal !== undefined && { proposal }),
        ...(act.act === 'escalate' && { escalation: 'set' }),
        ...(act.act === 'return' && { escalation: 'clear' }),
      },
    }),
  });
  if (after === undefined) throw stale();
  return after;
}

/** What an operator is told once it is done. */
export async function outcomeOf(
  parts: ReviewParts,
  id: string,
  after: Dossier,
  lang: string,
): Promise<Pick<Decided, 'outcome' | 'version' | 'standings'>> {
  const { version } = await getRecord(parts, id);
  return { outcome: 'done', version, standings: told(parts, id, after, lang) };
}

function told(parts: ReviewParts, id: string, dossier: Dossier, lang: string): ToldStanding[] {
  return toldStandings(parts, id, see(parts.program, dossier, parts.clock.now().getTime()), lang);
}

/** The facts after an act that is yet to be done. @throws KycError when it would not lead to what it says */
function foreseeAct(parts: ReviewParts, { customer, seen }: Current, act: Act, rule: ActRule, signed: Signed): Dossier {
  const { concluded } = foresee(parts, customer, changeOf(act, rule, signed));
  rule.verify?.(see(seen.program, concluded.dossier, seen.now));
  return concluded.dossier;
}

function changeOf(
  act: Act,
  rule: ActRule,
  { operator, proposedBy }: Signed,
): Pick<Parameters<typeof tryChange>[2], 'cause' | 'learn'> & {
  readonly learn: NonNullable<Parameters<typeof tryChange>[2]['learn']>;
} {
  const who = proposedBy === undefined ? operator : `${proposedBy}, ${operator}`;
  const reason = 'reason' in act ? { reason: act.reason } : {};
  return {
    cause: () => ({ kind: 'operator', who, ...reason }),
    learn: (dossier, now) => rule.learn(dossier, who, now),
  };
}

function actOf(act: Act, { operator, proposedBy }: Signed): ReviewAct {
  return {
    act: act.act,
    ...('type' in act && { type: act.type }),
    ...('reason' in act && { reason: act.reason }),
    ...('fields' in act && { fields: act.fields }),
    operator,
    ...(proposedBy !== undefined && { proposedBy }),
  };
}
