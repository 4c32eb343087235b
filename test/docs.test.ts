import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { generatedDocs } from '../scripts/docs.ts';
import { environmentNames } from '../src/environment.ts';
import { release } from '../src/release.ts';
import { secretOptions } from '../src/secret-files.ts';
import { newestSchema } from '../src/store/sql/migrations.ts';
import { indirectTables, subjectTables, tablesLeftOut } from '../src/store/subject-store.ts';
import { runProgram } from './e2e/started-process.ts';
import { blocksOf } from './examples/snippets.ts';
import { openTestAnchor } from './support/test-anchor.ts';

const root = resolve(import.meta.dirname, '..');
const docs = join(root, 'docs');

/** Every page there is, by its path from the root. */
const pages: ReadonlyMap<string, string> = await readPages();

async function readPages(): Promise<ReadonlyMap<string, string>> {
  const names = [...(await readdir(root)), ...(await readdir(docs)).map((name) => `docs/${name}`)];
  const paths = names.filter((name) => name.endsWith('.md'));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readPage(path)] as const)));
}

function readPage(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

test('[docs.generated] the pages made from the code are up to date', async () => {
  for (const [name, text] of await generatedDocs()) {
    const written = await readFile(join(docs, name), 'utf8');
    assert.ok(written === text, `docs/${name} is out of date: run npm run docs`);
  }
});

test('[docs.options] every environment variable stands on the settings page', async () => {
  const page = await readFile(join(docs, 'options.md'), 'utf8');
  for (const variable of Object.values(environmentNames)) assert.ok(page.includes(`\`${variable}\``), variable);
});

test('[docs.links] every link of every page leads to a file that is there, and to a heading of it', async () => {
  for (const [path, text] of pages) {
    for (const [, target = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      const file = target === '' ? path : join(dirname(path), target);
      await assert.doesNotReject(access(join(root, file)), `${path}: ${target}`);
      if (anchor !== undefined) assert.ok(headingsOf(await readPage(file)).has(anchor), `${path}: ${target}#${anchor}`);
    }
  }
});

/** Headings as they are linked to. */
function headingsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('[docs.read] the README leads to every page', () => {
  const seen = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, target = ''] of (pages.get(path) ?? '').matchAll(/\]\((?!https?:)([^)#\s]+\.md)/g))
      follow(join(dirname(path), target));
  };
  follow('README.md');
  assert.deepEqual(
    [...pages.keys()].filter((path) => !seen.has(path)),
    [],
  );
});

test('[docs.commands] every command and option that a page names is in the help of that command', async () => {
  const commands = [...pages].flatMap(([path, text]) => commandsIn(text).map((words) => ({ path, words })));
  const names = new Set(commands.map(({ words }) => words.split(' ')[0] ?? ''));
  assert.ok(names.size > 8);
  const helps = await Promise.all([...names].map(async (name) => [name, await runProgram([name, '--help'])] as const));
  const help = new Map(helps.map(([name, { code, stdout }]) => [name, code === 0 ? stdout : ''] as const));
  for (const { path, words } of commands) {
    const [name = '', act = ''] = words.split(' ');
    const usage = help.get(name) ?? '';
    assert.notEqual(usage, '', `${path}: anchor-kyc ${words}`);
    const hasActs = new RegExp(`^  anchor-kyc ${name} (list|diff|verify) ?`, 'm').test(usage);
    if (hasActs && /^[a-z]+$/.test(act))
      assert.match(usage, new RegExp(`^  anchor-kyc ${name} ${act}\\b`, 'm'), `${path}: ${words}`);
    for (const [option] of words.matchAll(/--[a-z-]+/g)) assert.ok(usage.includes(option), `${path}: ${words}`);
  }
});

/** What code on a page hands to the command line, up to where a comment begins. What programs print is none of it. */
function commandsIn(text: string): string[] {
  const code = text.replaceAll(/^```text[\s\S]*?^```/gm, '');
  const inline = [...code.matchAll(/`((?:\w+=\S+ )?anchor-kyc [a-z][^`\n]*)`/g)];
  const lines = [
    ...code.matchAll(
      /^ {2,}(?:\w+=\S+ )?anchor-kyc [a-z].*$|^ *(?:npx anchor-kyc|node bin\/anchor-kyc\.js) [a-z].*$/gm,
    ),
  ];
  const written = [...inline.map(([, words = '']) => words), ...lines.map(([line]) => line)];
  return written.flatMap((words) => /anchor-kyc(?:\.js)? ([a-z].*?)(?:\s{3,}|$)/.exec(words)?.[1] ?? []);
}

test('[docs.deploying] what the unit and the Dockerfile set are settings that there are', async () => {
  const known = new Set<string>([
    ...Object.values(environmentNames),
    ...secretOptions.map((option) => `${environmentNames[option]}_FILE`),
  ]);
  const blocks = blocksOf(pages.get('docs/deploying.md') ?? '');
  const set = blocks.flatMap(({ text }) => [...text.matchAll(/^(?:Environment=|ENV )(\w+)=/gm)]);
  assert.ok(set.length >= 5);
  for (const [, variable = ''] of set) assert.ok(known.has(variable), variable);
});

test('[docs.data] every table stands on the page for data protection', () => {
  const page = pages.get('docs/data-protection.md') ?? '';
  for (const table of [...Object.keys(subjectTables), ...indirectTables, ...Object.keys(tablesLeftOut)])
    assert.ok(page.includes(`\`${table}\``), table);
});

test('[docs.changelog] the changelog begins with this release, and names its schema once it is released', () => {
  const [, latest = ''] = (pages.get('CHANGELOG.md') ?? '').split(/^## /m);
  assert.ok(latest.startsWith(release), latest);
  const [, schema] = /^Schema (\d+)\.$/m.exec(latest) ?? [];
  const isReleased = !latest.startsWith(`${release} (unreleased)`);
  assert.ok(isReleased ? Number(schema) === newestSchema : Number(schema) <= newestSchema, `schema ${newestSchema}`);
});

test('[docs.metrics] every metric that operators are told of is there, and the other way round', async () => {
  await using anchor = await openTestAnchor();
  const text = await (await anchor.call(undefined, 'GET', '/metrics')).text();
  const told = (pages.get('docs/operating.md') ?? '').matchAll(/`((?:anchor_kyc|process)_[a-z_]+)(?:\{[^}]*\})?`/g);
  const there = text.matchAll(/^# TYPE (\w+)/gm);
  const names = (found: Iterable<RegExpMatchArray>): string[] =>
    [...new Set([...found].map(([, name = '']) => name))].sort();
  assert.deepEqual(names(told), names(there));
});
