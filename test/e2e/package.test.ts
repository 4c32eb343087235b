import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../support/test-anchor.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

test('[e2e.package] what npm would publish runs from node_modules: command line, library and types, without a source file', async () => {
  await using directory = await temporaryDirectory();
  const packed = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory.path], {
    cwd: root,
  });
  const installed = join(directory.path, 'node_modules', 'anchor-kyc');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(directory.path, packed.stdout.trim()), '--strip-components=1', '-C', installed]);
  // Its dependencies are found as npm would lay them, from the checkout's own.
  await symlink(join(root, 'node_modules'), join(installed, 'node_modules'));
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const told = await run(process.execPath, [join(installed, 'bin/anchor-kyc.js'), '--version']);
  assert.equal(told.stdout.trim(), version);
  const script =
    "import { createAnchor, defineProgram } from 'anchor-kyc'; console.log(typeof createAnchor, typeof defineProgram)";
  const imported = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: directory.path });
  assert.equal(imported.stdout.trim(), 'function function');
  await assert.rejects(readFile(join(installed, 'src/index.ts')), 'sources do not ship');
  assert.match(await readFile(join(installed, 'dist/index.d.ts'), 'utf8'), /createAnchor/);
});
