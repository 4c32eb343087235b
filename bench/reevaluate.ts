import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultCodeLimits } from '../src/kyc/codes/code-limits.ts';
import { compileProgram } from '../src/kyc/compile-program.ts';
import { CustomerIndexing } from '../src/kyc/index-customers.ts';
import { openBuiltIn } from '../src/kyc/open-built-in.ts';
import type { ProgramDefinition } from '../src/kyc/program.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLogger } from '../src/lib/log.ts';
import { openShreds } from '../src/open-shreds.ts';
import { DiskFiles } from '../src/store/files/disk-files.ts';
import { SealedFiles } from '../src/store/files/sealed-files.ts';
import { openSqliteStore } from '../src/store/sql/open-store.ts';
import { LocalKeyRing } from '../src/vault/key-ring.ts';
import { ShreddedKeyRing } from '../src/vault/shred-keys.ts';
import { type BuiltServer, freshSecrets, startBuiltServer } from '../test/support/built-server.ts';
import { freshAccount } from './customers.ts';
import type { Ask, Latencies, Load } from './steady-load.ts';

// npm run bench:reevaluate [-- COUNT]: 100,000 customers are looked at again after the program has changed, which moves half of them, while
// others ask at a steady rate from a process of their own. Bounds: a minute for 100,000, and GET's p99 meanwhile under three times what it is when
// nothing else is done; both of a server that has just been started. The exit code is 1 when one is missed.

const count = Number(process.argv[2] ?? 100_000);
const maxMs = (count / 100_000) * 60_000;
const maxRatio = 3;
const perSecond = 100;
const idleMs = 20_000;
const benchData = join(import.meta.dirname, 'data');

/** Asks whoever lives in one of these countries for more. */
function programFor(countries: readonly string[]): ProgramDefinition {
  const fields = { first_name: {}, last_name: {}, email_address: {}, birth_date: {}, address_country_code: {} };
  return {
    types: { sender: { decision: 'automatic', fields } },
    rules: { documents: { when: { field: 'address_country_code', is: countries }, ask: { id_number: {} } } },
  };
}

const [before, after] = [programFor(['USA']), programFor(['USA', 'MEX'])];

await mkdir(benchData, { recursive: true });
const directory = await mkdtemp(join(benchData, 'reevaluate-'));
const secrets = freshSecrets();
const databasePath = join(directory, 'anchor-kyc.db');
try {
  const accounts = await register();
  const idle = await withServer(before, async (server) => measure(server, accounts, () => delay(idleMs)));
  let tookMs = 0;
  const during = await withServer(after, async (server) =>
    measure(server, accounts, async () => {
      const startedAt = performance.now() - server.startedMs;
      await allLookedAt();
      tookMs = performance.now() - startedAt;
    }),
  );
  report({ tookMs, idle, during });
} finally {
  await rm(directory, { recursive: true, force: true });
}

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly asked: number;
}

function report({ tookMs, idle, during }: { tookMs: number; idle: Measured; during: Measured }): void {
  const ratio = during.p99 / idle.p99;
  const said = ({ p50, p99, asked }: Measured): string =>
    `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms of ${asked}`;
  const isInTime = tookMs < maxMs;
  const isServing = ratio < maxRatio;
  const result = (isKept: boolean): string => (isKept ? 'pass' : 'MISSED');
  console.table([
    {
      what: `${count} customers looked at again`,
      measured: `${(tookMs / 1000).toFixed(1)} s`,
      bound: `< ${maxMs / 1000} s`,
      result: result(isInTime),
    },
    { what: 'GET, idle', measured: said(idle), bound: '', result: '' },
    {
      what: 'GET, meanwhile',
      measured: `${said(during)}: ${ratio.toFixed(2)}`,
      bound: `p99 < ${maxRatio} × idle`,
      result: result(isServing),
    },
  ]);
  if (!isInTime || !isServing) process.exitCode = 1;
}

