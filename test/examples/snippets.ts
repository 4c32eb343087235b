import { readFile } from 'node:fs/promises';

/** A fenced block of a page, with the comment before it that says where it is from. */
export interface Block {
  readonly source: string | undefined;
  readonly language: string;
  readonly text: string;
}

/** A file of the project, by its path from the root. */
export function readProjectFile(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** Every fenced block of a page. A comment `<!-- file#region -->` before one names its source. */
export function blocksOf(markdown: string): Block[] {
  const fence = /(?:<!-- (.+?) -->\n)?^( *)```(\w*)\n([\s\S]*?)^ *```$/gm;
  return [...markdown.matchAll(fence)].map(([, source, indent = '', language = '', text = '']) => ({
    source,
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The text that `file`, `file#region` or `file.json#path/of/keys` names. */
export async function readSource(source: string): Promise<string> {
  const [path = '', part] = source.split('#');
  const text = await readProjectFile(path);
  if (part === undefined) return text;
  return path.endsWith('.json') ? jsonPart(text, part) : region(text, part);
}

function jsonPart(text: string, path: string): string {
  let value: unknown = JSON.parse(text);
  for (const key of path.split('/')) value = (value as Record<string, unknown>)[key];
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What stands between `// #region name` and `// #endregion`, moved to the left. */
function region(text: string, name: string): string {
  const [, indent = '', body] =
    new RegExp(`^( *)// #region ${name}\\n([\\s\\S]*?)^ *// #endregion`, 'm').exec(text) ?? [];
  if (body === undefined) throw new Error(`there is no region ${name}`);
  return body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}
