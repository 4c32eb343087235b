import { programShape } from './program-shape.ts';
import type { JsonSchema, NamedSchemas } from './shape.ts';

/** The JSON Schema of a program. What one part says of another is for the compiler to judge. @see https://json-schema.org/draft/2020-12 */
export function programSchema(): JsonSchema {
  const definitions: NamedSchemas = new Map();
  const schema = programShape.schema(definitions);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A KYC program of anchor-kyc',
    ...schema,
    $defs: Object.fromEntries([...definitions].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}