/** Through the integration itself, past HTTP: everything is sealed, indexed and decided as ever. */
async function register(): Promise<readonly string[]> {
  const [id = '', key = ''] = secrets.encryptionKeys.split(':');
  const store = await openSqliteStore(databasePath, systemClock);
  const shreds = await openShreds({ engine: 'sqlite', path: join(directory, 'shreds.db') }, store);
  const files = new SealedFiles(new DiskFiles(join(directory, 'files')));
  const parts = { store, files, program: compileProgram(before), clock: systemClock, log: silentLogger };
  const builtIn = await openBuiltIn({
    ...{
      ...parts,
      keyRing: new ShreddedKeyRing(new LocalKeyRing(new Map([[id, Buffer.from(key, 'base64')]])), shreds),
      kinds: new Map(),
    },
    ...{
      secret: () => undefined,
      codes: { senders: [], smsCountries: undefined, appName: '', limits: defaultCodeLimits },
    },
  });
  const { integration } = builtIn;
  // As a server does when it first starts: whoever comes from then on is indexed with their data, and nobody has to be looked at for it later.
  await new CustomerIndexing(builtIn.parts).runSome();
  const accounts = Array.from({ length: count }, freshAccount);
  const waiting = accounts.entries();
  const registerSome = async (): Promise<void> => {
    for (const [index, account] of waiting) {
      const fields = new Map(Object.entries(personOf(index)));
      const nothing = {
        files: new Map(),
        unknownFiles: new Set<string>(),
        fileIds: new Map(),
        verifications: new Map(),
      };
      await integration.put(
        { account, type: 'sender', lang: 'en', fields, ...nothing },
        { subject: { account, sub: account }, requestId: 'bench' },
      );
    }
  };
  await Promise.all(Array.from({ length: 256 }, registerSome));
  await shreds.close();
  await store.close();
  return accounts;
}

function personOf(index: number): Record<string, string> {
  return {
    first_name: 'Ada',
    last_name: 'Lovelace',
    email_address: `ada-${index}@example.com`,
    birth_date: '1990-12-10',
    address_country_code: index % 2 === 0 ? 'MEX' : 'FRA',
  };
}

async function withServer<T>(program: ProgramDefinition, use: (server: BuiltServer) => Promise<T>): Promise<T> {
  const path = join(directory, 'program.json');
  await writeFile(path, JSON.stringify(program));
  await using server = await startBuiltServer({
    dataDir: directory,
    secrets,
    environment: { KYC_PROGRAM: path, LOG_LEVEL: 'warn' },
  });
  return await use(server);
}

async function measure(
  server: BuiltServer,
  accounts: readonly string[],
  during: () => Promise<void>,
): Promise<Measured> {
  const asks = await Promise.all(
    Array.from({ length: 500 }, async (): Promise<Ask> => {
      const account = accounts[Math.floor(Math.random() * accounts.length)] ?? '';
      return { path: '/customer?type=sender', token: await server.token(account) };
    }),
  );
  const child = fork(join(import.meta.dirname, 'steady-load.ts'));
  await once(child, 'message');
  child.send({ port: server.port, perSecond, asks } satisfies Load);
  await during();
  const latencies = await stop(child);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), asked: latencies.length };
}

async function stop(child: ChildProcess): Promise<readonly number[]> {
  const answer = once(child, 'message');
  child.send('stop');
  const [{ latencies }] = (await answer) as [Latencies];
  return latencies;
}

async function allLookedAt(): Promise<void> {
  const { revision } = compileProgram(after);
  using database = new DatabaseSync(databasePath, { readOnly: true });
  // Two looks into the index; one at every row would take part in what is measured.
  const other = (sign: '<' | '>'): string => `exists (select 1 from standings where program ${sign} $revision)`;
  const left = database.prepare(`select ${other('<')} or ${other('>')} as some`);
  while (left.get({ revision })?.['some'] === 1) await delay(100);
}
