import type { StoredTransaction } from './dossier.ts';
import type { CustomerType, RiskClass, TypeField } from './program.ts';

/** What a type asks of one customer, with the rules that hold. */
export interface ResolvedType {
  readonly type: CustomerType;
  /** Names of the rules that hold. */
  readonly rules: readonly string[];
  readonly fields: ReadonlyMap<string, TypeField>;
  readonly checks: readonly string[];
  /** Whether a person decides. */
  readonly review: boolean;
  readonly risk: RiskClass;
}

/** Stop-gap. */
export function resolveType(
  type: CustomerType,
  _read: (key: string) => string | undefined,
  transaction?: StoredTransaction,
): ResolvedType {
  return resolveByNames(type, [], transaction);
}

/** Stop-gap. */
export function resolveByNames(
  type: CustomerType,
  rules: readonly string[],
  _transaction?: StoredTransaction,
): ResolvedType {
  return {
    type,
    rules,
    fields: type.fields,
    checks: type.checks,
    review: type.decision === 'review',
    risk: type.risk,
  };
}
