import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram, startProcess } from '../e2e/started-process.ts';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { blocksOf, readProjectFile, readSource } from './snippets.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['README.md', 'docs/embedding.md', 'docs/programs.md'];
const hostUrl = 'http://localhost:8000';

/** The lines of a block, of which '…' stands for anything. */
function matches(shown: string, printed: string): boolean {
  const parts = shown
    .trim()
    .split('…')
    .map((part) => part.replaceAll(/[^\w\s]/g, '\\$&'));
  return new RegExp(`^${parts.join('\\S*')}$`).test(printed.trim());
}

async function readmeBlock(source: string): Promise<string> {
  const block = blocksOf(await readProjectFile('README.md')).find((candidate) => candidate.source === source);
  assert.ok(block, source);
  return block.text;
}

for (const page of pages) {
  test(`[readme] the programs in ${page} are those of the examples, which the tests run`, async () => {
    const programs = blocksOf(await readProjectFile(page)).filter(({ language }) => !['sh', 'text'].includes(language));
    assert.notEqual(programs.length, 0);
    for (const { source, language, text } of programs) {
      assert.ok(source !== undefined, `a block without its source: ${text}`);
      const expected = await readSource(source);
      if (language === 'json') assert.deepEqual(JSON.parse(text), JSON.parse(expected), source);
      else assert.equal(text, expected, source);
    }
  });

  test(`[readme] the links of ${page} lead to files that are there`, async () => {
    const links = [...(await readProjectFile(page)).matchAll(/\]\((?!https:)([^)#]+)\)/g)];
    for (const [, link = ''] of links) await assert.doesNotReject(access(join(root, dirname(page), link)), link);
  });

  test(`[readme] the commands in ${page} exist`, async () => {
    const { scripts } = JSON.parse(await readProjectFile('package.json')) as { scripts: Record<string, string> };
    const usage = (await runProgram(['--help'])).stdout;
    const lines = blocksOf(await readProjectFile(page)).filter(({ language }) => language === 'sh');
    for (const command of lines.flatMap(({ text }) => text.trim().split(/\n| && /))) {
      const [, script, args] = /(?:^npm (?:run )?(\S+)|node bin\/anchor-kyc\.js (.+))$/.exec(command) ?? [];
      const isKnown = script === 'ci' || scripts[script ?? ''] !== undefined || usage.includes(`anchor-kyc ${args} `);
      assert.ok(isKnown, command);
    }
  });
}

test('[readme] the two commands are npm ci && npm start and npm ci && npm test', async () => {
  const [start, tests] = blocksOf(await readProjectFile('README.md')).filter(({ language }) => language === 'sh');
  assert.equal(start?.text, 'npm ci && npm start\n');
  assert.equal(tests?.text, 'npm ci && npm test\n');
  await access(join(root, 'package-lock.json'));
});

test('[readme] the banner is what the program prints, and the first requests are answered as shown', async () => {
  await using directory = await temporaryDirectory();
  const dataDir = join(directory.path, 'data');
  await using started = await startProcess({ dataDir, env: { HOST_URL: hostUrl } });
  const [banner = ''] = started.stdout().split('\n{');
  assert.ok(matches(await readmeBlock('banner'), banner), banner);

  const [, account = ''] = /signing key +(\S+)/.exec(banner) ?? [];
  const shown = [...(await readmeBlock('first request')).matchAll(/^\$ curl '(.+)'\n(.+)$/gm)];
  assert.equal(shown.length, 2);
  for (const [, url = '', answer = ''] of shown) {
    const response = await fetch(url.replace(hostUrl, started.url).replace('G…', account));
    const body = await response.text();
    assert.ok(matches(answer, body), body);
  }
});

test('[readme] what is called not built is refused at the start', async () => {
  for (const sep of ['sep-45']) {
    const { code, stderr } = await runProgram(['check'], { LOCAL_MODE: '1', ACTIVE_SEPS: `sep-1,sep-10,${sep}` });
    assert.equal(code, 1);
    assert.match(stderr, /ACTIVE_SEPS/);
  }
});

test('[readme] the secrets of keys generate are all that production lacks beside its addresses', async () => {
  const printed = (await runProgram(['keys', 'generate'])).stdout.trim().split('\n');
  const secrets = Object.fromEntries(printed.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const { code, stderr } = await runProgram(['check'], {
    ...secrets,
    HOST_URL: 'https://kyc.example',
    STELLAR_NETWORK_PASSPHRASE: 'Public Global Stellar Network ; September 2015',
    HORIZON_URI: 'https://horizon.stellar.org',
  });
  assert.equal(stderr, '');
  assert.equal(code, 0);
});
