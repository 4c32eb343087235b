import type { Settings } from './resolve-options.ts';

/** What the anchor's own fields hold; those of SEP-9 are known. */
export function ownFieldsOf({ integration, program }: Settings): ReadonlyMap<string, 'file' | 'text'> {
  if (integration !== undefined) return new Map((integration.binaryFields ?? []).map((name) => [name, 'file']));
  const fields = [...program.fields.values()].flat();
  return new Map(fields.map((field) => [field.name, field.format.type === 'binary' ? 'file' : 'text']));
}
