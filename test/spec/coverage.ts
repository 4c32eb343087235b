import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { clauses, rulings } from './clauses.ts';
import type { Clause } from './section.ts';
import { sep6Clauses } from './sep6-clauses.ts';
import { sep31Clauses } from './sep31-clauses.ts';

/** A test and the tags in front of its title. */
export interface TaggedTest {
  readonly file: string;
  readonly title: string;
  readonly tags: readonly string[];
}

/** Every test title under test/ that starts with a tag, as it stands in the source. */
export async function findTests(root: string): Promise<readonly TaggedTest[]> {
  const names = await readdir(join(root, 'test'), { recursive: true });
  const files = names.filter((name) => /\.(test|alone)\.ts$/.test(name)).sort();
  const found = await Promise.all(files.map((name) => readTitles(root, join(root, 'test', name))));
  return found.flat();
}

async function readTitles(root: string, path: string): Promise<TaggedTest[]> {
  const text = await readFile(path, 'utf8');
  const titles = [
    ...text.matchAll(/\b(?:test|it|describe|suite)\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`)/g),
  ];
  return titles.flatMap(([, single, double, template]) => {
    const title = (single ?? double ?? template ?? '').replaceAll("\\'", "'");
    const [, tags] = /^((?:\[[^\]]+\]\s*)+)/.exec(title) ?? [];
    if (tags === undefined) return [];
    const list = [...tags.matchAll(/\[([^\]]+)\]/g)].flatMap(([, inner = '']) => inner.split(/[\s,]+/));
    return [{ file: relative(root, path), title: title.slice(tags.length), tags: list }];
  });
}

/** docs/sep12-coverage.md */
export async function coveragePage(root: string): Promise<string> {
  const tests = await findTests(root);
  const built = clauses.filter((clause) => clause.planned === undefined);
  return `# SEP-12 coverage

Every clause of SEP-12 1.15.0 in our words, with the tests that prove it. ${built.length} of ${clauses.length} are built; the others say what they wait for.

${tables(clauses, tests)}
# Rulings

What this project does where the specs are silent, old or at odds.

| ruling | what it says | shown by |
|---|---|---|
${rulings.map(({ id, text }) => `| ${id} | ${text} | ${shownBy(id, tests)} |`).join('\n')}
`;
}

/** docs/sep6-coverage.md */
export async function sep6CoveragePage(root: string): Promise<string> {
  const tests = await findTests(root);
  const built = sep6Clauses.filter((clause) => clause.planned === undefined);
  return `# SEP-6 coverage

What SEP-6 4.3.0 asks of an anchor, in our words, with the tests that prove it. ${built.length} of ${sep6Clauses.length} are built; the others say what they wait for.

${tables(sep6Clauses, tests)}`;
}

/** docs/sep31-coverage.md */
export async function sep31CoveragePage(root: string): Promise<string> {
  const tests = await findTests(root);
  const built = sep31Clauses.filter((clause) => clause.planned === undefined);
  return `# SEP-31 coverage

What SEP-31 3.1.0 asks of a receiving anchor, in our words, with the tests that prove it. ${built.length} of ${sep31Clauses.length} are built; the others say what they wait for.

${tables(sep31Clauses, tests)}`;
}

function tables(all: readonly Clause[], tests: readonly TaggedTest[]): string {
  return sections(all)
    .map(([section, of]) => {
      const rows = of.map((clause) => row(clause, tests)).join('\n');
      return `## ${section}\n\n| clause | level | what it says | shown by |\n|---|---|---|---|\n${rows}\n`;
    })
    .join('\n');
}

function sections(all: readonly Clause[]): [string, Clause[]][] {
  return [...Map.groupBy(all, (clause) => clause.section)];
}

function row(clause: Clause, tests: readonly TaggedTest[]): string {
  const proof = clause.planned === undefined ? shownBy(clause.id, tests) : `not built yet: ${clause.planned}`;
  return `| \`${clause.id}\` | ${clause.level} | ${clause.text} | ${proof} |`;
}

function shownBy(id: string, tests: readonly TaggedTest[]): string {
  const files = new Set(tests.filter((test) => test.tags.includes(id)).map((test) => test.file));
  return [...files].map((file) => `[${file.replace(/^test\//, '')}](../${file})`).join(', ');
}
