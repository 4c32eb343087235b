import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuiltServer, freshSecrets, startBuiltServer } from '../test/support/built-server.ts';
import { type Contender, contest } from './contest.ts';
import { emailAddress, freshAccount } from './customers.ts';
import { multiplyPostgres } from './multiply-postgres.ts';
import { multiplySqlite } from './multiply-sqlite.ts';

// npm run bench:millions [-- --engine sqlite|postgres] [--many 10000000] [--few 10000]: GET, PUT and the first page of the review queue over a
// database of ten million customers, against the same over one of ten thousand, in alternating rounds. Bound: 1.5 times the time (0.67 of the rate).
// Real customers (they can be opened) are registered over HTTP; the others are copies of their rows under other ids, spread evenly between
// them, so that every index is as deep as it would be. One in a hundred waits for a reviewer. The exit code is 1 when a bound is missed.

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'sqlite' },
    many: { type: 'string', default: '10000000' },
    few: { type: 'string', default: '10000' },
  },
});
const realCount = 2000;
const minRatio = 1 / 1.5;
const rounds = { rounds: 7, ms: 4000 };
const operatorToken = 'o'.repeat(40);
const fields = { first_name: {}, last_name: {}, email_address: {}, birth_date: {} };
const program = {
  types: { sender: { decision: 'automatic', fields }, watched: { decision: 'review', fields } },
  defaultType: 'sender',
};

/** A server over so many customers, and those that can be asked for. */
interface Populated {
  readonly server: BuiltServer;
  readonly tokens: readonly string[];
}

/** An empty database: what a server is started with to use it, and what multiplies its customers. */
export interface BenchDatabase extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** Adds copies of the template's rows until there are so many customers. */
  multiply(templates: Templates, count: number): Promise<void>;
}

/** The ids of the customers that others are copies of. */
export interface Templates {
  readonly accepted: string;
  readonly watched: string;
}

async function populate(database: BenchDatabase, name: string, count: number): Promise<Populated> {
  const dataDir = join(directory, name);
  await mkdir(dataDir, { recursive: true });
  const secrets = freshSecrets();
  const environment = {
    ...database.environment,
    ...{ KYC_PROGRAM: programPath, LOG_LEVEL: 'warn', OPERATORS: `bench:reviewer:${operatorToken}` },
  };
  const start = (): Promise<BuiltServer> => startBuiltServer({ dataDir, secrets, environment });
  const accounts = Array.from({ length: realCount }, freshAccount);
  const first = await start();
  const ids = await registerAll(first, accounts);
  await first.stop();
  const startedAt = performance.now();
  await database.multiply({ accepted: ids[0] ?? '', watched: ids[1] ?? '' }, count);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${count} customers in ${values.engine}, made in ${seconds.toFixed(0)} s`);
  const server = await start();
  return { server, tokens: await Promise.all(accounts.map((account) => server.token(account))) };
}

/** Every second one waits for a reviewer. */
async function registerAll(server: BuiltServer, accounts: readonly string[]): Promise<readonly string[]> {
  const waiting = accounts.entries();
  const ids: string[] = [];
  const registerSome = async (): Promise<void> => {
    for (const [index, account] of waiting) {
      const type = index % 2 === 0 ? 'sender' : 'watched';
      const person = { type, first_name: 'Ada', last_name: 'Lovelace', birth_date: '1990-12-10' };
      const headers = { Authorization: `Bearer ${await server.token(account)}`, 'Content-Type': 'application/json' };
      const body = JSON.stringify({ ...person, email_address: emailAddress(index) });
      const response = await fetch(`http://127.0.0.1:${server.port}/customer`, { method: 'PUT', headers, body });
      const answer = (await response.json()) as { id?: string };
      if (answer.id === undefined) throw new Error(`registering was answered ${response.status}`);
      ids[index] = answer.id;
    }
  };
  await Promise.all(Array.from({ length: 16 }, registerSome));
  return ids;
}

async function measure(many: Populated, few: Populated): Promise<void> {
  const rows = [];
  for (const [what, requestOf] of Object.entries(requests)) {
    const asked = ({ server: { port, pid }, tokens }: Populated): Contender => ({ port, pid, next: requestOf(tokens) });
    const result = await contest(asked(many), asked(few), undefined, rounds);
    const pass = result.ratio >= minRatio;
    if (!pass) process.exitCode = 1;
    const measured = `${result.ours.toFixed(0)}/s, with few ${result.floor.toFixed(0)}/s: ${result.ratio.toFixed(2)} (by CPU ${result.cpuRatio.toFixed(2)})`;
    rows.push({ what, measured, bound: `≥ ${minRatio.toFixed(2)}`, result: pass ? 'pass' : 'MISSED' });
  }
  console.table(rows);
}

const requests: Readonly<Record<string, (tokens: readonly string[]) => () => string>> = {
  'GET /customer': (tokens) => cycle(tokens, (token) => `GET /customer HTTP/1.1\r\n${head(token)}\r\n`),
  'PUT /customer, one field': (tokens) => {
    let n = 0;
    return cycle(tokens, (token) => {
      const body = JSON.stringify({ email_address: emailAddress(++n) });
      const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
      return `PUT /customer HTTP/1.1\r\n${head(token)}${type}\r\n${body}`;
    });
  },
  'the review queue, first page': () => () => `GET /operator/queue HTTP/1.1\r\n${head(operatorToken)}\r\n`,
};

function cycle(tokens: readonly string[], request: (token: string) => string): () => string {
  let n = 0;
  return () => request(tokens[n++ % tokens.length] ?? '');
}

function head(token: string): string {
  return `Host: localhost:8000\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\nUser-Agent: bench\r\n`;
}

const benchData = join(import.meta.dirname, 'data');
await mkdir(benchData, { recursive: true });
const directory = await mkdtemp(join(benchData, 'millions-'));
const programPath = join(directory, 'program.json');
await writeFile(programPath, JSON.stringify(program));
const open = values.engine === 'postgres' ? multiplyPostgres : multiplySqlite;
try {
  await using fewDatabase = await open(join(directory, 'few'));
  await using manyDatabase = await open(join(directory, 'many'));
  const few = await populate(fewDatabase, 'few', Number(values.few));
  const many = await populate(manyDatabase, 'many', Number(values.many));
  await measure(many, few);
  await Promise.all([few.server.stop(), many.server.stop()]);
} finally {
  await rm(directory, { recursive: true, force: true });
}
