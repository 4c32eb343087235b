import type { FieldDefinition, RiskClass } from './program.ts';
import type { ReasonCode } from './reasons.ts';
import type { StandingState } from './states.ts';

/** What is known of a field's present value. Times are Unix milliseconds. */
export interface FieldFacts {
  /** The customer's version in which the value was given; another value has another one. */
  readonly rev: number;
  /** When a code confirmed this value. */
  readonly confirmed?: number;
  /** For a date after whose day documents are no good: from when on. */
  readonly expires?: number;
  /** A person's word on this value. */
  readonly ruling?: FieldRuling;
}

/** What a person said of one value of a field. */
export type FieldRuling =
  | {
      readonly accepted: true;
      readonly by: string;
      readonly at: number;
      /** The failures that the person has seen and passed over. @see failureKey */
      readonly over?: readonly string[];
    }
  | { readonly accepted: false; readonly reason: ReasonCode; readonly by: string; readonly at: number };

/** What a check last said, and of which input. */
export interface CheckFacts {
  /** The input it looked at. @see inputsOf */
  readonly inputs: string;
  /** By which kind and settings. @see CheckPlan.terms */
  readonly terms: string;
  /** Counts the runs on the same input that were begun anew: what a later one said takes the place of an earlier one's. */
  readonly round: number;
  readonly outcome: 'pass' | 'review' | 'fail';
  readonly reason?: ReasonCode;
  /** Keys of the fields at fault, when it failed. */
  readonly fields?: readonly string[];
  /** Names what was found, the same for the same finding: what a person has looked at need not be looked at again. */
  readonly finding?: string;
  readonly at: number;
}

/** A finding that outlives the data it was made of. */
export interface LastingFinding {
  readonly check: string;
  readonly reason: ReasonCode;
  readonly at: number;
  /** Of a tombstone: whether the customer is the very one it is of, and not somebody who shares a value with them. */
  readonly isSelf?: true;
}

/** What a person said of a customer for one type. */
export interface TypeRuling {
  readonly outcome: 'accepted' | 'rejected' | 'reopened';
  /** Why, or of a reopening: why they had been rejected. */
  readonly reason?: ReasonCode;
  readonly by: string;
  readonly at: number;
  /** The values that the person saw, by field. */
  readonly covers: Readonly<Record<string, number>>;
  /** What the checks had said by then. @see factsKey */
  readonly checks: readonly string[];
}

/** Where a customer stands, kept so that a move is noticed, told and found; what is answered is computed anew each time. */
export interface Standing {
  readonly type: string;
  /** The transaction it is for, '' for none. */
  readonly transactionId: string;
  readonly state: StandingState;
  readonly since: number;
  /** Why, where somebody or something said so. */
  readonly reason?: ReasonCode;
  /** The program that it was computed by. */
  readonly program: string;
  readonly risk: RiskClass;
  /** When time alone may change it. */
  readonly dueAt?: number;
  /** Names of the rules that hold for this customer. */
  readonly rules: readonly string[];
  /** When the customer was first accepted; the periodic review counts from then on, or from a person's word. */
  readonly acceptedAt?: number;
  /** Keys of the fields that were rejected and not sent again. */
  readonly rejected?: readonly string[];
  /** The version of the document's date whose coming expiry was told. */
  readonly warned?: number;
  /** What the transaction is worth, and which fields it asks for, as the lookup said. */
  readonly transaction?: StoredTransaction;
}

/** An agreement. */
export interface ConsentFacts {
  readonly version: string;
  /** The language that the text was read in. */
  readonly lang: string;
  readonly at: number;
}

/** What a transaction asks, as far as it must be known later. */
export interface StoredTransaction {
  readonly amount?: string;
  readonly asset?: string;
  readonly exchangedFor?: { readonly amount?: string; readonly asset?: string };
  /** Field definitions beyond the type's, by name. */
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
}

/**
 * Everything that decides a customer's status, and no personal value. Facts only grow or are replaced by later ones of the same kind, so
 * the order in which they arrive does not matter; the status is a function of them, the program and the time.
 */
