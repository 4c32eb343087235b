import { inEveryLanguage } from '../../messages/translate.ts';
import { canonicalName } from '../../sep9/catalogue.ts';
import type { LocalizedText } from '../localized-text.ts';
import type { CustomerType, FieldDefinition, Rule, TypeDefinition } from '../program.ts';
import { type AskedField, checkFields } from './check-fields.ts';
import { type InheritedType, inheritTypes } from './inherit-types.ts';
import type { Report } from './shape.ts';
import { toField } from './to-field.ts';

/** What the customer reads while a review is pending, unless the program says it better. */
const defaultProcessingMessage: LocalizedText = inEveryLanguage({ key: 'status.processing' });

/** The types of a program, as far as they are told by themselves. */
export interface CompiledTypes {
  readonly types: ReadonlyMap<string, InheritedType>;
  /** By the name of the type, the fields that it names itself. */
  readonly asked: ReadonlyMap<string, readonly AskedField[]>;
}

/** Gives types what they inherit and reports what is wrong with them. */
export function compileTypes(definitions: Readonly<Record<string, TypeDefinition>>, report: Report): CompiledTypes {
  const types = inheritTypes(definitions, report);
  const asked = new Map([...types.values()].map((type) => [type.name, askedBy(type)]));
  for (const { name, own, whole } of types.values()) {
    const path = `types.${name}`;
    if (whole.decision === undefined) report(`${path}.decision`, "'automatic' or 'review'");
    if (whole.fields === undefined && own.extends === undefined)
      report(`${path}.fields`, 'an object of fields by name');
    checkFields(asked.get(name) ?? [], `${path}.fields`, report);
  }
  return { types, asked };
}

/** The type, ready to be used. */
export function toType({ name, whole }: InheritedType, rules: readonly Rule[]): CustomerType {
  const fields = Object.entries(whole.fields ?? {}).map(([field, asked]) => toField(field, asked));
  return {
    name,
    description: whole.description ?? name,
    decision: whole.decision ?? 'review',
    processingMessage: whole.processingMessage ?? defaultProcessingMessage,
    fields: new Map(fields.map((field) => [field.key, field])),
    rules,
    checks: whole.checks ?? [],
    subject: whole.subject,
    risk: whole.risk ?? 'low',
    release: whole.release ?? 'when-accepted',
    whenMissing: whole.whenMissing,
  };
}

function askedBy({ name, own, base, whole }: InheritedType): AskedField[] {
  const inherited = byKey(base);
  const complete = byKey(whole);
  return Object.entries(own.fields ?? {}).map(([field, definition]) => {
    const key = canonicalName(field);
    return {
      name: field,
      path: `types.${name}.fields.${field}`,
      own: definition,
      whole: (inherited.has(key) ? complete.get(key) : undefined) ?? definition,
    };
  });
}

function byKey(type: TypeDefinition | undefined): ReadonlyMap<string, FieldDefinition> {
  return new Map(Object.entries(type?.fields ?? {}).map(([field, asked]) => [canonicalName(field), asked]));
}
