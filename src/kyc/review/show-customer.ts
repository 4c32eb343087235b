import type { KnownIdentity } from '../../store/account-store.ts';
import type { CodeStanding } from '../../store/code-store.ts';
import type { ReviewFile, WithOrigin } from '../../store/review-store.ts';
import type { Move } from '../../store/standing-store.ts';
import type { Evidence } from '../checks/check.ts';
import type { CheckFacts, ConsentFacts, FieldFacts, TypeRuling } from '../dossier.ts';
import { openEvidence } from '../evidence.ts';
import { noteName } from './notes.ts';
import { isAtLeast, type Operator, requireRole } from './operator.ts';
import { type Current, openNow, type ReviewParts, type ToldStanding, toldStandings } from './parts.ts';
import type { SeenStanding } from './rule.ts';
import { isReference, type ShownValue, showValue } from './show-value.ts';
import { type WaitingPayments, waitingPayments } from './waiting-payments.ts';

/** A field that is held. */
export interface ShownField extends Omit<FieldFacts, 'rev'> {
  readonly version: number;
  readonly value: ShownValue;
  /** How often values of it were refused: too often, and it is over. */
  readonly refusals: number;
  /** Where its code stands, if it is confirmed by one. */
  readonly code?: CodeStanding;
}

/** Where a customer stands for one type, and what of it concerns an operator alone. */
export interface ShownStanding extends ToldStanding {
  readonly since: Date;
  readonly reason: string | undefined;
  readonly risk: string;
  /** Whether accepting takes two. */
  readonly needsTwo: boolean;
  readonly rules: readonly string[];
  readonly checks: readonly string[];
  readonly ruling: Omit<TypeRuling, 'covers' | 'checks'> | undefined;
}

/** A customer as an operator sees them. */
export interface ShownCustomer
  extends Pick<ReviewFile, 'claims' | 'escalation' | 'proposals' | 'acts'>,
    WaitingPayments {
  readonly customerId: string;
  /** To be named by whatever is decided on what is seen here. */
  readonly version: number;
  readonly identities: readonly KnownIdentity[];
  readonly standings: readonly ShownStanding[];
  /** By key. */
  readonly fields: Readonly<Record<string, ShownField>>;
  readonly checks: Readonly<Record<string, CheckFacts & { readonly fourEyes: boolean }>>;
  /** What they last agreed to on the customer page. */
  readonly consent?: ConsentFacts;
  /** What checks found, the latest first; it may hold personal data, and viewers do not see it. */
  readonly evidence: readonly WithOrigin<{ readonly check: string; readonly at: Date; readonly found: Evidence }>[];
  /** Viewers do not see them. */
  readonly notes: readonly WithOrigin<{ readonly operator: string; readonly at: Date; readonly text: string }>[];
  readonly history: readonly WithOrigin<Move & { readonly at: Date }>[];
}

/** Everything there is about a customer, for an operator: values masked for a viewer, written down in the audit trail first. */
export async function showCustomer(
  parts: ReviewParts,
  operator: Operator,
  customerId: string,
  lang: string,
): Promise<ShownCustomer> {
  requireRole(operator, 'viewer');
  const current = await openNow(parts, customerId);
  const { record, held, dossier } = current.customer;
  const { id, version } = record;
  const isMasked = !isAtLeast(operator, 'reviewer');
  const about = isMasked
    ? { fields: held.keys(), shown: 'masked' }
    : { fields: held.keys(), shown: 'in full', with: ['findings', 'notes'] };
  const actor = { kind: 'operator', id: operator.name } as const;
  await parts.store.audit.record([{ action: 'values.shown', actor, customerId: id, about }]);
  const { claims, escalation, proposals, acts, notes } = await parts.store.reviews.findFile(id);
  return {
    customerId: id,
    version,
    identities: await parts.store.accounts.listIdentities(id),
    standings: showStandings(parts, current, lang),
    fields: await showFields(parts, current, isMasked),
    checks: showChecks(parts, current),
    ...(dossier.consent && { consent: dossier.consent }),
    evidence: isMasked ? [] : await showEvidence(parts, current),
    notes: isMasked ? [] : openNotes(current, notes),
    history: await parts.store.standings.listMoves(id),
    ...(await waitingPayments(parts, id)),
    claims,
    escalation,
    proposals,
    acts,
  };
}

function showStandings(parts: ReviewParts, { customer, seen }: Current, lang: string): ShownStanding[] {
  const told = toldStandings(parts, customer.record.id, seen, lang);
  return told.map((standing, index) => ({ ...standing, ...behind(seen.standings[index] as SeenStanding, customer) }));
}

function behind(
  { standing, asked, assessment }: SeenStanding,
  { dossier }: Current['customer'],
): Omit<ShownStanding, keyof ToldStanding> {
  const { since, rules } = standing;
  const { reason, risk, needsTwo } = assessment;
  const { covers: _, checks: __, ...ruling } = dossier.rulings[standing.type] ?? { covers: {}, checks: [] };
  const said = 'outcome' in ruling ? ruling : undefined;
  return { since: new Date(since), reason, risk, needsTwo, rules, checks: asked.checks, ruling: said };
}

async function showFields(
  { program, store }: ReviewParts,
  { customer }: Current,
  isMasked: boolean,
): Promise<Record<string, ShownField>> {
  const { record, dossier, held } = customer;
  const shown: Record<string, ShownField> = {};
  for (const [key, { rev, ...facts }] of Object.entries(dossier.fields)) {
    const text = held.text(key);
    if (text === undefined) continue;
    const [field] = program.fields.get(key) ?? [];
    const isFile = field?.format.type === 'binary' || isReference(text);
    const code = field?.verify ? await store.codes.findCode(record.id, key) : undefined;
    const value = showValue(key, text, { isFile, isMasked });
    const refusals = dossier.refused[key]?.length ?? 0;
    shown[key] = { ...facts, version: rev, value, refusals, ...(code && { code }) };
  }
  return shown;
}

function showChecks({ program }: ReviewParts, { customer }: Current): ShownCustomer['checks'] {
  return Object.fromEntries(
    Object.entries(customer.dossier.checks).map(([name, facts]) => {
      return [name, { ...facts, fourEyes: program.checks.get(name)?.fourEyes ?? false }];
    }),
  );
}

async function showEvidence({ store }: ReviewParts, { customer }: Current): Promise<ShownCustomer['evidence']> {
  const sealed = await store.standings.listEvidence(customer.record.id);
  return sealed.map((row) => {
    const { check, at, origin } = row;
    return { check, at, origin, found: openEvidence(customer.vault, row, row.sealed) };
  });
}

function openNotes({ customer }: Current, notes: ReviewFile['notes']): ShownCustomer['notes'] {
  return notes.map(({ id, operator, at, origin, sealed }) => {
    return { operator, at, origin, text: customer.vault.open(noteName(id), sealed) };
  });
}