export interface Dossier {
  readonly fields: Readonly<Record<string, FieldFacts>>;
  readonly checks: Readonly<Record<string, CheckFacts>>;
  /** Findings that rejected the customer for good, by {@link factsKey}; they outlive the data they were found in. */
  readonly finals: Readonly<Record<string, LastingFinding>>;
  /** Findings that people must look at, by {@link factsKey}: other data, or another day's search, does not answer them. */
  readonly hits: Readonly<Record<string, LastingFinding>>;
  /** By field: the versions of its value that were rejected. */
  readonly refused: Readonly<Record<string, readonly number[]>>;
  /** By field: up to which version its value is too old, because the document it belonged to has expired. */
  readonly outdated: Readonly<Record<string, number>>;
  /** By type. */
  readonly rulings: Readonly<Record<string, TypeRuling>>;
  /** By {@link standingKey}. */
  readonly standings: Readonly<Record<string, Standing>>;
  /** What an operator said. */
  readonly risk?: RiskClass;
  /** What the customer last agreed to on the customer page. It decides nothing. */
  readonly consent?: ConsentFacts;
}

/** What findings are of that are nobody's check's: they count for every type. */
export const everyCheck = '*';

/** Nothing known. */
export const emptyDossier: Dossier = {
  fields: {},
  checks: {},
  finals: {},
  hits: {},
  refused: {},
  outdated: {},
  rulings: {},
  standings: {},
};

/** Reads what {@link writeDossier} wrote. */
export function readDossier(text: string): Dossier {
  return { ...emptyDossier, ...(JSON.parse(text) as Partial<Dossier>) };
}

/** As it is stored. Empty parts are left out. */
export function writeDossier(dossier: Dossier): string {
  const parts = Object.entries(dossier).filter(([, part]) => typeof part !== 'object' || Object.keys(part).length > 0);
  return JSON.stringify(Object.fromEntries(parts));
}

/** The name of a standing. */
export function standingKey(type: string, transactionId = ''): string {
  return transactionId === '' ? type : `${type} ${transactionId}`;
}

/** Names what a check looks at: the versions of its input fields that are held, '' when none is. */
export function inputsOf({ fields }: Pick<Dossier, 'fields'>, inputs: readonly string[]): string {
  const parts: string[] = [];
  for (const key of inputs) {
    const facts = fields[key];
    if (facts !== undefined) parts.push(`${key}:${facts.rev}`);
  }
  return parts.sort().join(' ');
}

/**
 * Names what a check said about one input: the finding if it has a name, else all that it said and the round. Whoever has seen one thing
 * has not seen a worse one that another worker found in the same round.
 */
export function factsKey(check: string, facts: Omit<CheckFacts, 'terms' | 'at'>): string {
  const { inputs, round, outcome, reason = '', fields = [], finding } = facts;
  const said = finding === undefined ? `${outcome}#${round}#${reason}#${fields.join(' ')}` : `${outcome}:${finding}`;
  return `${check}|${inputs}|${said}`;
}

/** Names a failure by what it was found in, by which settings and why, the same each time the check finds it again. */
export function failureKey(check: string, { inputs, terms, reason = '' }: CheckFacts): string {
  return `${check}|${inputs}|${terms}|${reason}`;
}

/** Whether a person has accepted the value in spite of that failure. What a check finds later is nobody's word yet. */
export function isOverruled(field: FieldFacts | undefined, check: string, facts: CheckFacts): boolean {
  const { ruling } = field ?? {};
  if (ruling?.accepted !== true) return false;
  // Of an earlier release's word it is known only when it was given.
  return ruling.over?.includes(failureKey(check, facts)) ?? facts.at <= ruling.at;
}

/** The fields that {@link inputsOf} named, with the versions of their values. */
export function readInputs(inputs: string): ReadonlyMap<string, number> {
  const parts = inputs === '' ? [] : inputs.split(' ');
  return new Map(
    parts.map((part) => {
      const at = part.lastIndexOf(':');
      return [part.slice(0, at), Number(part.slice(at + 1))] as const;
    }),
  );
}
