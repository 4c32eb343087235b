import type {
  CheckDefinition,
  ProgramDefinition,
  ReasonDefinition,
  RuleDefinition,
  TypeDefinition,
} from '../program.ts';

/** A program as far as its parts look as they must: what is required may be missing, and was reported. */
export interface ProgramDraft extends Omit<ProgramDefinition, 'types' | 'rules' | 'checks' | 'review'> {
  readonly types?: Readonly<Record<string, TypeDefinition>>;
  readonly rules?: Readonly<Record<string, Partial<RuleDefinition>>>;
  readonly checks?: Readonly<Record<string, Partial<CheckDefinition>>>;
  readonly review?: Omit<NonNullable<ProgramDefinition['review']>, 'reasons'> & {
    readonly reasons?: Readonly<Record<string, Partial<ReasonDefinition>>>;
  };
}
