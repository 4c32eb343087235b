import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { generatedDocs } from '../scripts/docs.ts';
import { environmentNames } from '../src/environment.ts';

const docs = resolve(import.meta.dirname, '../docs');

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
