/** How strongly the SEP asks for something. */
export type Level = 'must' | 'should' | 'may';

/** One thing a SEP says, in our words. */
export interface Clause {
  readonly id: string;
  readonly section: string;
  readonly level: Level;
  readonly text: string;
  /** What it waits for, while it is not built. */
  readonly planned?: string;
}

/** A clause but for its section. */
export type Row = readonly [id: string, level: Level, text: string, planned?: string];

/** The clauses of a section. */
export function section(name: string, rows: readonly Row[]): Clause[] {
  return rows.map(([id, level, text, planned]) => ({
    id,
    section: name,
    level,
    text,
    ...(planned !== undefined && { planned }),
  }));
}
