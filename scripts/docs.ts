import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { environmentNames } from '../src/environment.ts';
import { errorPages } from '../src/error-pages.ts';
import { secretOptions } from '../src/secret-files.ts';
import { coveragePage, sep6CoveragePage, sep31CoveragePage } from '../test/spec/coverage.ts';
import { describedSchema } from './program-schema.ts';

const root = resolve(import.meta.dirname, '..');
const generatedBy = '<!-- Written by `npm run docs`; `npm run check` fails when it is out of date. -->';

/** The pages and schemas that are made from the code, by path under docs/. */
export async function generatedDocs(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['options.md', await optionsPage()],
    ['errors.md', errorsPage()],
    ['program.schema.json', `${JSON.stringify(await describedSchema(root), null, 1)}\n`],
    ['sep6-coverage.md', `${generatedBy}\n\n${await sep6CoveragePage(root)}`],
    ['sep31-coverage.md', `${generatedBy}\n\n${await sep31CoveragePage(root)}`],
    ['sep12-coverage.md', `${generatedBy}\n\n${await coveragePage(root)}`],
  ]);
}

/** The doc comment of every option is its manual. */
async function optionsPage(): Promise<string> {
  const source = await readFile(join(root, 'src/options.ts'), 'utf8');
  const body = source.slice(source.indexOf('export interface Options'));
  const options = [...body.matchAll(/\/\*\*([\s\S]*?)\*\/\s+readonly (\w+)\?: ([^;]+) \| undefined;/g)];
  const variables: Readonly<Record<string, string>> = environmentNames;
  const rows = options.map(([, comment = '', name = '', type = '']) => {
    const text = comment
      .replace(/\s*\n\s*\* ?/g, ' ')
      .trim()
      .replaceAll('|', '\\|');
    return `| ${variables[name] ? `\`${variables[name]}\`` : '–'} | \`${name}\` | \`${type.replaceAll('|', '\\|')}\` | ${text} |`;
  });
  return `${generatedBy}

# Settings

Every setting can be given to \`createAnchor\` as an option; those with a variable can be given to \`anchor-kyc\` by the environment. A value
that cannot be used stops the start, and every such value is named at once. Lists are separated by commas, switches are 1 or 0; in a
shell, JSON stands in single quotes.
\`KYC_PROGRAM\` (.ts, .js, .json), \`RAILS\`, \`TRANSFERS\` (.ts, .js) and \`STELLAR_TOML\` name files.

What is secret may lie in a file of its own, as Docker, Kubernetes and systemd hand secrets out: \`_FILE\` behind the name of the variable, and the path as
its value. It goes for ${secretOptions.map((option) => `\`${environmentNames[option]}\``).join(', ')}.

| variable | option | type | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

function errorsPage(): string {
  const rows = Object.entries(errorPages).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  );
  return `${generatedBy}

# Errors

Every error is \`{ "error": "<text>" }\` as \`application/json; charset=utf-8\`, with CORS headers and the id under which the log knows the request
(\`X-Request-Id\`). A message names the field and the rule, never the value. The codes are those of \`KycError\`, which an integration throws
(\`InvalidRequest\`, \`CustomerNotFound\`); on the wire stand status and message.

| code | status | meaning |
|---|---|---|
${rows.join('\n')}

Anything else is a 500 with a fixed text and the request's id. A path that does not exist is 404, a method it does not have 405.
`;
}

if (import.meta.main) {
  for (const [name, text] of await generatedDocs()) await writeFile(join(root, 'docs', name), text);
}
