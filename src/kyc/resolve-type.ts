import { type AskingTransaction, holds, type Known, keysRead } from './program/holds.ts';
import { bothFields, toField } from './program/to-field.ts';
import type { CustomerType, FieldDefinition, RiskClass, Rule, TypeField } from './program.ts';
import { riskClasses } from './program.ts';

/** What is asked of one customer for one type: the type's own, and what its rules and the transaction add. */
export interface ResolvedType {
  readonly type: CustomerType;
  /** Names of the rules that hold, in the program's order. */
  readonly rules: readonly string[];
  /** By key: the type's fields in their order, then those that rules and the transaction add. */
  readonly fields: ReadonlyMap<string, TypeField>;
  /** Keys of fields whose values will not do. */
  readonly refused: readonly string[];
  /** Names of the checks that must pass, none twice. */
  readonly checks: readonly string[];
  /** Whether a person decides. */
  readonly review: boolean;
  /** The highest of all that is said, but for what an operator says. */
  readonly risk: RiskClass;
}

/** A transaction that asks for fields of its own. */
export interface ResolvedTransaction extends AskingTransaction {
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
}

type ExtraFields = Readonly<Record<string, FieldDefinition>>;

/** Combinations of rules and extra fields kept for each type; more are computed anew. */
const maxKept = 500;
const kept = new WeakMap<CustomerType, Map<string, ResolvedType>>();

/**
 * What is asked of a customer, by looking at what is known of them.
 * @param known the value held under a key; for a file any text, for nothing undefined
 * @throws TypeError when the transaction's amount is none
 */
export function resolveType(type: CustomerType, known: Known, transaction?: ResolvedTransaction): ResolvedType {
  const rules = type.rules.filter(({ when }) => holds(when, { known, transaction, subject: type.subject }));
  return resolve(type, rules, transaction?.fields);
}

/** The same by the names of the rules that held, looking at nothing. Equal questions get the identical answer while it is kept. */
export function resolveByNames(type: CustomerType, names: readonly string[], extraFields?: ExtraFields): ResolvedType {
  return resolve(
    type,
    type.rules.filter(({ name }) => names.includes(name)),
    extraFields,
  );
}

/** Keys of the fields that the type's rules look at: what must be readable for {@link resolveType}. */
export function keysReadBy(type: CustomerType): ReadonlySet<string> {
  return new Set(type.rules.flatMap(({ when }) => keysRead(when)));
}

function resolve(type: CustomerType, rules: readonly Rule[], extraFields: ExtraFields = {}): ResolvedType {
  const byKey = kept.get(type) ?? new Map<string, ResolvedType>();
  kept.set(type, byKey);
  const key = JSON.stringify([rules.map(({ name }) => name), extraFields]);
  const known = byKey.get(key);
  if (known !== undefined) return known;
  if (byKey.size >= maxKept) byKey.clear();
  const resolved = compose(type, rules, extraFields);
  byKey.set(key, resolved);
  return resolved;
}

function compose(type: CustomerType, rules: readonly Rule[], extraFields: ExtraFields): ResolvedType {
  const extra = Object.entries(extraFields).map(([name, asked]) => toField(name, asked));
  return {
    type,
    rules: rules.map(({ name }) => name),
    fields: withFields(type.fields, [...rules.flatMap((rule) => [...rule.fields.values()]), ...extra]),
    refused: rules.flatMap(({ refuses }) => refuses ?? []),
    checks: [...new Set([...type.checks, ...rules.flatMap((rule) => rule.checks)])],
    review: type.decision === 'review' || rules.some((rule) => rule.review),
    risk: highest([type.risk, ...rules.map((rule) => rule.risk)]),
  };
}

function withFields(own: ReadonlyMap<string, TypeField>, added: readonly TypeField[]): ReadonlyMap<string, TypeField> {
  if (added.length === 0) return own;
  const fields = new Map(own);
  for (const field of added) fields.set(field.key, bothFields(fields.get(field.key), field));
  return fields;
}

/** The classes are listed from the highest on. */
function highest(said: readonly (RiskClass | undefined)[]): RiskClass {
  return riskClasses.find((risk) => said.includes(risk)) ?? 'low';
}
