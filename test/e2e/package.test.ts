import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../support/test-anchor.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** What npm would publish, in the node_modules of a directory, without its dependencies. */
async function installInto(directory: string): Promise<string> {
  const packed = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory], {
    cwd: root,
  });
  const installed = join(directory, 'node_modules', 'anchor-kyc');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(directory, packed.stdout.trim()), '--strip-components=1', '-C', installed]);
  return installed;
}

test('[e2e.package] what npm would publish runs from node_modules: command line, library and types, without a source file', async () => {
  await using directory = await temporaryDirectory();
  const installed = await installInto(directory.path);
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

const consumer = `
import { createServer } from 'node:http';
import { type Anchor, createAnchor, defineProgram, InvalidRequest, type CustomerIntegration, type Payment } from 'anchor-kyc';
import { runIntegrationCases } from 'anchor-kyc/testing';

const program = defineProgram({ types: { basic: { decision: 'automatic', fields: { first_name: {} } } } });
export const anchor: Anchor = await createAnchor({ program, localMode: true });
export const server = createServer((request, response) => anchor.nodeHandler(request, response));
export const answer: Response = await anchor.fetch(new Request('http://localhost/customer'));
export const refusal: Error = new InvalidRequest("'first_name' is invalid", { field: 'first_name' });
export const port: number = anchor.settings.port;
export type Own = CustomerIntegration | Payment;
export { runIntegrationCases };
`;

test('[e2e.package] its types compile in a strict project that checks its libraries, beside those of Node alone', async () => {
  await using directory = await temporaryDirectory();
  await installInto(directory.path);
  await symlink(join(root, 'node_modules', '@types'), join(directory.path, 'node_modules', '@types'));
  await symlink(join(root, 'node_modules', 'undici-types'), join(directory.path, 'node_modules', 'undici-types'));
  await writeFile(join(directory.path, 'package.json'), '{ "type": "module" }');
  await writeFile(join(directory.path, 'consumer.ts'), consumer);
  const compilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true, preserveSymlinks: true },
    ...{ target: 'es2024', module: 'nodenext', types: ['node'] },
  };
  const project = { compilerOptions, files: ['consumer.ts'] };
  await writeFile(join(directory.path, 'tsconfig.json'), JSON.stringify(project));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', directory.path]).catch(
    (error: { stdout: string }) => error,
  );
  assert.equal(stdout, '');
});
