import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { blocksOf, readProjectFile } from './snippets.ts';

const demo = fileURLToPath(new URL('../../examples/demo/demo.ts', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [demo, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => said, ended };
}

/** What is the same in every run: ids, accounts, ports, memos and times are left out. */
function shapeOf(transcript: string): string {
  return transcript
    .replaceAll(/\b[0-9a-f]{8}…/g, '…')
    .replaceAll(/\b([GM])[A-Z2-7]{5}…/g, '$1…')
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, '$1:…')
    .replaceAll(/(memo:?) \d{10,}/g, '$1 …')
    .replaceAll(/\d+\.\d s/g, '… s')
    .trim();
}

test('[seed.s8] [readme] npm run demo shows a payment from the first request to the last callback, as docs/payments.md has it', async () => {
  const { output, ended } = run([]);
  assert.equal(await ended, 0, output());
  const shown = blocksOf(await readProjectFile('docs/payments.md')).find(({ source }) => source === 'npm run demo');
  assert.equal(shapeOf(output()), shown?.text.trim());
  const seconds = Number(/Done in ([\d.]+) s/.exec(output())?.[1]);
  assert.ok(seconds < 30, `took ${seconds} s`);
  assert.equal(output(), output().replaceAll(/\p{Cc}(?<!\n)/gu, ''), 'no colours where there is no terminal');
});

test('[readme] npm run demo -- --keep leaves the server running, and what it says to try works', async () => {
  const { child, output, ended } = run(['--keep']);
  for (let n = 0; n < 1500 && !output().includes('Every endpoint'); n++) await delay(20);
  const tries = [...output().matchAll(/curl (?:-H '(\w+): (Bearer \S+)' )?'(\S+)'/g)];
  assert.equal(tries.length, 3, output());
  for (const [, name, value, url = ''] of tries) {
    const response = await fetch(url, { headers: name === undefined ? {} : { [name]: value ?? '' } });
    assert.equal(response.status, 200, url);
  }
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  const [, , , url = ''] = tries[0] ?? [];
  await assert.rejects(fetch(url), 'the server is gone too');
});
