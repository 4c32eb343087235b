import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programSchema } from '../src/kyc/program/program-schema.ts';
import type { JsonSchema } from '../src/kyc/program/shape.ts';

/** Parts of the schema that say in their own way what another type's comments explain. */
const explainedBy: Readonly<Record<string, string>> = {
  Sep9FieldDefinition: 'FieldDefinition',
  Sep9ContactDefinition: 'FieldDefinition',
};

/** What comments say of a type and of its properties. */
interface Explanation {
  readonly whole: string;
  readonly properties: ReadonlyMap<string, string>;
}

/** The schema of a program with the types' doc comments as its descriptions, as an editor shows them. */
export async function describedSchema(root: string): Promise<JsonSchema> {
  const files = ['src/kyc/program.ts', 'src/kyc/erasure-definition.ts', 'src/kyc/localized-text.ts'];
  const sources = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const explanations = explain(sources.join('\n'));
  const { $defs, ...program } = programSchema();
  const definitions = Object.entries($defs as Readonly<Record<string, JsonSchema>>);
  return {
    ...describe(program, explanations.get('ProgramDefinition')),
    $defs: Object.fromEntries(
      definitions.map(([name, schema]) => [name, describe(schema, explanations.get(explainedBy[name] ?? name))]),
    ),
  };
}

function explain(source: string): ReadonlyMap<string, Explanation> {
  const declared = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:interface|type) (\w+)([\s\S]*?)\n(?=\n|$)/g;
  return new Map(
    [...source.matchAll(declared)].map(([, comment = '', name = '', body = '']) => {
      const properties = body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\$?\w+)\??:/g);
      const texts = [...properties].map(([, text = '', property = '']) => [property, plain(text)] as const);
      return [name, { whole: plain(comment), properties: new Map(texts) }];
    }),
  );
}

function describe(schema: JsonSchema, explanation: Explanation | undefined): JsonSchema {
  if (explanation === undefined) return schema;
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
  const described = properties.map(([name, property]) => {
    const description = explanation.properties.get(name);
    return [name, description === undefined ? property : { description, ...property }] as const;
  });
  return {
    description: explanation.whole,
    ...schema,
    ...(described.length > 0 && { properties: Object.fromEntries(described) }),
  };
}

/** A comment without its stars, and without references that only the code has. */
function plain(comment: string): string {
  return comment
    .replace(/\s*\n\s*\* ?/g, ' ')
    .replace(/@see .*/, '')
    .trim();
}
