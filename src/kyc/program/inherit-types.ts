import { canonicalName } from '../../sep9/catalogue.ts';
import type { FieldDefinition, TypeDefinition } from '../program.ts';
import type { Report } from './shape.ts';

/** A type with what it inherits. */
export interface InheritedType {
  readonly name: string;
  /** As it is written. */
  readonly own: TypeDefinition;
  /** What it starts from, undefined for a type that starts from nothing. */
  readonly base: TypeDefinition | undefined;
  /** Its own over what it starts from. */
  readonly whole: TypeDefinition;
  /** Its own name and those of all it starts from. */
  readonly lineage: readonly string[];
}

/** As many steps as anybody can follow. */
const maxSteps = 16;

/** Every type with all that its bases give it; bases that are unknown or go round in a circle are reported. */
export function inheritTypes(
  types: Readonly<Record<string, TypeDefinition>>,
  report: Report,
): ReadonlyMap<string, InheritedType> {
  const byName = new Map(Object.entries(types));
  const inherited = [...byName].map(([name, own]): InheritedType => {
    const lineage = lineageOf(name, byName, report);
    const bases = lineage.slice(1).map((base) => byName.get(base) ?? {});
    const base = bases.length === 0 ? undefined : bases.reduceRight((whole, child) => inherit(whole, child));
    return { name, own, base, whole: base ? inherit(base, own) : own, lineage };
  });
  return new Map(inherited.map((type) => [type.name, type]));
}

/** The type's name, its base's, and so on, as far as they can be followed. */
function lineageOf(name: string, types: ReadonlyMap<string, TypeDefinition>, report: Report): string[] {
  const lineage = [name];
  for (let base = types.get(name)?.extends; base !== undefined; base = types.get(base)?.extends) {
    const fault = faultOf(base, lineage, types);
    if (fault !== undefined) {
      report(`types.${name}.extends`, fault);
      return lineage;
    }
    lineage.push(base);
  }
  return lineage;
}

function faultOf(base: string, lineage: readonly string[], types: ReadonlyMap<string, unknown>): string | undefined {
  if (!types.has(base)) return `one of ${[...types.keys()].join(', ')}, from which ${lineage.at(-1)} can start`;
  if (lineage.includes(base)) return `no circle: ${[...lineage, base].join(' → ')}`;
  return lineage.length >= maxSteps ? `at most ${maxSteps - 1} types one under the other` : undefined;
}

/** A type over the one it starts from. */
function inherit(base: TypeDefinition, own: TypeDefinition): TypeDefinition {
  const checks = [...new Set([...(base.checks ?? []), ...(own.checks ?? [])])];
  return { ...base, ...own, fields: inheritFields(base.fields ?? {}, own.fields ?? {}), checks };
}

/** The base's fields in their places, as the type has them where it names them again; then the type's others. */
function inheritFields(
  base: Readonly<Record<string, FieldDefinition>>,
  own: Readonly<Record<string, FieldDefinition>>,
): Readonly<Record<string, FieldDefinition>> {
  const fields = new Map(Object.entries(base).map((entry) => [canonicalName(entry[0]), entry]));
  for (const [name, asked] of Object.entries(own)) {
    const key = canonicalName(name);
    fields.set(key, [name, overField(fields.get(key)?.[1], asked)]);
  }
  return Object.fromEntries(fields.values());
}

/**
 * A field that is named again, over what it was.
 * Choice: it is required unless it says `optional` again, as every field is: `{}` means the same wherever it stands. Anything else it does
 * not say it takes from what it was.
 */
export function overField(base: FieldDefinition | undefined, own: FieldDefinition): FieldDefinition {
  if (base === undefined) return own;
  const { optional: _, ...inherited } = base;
  return { ...inherited, ...own };
}
