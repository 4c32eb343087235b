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

test('[readme] npm run demo -- --keep leaves the server running with something on both pages, and what it says to try works', async () => {
  const { child, output, ended } = run(['--keep']);
  for (let n = 0; n < 3000 && !output().includes('Every endpoint'); n++) await delay(20);
  const tries = [...output().matchAll(/curl (?:-H '(\w+): (Bearer \S+)' )?'(\S+)'/g)];
  assert.equal(tries.length, 3, output());
  for (const [, name, value, url = ''] of tries) {
    const response = await fetch(url, { headers: name === undefined ? {} : { [name]: value ?? '' } });
    assert.equal(response.status, 200, url);
  }
  await lookAtConsole(output());
  await lookAtCustomers(output());
  const again = /password ([0-9a-f-]+):/.exec(output())?.[1] ?? '';
  assert.equal(again.length, 19, 'made for this run');
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  const [, , , url = ''] = tries[0] ?? [];
  await assert.rejects(fetch(url), 'the server is gone too');
});

/** Signs in as it says, and finds customers who wait, found ones, and a payment that is held. */
async function lookAtConsole(said: string): Promise<void> {
  const [, url = ''] = /(http:\S+\/console)\n/.exec(said) ?? [];
  const [, name = '', password = ''] = /name (\S+), password ([0-9a-f-]+):/.exec(said) ?? [];
  const body = new URLSearchParams({ name, password, code: '' });
  const headers = { origin: new URL(url).origin };
  const signed = await fetch(`${url}/sign-in`, { method: 'POST', redirect: 'manual', headers, body });
  assert.equal(signed.status, 303, 'the password is right');
  const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const look = async (path: string): Promise<string> => (await fetch(`${url}${path}`, { headers: { cookie } })).text();
  const queue = await look('/queue');
  assert.ok(queue.split('data-item').length > 10, 'a queue');
  assert.match(queue, /screening hit/);
  assert.match(queue, /escalated/);
}

/** Opens the links as a browser does. */
async function lookAtCustomers(said: string): Promise<void> {
  const links = [...said.matchAll(/http:\S+\/kyc\/open\?link=\S+/g)].map(([link]) => link);
  assert.equal(links.length, 2, said);
  const pages = await Promise.all(links.map(openLink));
  assert.match(pages[0] ?? '', /250 USDC[\s\S]*goes on once we have[\s\S]*f-bank_account_number/);
  assert.match(pages[1] ?? '', /id="e-photo_id_front"/);
}

async function openLink(link: string): Promise<string> {
  const { origin, searchParams } = new URL(link);
  const form = new FormData();
  form.set('page:link', searchParams.get('link') ?? '');
  const headers = { 'sec-fetch-site': 'same-origin' };
  const opened = await fetch(`${origin}/kyc/open`, { method: 'POST', redirect: 'manual', headers, body: form });
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return (await fetch(`${origin}/kyc`, { headers: { cookie } })).text();
}
