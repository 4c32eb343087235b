import type { CheckDefinition, ProgramDefinition, RuleDefinition, TypeDefinition } from '../program.ts';

/** A program as far as its parts look as they must: what is required may be missing, and was reported. */
export interface ProgramDraft extends Omit<ProgramDefinition, 'types' | 'rules' | 'checks'> {
  readonly types?: Readonly<Record<string, TypeDefinition>>;
  readonly rules?: Readonly<Record<string, Partial<RuleDefinition>>>;
  readonly checks?: Readonly<Record<string, Partial<CheckDefinition>>>;
}
