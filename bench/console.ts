import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { adminCommand } from '../src/admin-command.ts';
import { demoProgram } from '../src/demo/demo-program.ts';
import { type BuiltServer, freshSecrets, residentMemory, startBuiltServer } from '../test/support/built-server.ts';
import { addCrowd } from './console-crowd.ts';
import { consolePages } from './console-pages.ts';
import { freshAccount } from './customers.ts';

// npm run bench:console [-- COUNT]: a reviewer asks for every page of the console, one after another, of a built server whose database holds a million
// customers. Bound: 100 ms at p95 for each page; the server that nobody has opened a console of stays under 150 MB. The exit code is 1 when one
// is missed.

const count = Number(process.argv[2] ?? 1_000_000);
const rounds = 60;
const boundMs = 100;
const boundBytes = 150_000_000;
const password = 'correct horse battery';
const benchData = join(import.meta.dirname, 'data');

await mkdir(benchData, { recursive: true });
const directory = await mkdtemp(join(benchData, 'console-'));
const secrets = freshSecrets();
const programPath = join(directory, 'program.json');
const environment = { KYC_PROGRAM: programPath, CONSOLE: '1', LOG_LEVEL: 'error', WORKER: '0' };
try {
  await writeFile(programPath, JSON.stringify(programWithoutService()));
  const known = await registerSome();
  addCrowd(join(directory, 'anchor-kyc.db'), count, known);
  const server = await startBuiltServer({ dataDir: directory, secrets, environment });
  try {
    await measure(server, known);
  } finally {
    await server.stop();
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** The demo's, without the check that only the demo has. */
function programWithoutService(): object {
  const { screening: _, ...checks } = demoProgram.checks ?? {};
  const types = Object.entries(demoProgram.types).map(([name, type]) => {
    return [name, { ...type, checks: type.checks?.filter((check) => check !== 'screening') }];
  });
  return { ...demoProgram, types: Object.fromEntries(types), checks };
}

/** Those whose pages are opened: real ones, with a document. */
async function registerSome(): Promise<string[]> {
  await using server = await startBuiltServer({
    dataDir: directory,
    secrets,
    environment: { ...environment, WORKER: '1' },
  });
  const image = sharp({ create: { width: 1600, height: 1000, channels: 3, background: '#8ac' } });
  const photo = new Blob([new Uint8Array(await image.jpeg().toBuffer())], { type: 'image/jpeg' });
  const ids: string[] = [];
  for (let index = 0; index < 40; index++) {
    const form = new FormData();
    const fields = { type: 'full', first_name: `Ann ${index}`, last_name: 'Smith', birth_date: '1990-04-17' };
    const more = { address: '12 Example Street', id_number: `D${index}4711`, id_expiration_date: '2035-05-31' };
    for (const [name, value] of Object.entries({ ...fields, ...more })) form.set(name, value);
    form.set('photo_id_front', photo);
    const headers = { authorization: `Bearer ${await server.token(freshAccount())}` };
    const response = await fetch(`http://127.0.0.1:${server.port}/customer`, { method: 'PUT', headers, body: form });
    if (response.status !== 202)
      throw new Error(`registering was answered ${response.status}: ${await response.text()}`);
    ids.push(((await response.json()) as { id: string }).id);
  }
  await new Promise((resolve) => setTimeout(resolve, 4000));
  return ids;
}

async function measure(server: BuiltServer, ids: readonly string[]): Promise<void> {
  const origin = `http://localhost:${server.port}`;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const idle = await residentMemory(server.pid);
  const cookie = await signUp(server, origin);
  const opened = await residentMemory(server.pid);
  const first = await timed(`${origin}/console`, cookie);
  const rows = [];
  for (const [name, pathOf] of Object.entries(consolePages)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++)
      times.push(await timed(`${origin}/console${pathOf(ids, round)}`, cookie));
    times.sort((one, other) => one - other);
    const p95 = times[Math.floor(times.length * 0.95)] ?? 0;
    const [median = 0, worst = 0] = [times[times.length >> 1], times.at(-1)];
    rows.push({ page: name, p50: ms(median), p95: ms(p95), max: ms(worst), result: p95 < boundMs ? 'pass' : 'MISSED' });
  }
  console.table(rows);
  console.log(`the first page of all took ${ms(first)}; started in ${ms(server.startedMs)}`);
  console.log(`idle ${megabytes(idle.now)} MB, with the console open ${megabytes(opened.now)} MB`);
  const isSmall = idle.now < boundBytes;
  if (rows.some(({ result }) => result !== 'pass') || !isSmall) process.exitCode = 1;
}

async function signUp({ dataDir, port }: BuiltServer, origin: string): Promise<string> {
  const printed = await adminCommand(['create', 'ann'], { DATA_DIR: dataDir, PORT: String(port) });
  const [, token = ''] = /join\/([0-9a-f]{64})/.exec(printed) ?? [];
  const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ password, code: '' }).toString();
  const response = await fetch(`${origin}/console/join/${token}`, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
  });
  if (response.status !== 303) throw new Error(`signing up was answered ${response.status}`);
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function timed(url: string, cookie: string): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${new URL(url).pathname} was answered ${response.status}`);
  return performance.now() - startedAt;
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
