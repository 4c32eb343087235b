import { readFile } from 'node:fs/promises';
import { headFileIn, readHeadFile, readHeads, writeHead } from './audit/head-file.ts';
import { headText } from './audit/signed-head.ts';
import { type Breach, type Verdict, verifyTrail } from './audit/verify-trail.ts';
import { actOf, expectNoMore, parseWords, UsageError } from './command-words.ts';
import { type Environment, optionsFromEnvironment } from './environment.ts';
import { systemClock } from './lib/clock.ts';
import { resolveOptions } from './resolve-options.ts';
import { placesOf, withLocalSecrets } from './setting-files.ts';
import { signerFromSeed } from './stellar/ed25519.ts';
import type { AuditQuery, AuditStore, SignedHead, WrittenLine } from './store/audit-store.ts';
import { openExisting } from './store/sql/open-store.ts';

/** The help of `anchor-kyc audit`. */
export const auditUsage: string = `anchor-kyc audit: who did and read what, in the database of DATA_DIR

  anchor-kyc audit verify [--heads FILE]… [--from-head FILE] [--account G…]… [--unsealed SECONDS]
                     recomputes the chain and holds it to every signed head: those in the database, in DATA_DIR and in FILE.
                     --from-head begins behind the last head in FILE and trusts what was before; --account says who may
                     sign (default: the account of SIGNING_SEED, if it is set); lines may wait 60 seconds unless said
  anchor-kyc audit list [--customer ID] [--from TIME] [--to TIME] [--limit N] [--json]
                     lines, the oldest first
  anchor-kyc audit head [--text]
                     the last signed head, to be kept where nobody who has the database can write; --text: what is signed (SEP-53)

It exits with 1 where something is not as it must be. A server may be running on the same database.
`;

/** What a command prints, and whether all is well. */
export interface Printed {
  readonly text: string;
  readonly isWell: boolean;
}

/**
 * Runs `anchor-kyc audit …`.
 * @param note told of progress, for long runs
 * @throws UsageError for arguments that cannot be used
 */
export async function auditCommand(
  args: readonly string[],
  environment: Environment,
  note: (line: string) => void,
): Promise<Printed> {
  const { values, words } = readArguments(args);
  const [act, ...more] = words;
  const run = actOf(acts, act);
  expectNoMore(more);
  const { database, dataDir } = placesOf(environment);
  const store = await openExisting(database, systemClock);
  try {
    return await run({ audit: store.audit, values, dataDir, environment, note });
  } finally {
    await store.close();
  }
}

type Values = ReturnType<typeof readArguments>['values'];

interface Given {
  readonly audit: AuditStore;
  readonly values: Values;
  readonly dataDir: string;
  readonly environment: Environment;
  readonly note: (line: string) => void;
}

const acts: Readonly<Record<string, (given: Given) => Promise<Printed>>> = { verify, list, head };

async function verify({ audit, values, dataDir, environment, note }: Given): Promise<Printed> {
  const kept = await Promise.all(values.heads.map((path) => headsIn('--heads', path)));
  const from = values['from-head'] === undefined ? undefined : await headsIn('--from-head', values['from-head']);
  if (from?.length === 0) throw new UsageError('--from-head: expected a file with a head of the audit trail');
  const verdict = await verifyTrail({
    audit,
    heads: [...(await readHeadFile(headFileIn(dataDir))), ...kept.flat(), ...(from ?? [])],
    from: from?.at(-1),
    accounts: await accountsOf(values.account, environment),
    unsealedBefore: new Date(Date.now() - countOf('--unsealed', values.unsealed) * 1000),
    onProgress: (lines) => void (lines % 100_000 === 0 && lines > 0 && note(`${lines} lines`)),
  });
  return { text: report(verdict), isWell: verdict.breach === undefined };
}

async function headsIn(option: string, path: string): Promise<readonly SignedHead[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${option}: expected a file that can be read (${error.code})`);
  });
  try {
    return readHeads(text);
  } catch (error) {
    throw new UsageError(`${option}, ${(error as Error).message}`);
  }
}

async function list({ audit, values }: Given): Promise<Printed> {
  const query: AuditQuery = {
    ...(values.customer !== undefined && { customerId: values.customer }),
    ...(values.from !== undefined && { from: timeOf('--from', values.from) }),
    ...(values.to !== undefined && { to: timeOf('--to', values.to) }),
  };
  const lines = await audit.list(query, countOf('--limit', values.limit));
  const line = values.json ? (one: WrittenLine): string => JSON.stringify(one) : lineText;
  return { text: lines.map((one) => `${line(one)}\n`).join(''), isWell: true };
}

async function head({ audit, values }: Given): Promise<Printed> {
  const signed = await audit.findSignedHead();
  if (signed === undefined) return { text: 'no head was signed yet: a server does so once a day\n', isWell: false };
  return { text: `${values.text ? headText(signed) : writeHead(signed)}\n`, isWell: true };
}

/** Who may sign: as given, else whoever signs for the server by the same settings; undefined where that is not known. */
async function accountsOf(
  given: readonly string[],
  environment: Environment,
): Promise<ReadonlySet<string> | undefined> {
  if (given.length > 0) return new Set(given);
  const local = (options: Parameters<typeof resolveOptions>[0]): string =>
    resolveOptions(options, 'environment').dataDir;
  const { signingSeed } = await withLocalSecrets(optionsFromEnvironment(environment), local);
  return signingSeed === undefined ? undefined : new Set([signerFromSeed(signingSeed).account]);
}

function report({ lines, heads, accounts, breach }: Verdict): string {
  const seen = `${lines} lines, ${heads} signed heads${accounts.length > 0 ? ` by ${accounts.join(', ')}` : ''}`;
  return breach === undefined ? `the chain is whole: ${seen}\n` : `NOT WHOLE: ${breachText(breach)}\n(${seen})\n`;
}

function breachText({ kind, seq }: Breach): string {
  switch (kind) {
    case 'missing':
      return `line ${seq} is missing`;
    case 'altered':
      return `line ${seq} is not the one that was sealed there: it was altered, or belongs elsewhere`;
    case 'rewritten':
      return `line ${seq} has another hash than the signed head says: the chain was written anew`;
    case 'cut':
      return `a signed head says that there is a line ${seq}; the chain ends before`;
    case 'forged-head':
      return `the head at line ${seq} is not signed by whoever may sign`;
    case 'unsealed':
      return `${seq} lines wait for their place in the chain for too long: no server seals them`;
  }
}

function lineText({ seq, at, action, actor, customerId = '', about = {} }: WrittenLine): string {
  const details = Object.entries(about).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`,
  );
  const who = actor.id === undefined ? actor.kind : `${actor.kind} ${actor.id}`;
  return [seq ?? '-', at.toISOString(), action, who, customerId, ...details].filter((part) => part !== '').join('  ');
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const many = { type: 'string', multiple: true, default: [] as string[] } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    ...{ customer: text, from: text, to: text, 'from-head': text, heads: many, account: many, json: flag, text: flag },
    limit: { type: 'string', default: '1000' },
    unsealed: { type: 'string', default: '60' },
  } as const;
  const { values, positionals: words } = parseWords({ args: [...args], options, allowPositionals: true });
  return { values, words };
}

function countOf(name: string, given: string): number {
  if (!/^\d{1,9}$/.test(given)) throw new UsageError(`${name}: expected a whole number`);
  return Number(given);
}

function timeOf(name: string, given: string): Date {
  const time = new Date(given);
  if (Number.isNaN(time.getTime())) throw new UsageError(`${name}: expected a time, as 2026-11-24T10:00:00Z`);
  return time;
}
