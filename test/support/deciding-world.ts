import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import { CatchUp, Reevaluation } from '../../src/kyc/catch-up.ts';
import type { Check, CheckInput, CheckKind, CheckResult } from '../../src/kyc/checks/check.ts';
import { duplicate } from '../../src/kyc/checks/duplicate.ts';
import { defaultCodeLimits } from '../../src/kyc/codes/code-limits.ts';
import { sendDueCodes } from '../../src/kyc/codes/send-due-codes.ts';
import type { CodeMessage } from '../../src/kyc/codes/senders/code-sender.ts';
import { compileProgram } from '../../src/kyc/compile-program.ts';
import { type BuiltIn, openBuiltIn } from '../../src/kyc/open-built-in.ts';
import type { Program, ProgramDefinition } from '../../src/kyc/program.ts';
import type { TransactionLookup } from '../../src/kyc/transactions.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { type CustomerReply, customerReply } from '../../src/sep12/customer-reply.ts';
import type { CustomerContext, PutCustomer } from '../../src/sep12/integration.ts';
import type { Database } from '../../src/store/database.ts';
import { DiskFiles } from '../../src/store/files/disk-files.ts';
import { SealedFiles } from '../../src/store/files/sealed-files.ts';
import type { Tables } from '../../src/store/sql/tables.ts';
import type { Store } from '../../src/store/store.ts';
import { LocalKeyRing } from '../../src/vault/key-ring.ts';
import { groundAt, type TestEngine, testEngine } from './engines.ts';
import { temporaryDirectory } from './test-anchor.ts';

/** What a check is to say of an input; throwing stands for a service that is away. */
export type Judge = (check: string, input: CheckInput) => CheckResult | Promise<CheckResult>;

/** What a PUT may bring. */
export interface Brought {
  readonly fields?: Readonly<Record<string, string>>;
  readonly codes?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly transactionId?: string;
}

/** The built-in integration with its jobs over a real store, at a time and with checks that the test decides. */
export interface DecidingWorld extends AsyncDisposable {
  readonly database: Database;
  /** The database itself, past the store. */
  readonly db: Kysely<Tables>;
  readonly shared: Shared;
  readonly store: Store;
  /** Replaced when the program is. */
  readonly builtIn: BuiltIn;
  readonly program: Program;
  now: number;
  /** What checks of the kinds `test`, `early` and `two` say from now on. */
  judge: Judge;
  /** Every code that left, latest last. */
  readonly sent: CodeMessage[];
  readonly transactions: Map<string, NonNullable<Awaited<ReturnType<TransactionLookup['find']>>>>;
  /** Starts over with another program, as a restart does. */
  use(definition: ProgramDefinition): Promise<void>;
  put(account: string, type: string, brought?: Brought): Promise<string>;
  /** The answer as it leaves, held to the SEP by the renderer. */
  get(account: string, type: string, transactionId?: string): Promise<CustomerReply>;
  /** Runs what is due, once or until nothing is. */
  runChecks(times?: number): Promise<number>;
  sendCodes(): Promise<void>;
  /** What time and another program change, until nothing is left. */
  catchUp(): Promise<void>;
}

/** Kinds whose word is the test's: `test` runs when all is there, `early` at once, `two` finds what two people must look at, `lasting` what one must. */
export function judgedKinds(judge: Judge): ReadonlyMap<string, CheckKind> {
  const kind = (name: string, early: boolean, fourEyes: boolean, isLasting = fourEyes): CheckKind => ({
    name,
    inputs: [],
    early,
    fourEyes,
    isLasting,
    faultsOf: () => [],
    open: (settings): Check => ({
      run: async (input) => judge(String(settings['name'] ?? name), input),
    }),
  });
  const kinds = [
    kind('test', false, false),
    kind('early', true, false),
    kind('two', false, true),
    kind('lasting', true, false, true),
  ];
  return new Map(kinds.map((each) => [each.name, each]));
}

/** What another process needs to open the same world. */
export interface Shared {
  readonly directory: string;
  readonly databaseUrl: string;
  /** The key-encryption key. */
  readonly key: Uint8Array;
}

/** How a world is opened. */
export interface Opening {
  /** A world that there is already; its directory stays when this one is closed. */
  readonly shared?: Shared;
  /** How many times faster than outside time goes by itself. Default: 0. */
  readonly speed?: number;
  /** Of a new world. */
  readonly engine?: TestEngine;
}

/** Opens one on 1 January 2030 in a directory of its own. */
export async function openDecidingWorld(
  definition: ProgramDefinition,
  { shared, speed = 0, engine = testEngine }: Opening = {},
): Promise<DecidingWorld> {
  const own = shared === undefined ? await temporaryDirectory() : undefined;
  const directory = { path: shared?.directory ?? own?.path ?? '' };
  const key = shared?.key ?? randomBytes(32);
  const clock = { now: () => new Date(world.now + (Date.now() - openedAt) * speed) };
  const openedAt = Date.now();
  const judged = judgedKinds((check, input) => world.judge(check, input));
  const kinds = new Map([...judged, [duplicate.name, duplicate]]);
  const ground = shared === undefined ? await engine.open() : groundAt(shared.databaseUrl);
  const { database, databaseUrl } = ground;
  const store = await ground.openStore(clock);
  const files = new SealedFiles(new DiskFiles(join(directory.path, 'files')));
  const keyRing = new LocalKeyRing(new Map([['a', key]]));
  const sent: CodeMessage[] = [];
  const transactions: DecidingWorld['transactions'] = new Map();
  const send = async (message: CodeMessage): Promise<void> => void sent.push(message);
  const senders = [
    { channel: 'email', send },
    { channel: 'sms', send },
  ] as const;
  const codes = { senders, limits: defaultCodeLimits, smsCountries: undefined, appName: 'Example Anchor' };
  const open = async (): Promise<BuiltIn> =>
    openBuiltIn({
      ...{ store, files, keyRing, program: current.program, clock, kinds, log: silentLogger, codes },
      secret: () => undefined,
      transactions: { find: async (id) => transactions.get(id) },
    });
  const current = { program: compileProgram(definition, kinds), builtIn: undefined as BuiltIn | undefined };
  const world: DecidingWorld = {
    database,
    db: ground.openEngine().db,
    shared: { directory: directory.path, databaseUrl, key },
    store,
    get builtIn() {
      return current.builtIn ?? assert.fail('not open yet');
    },
    get program() {
      return current.program;
    },
    now: Date.UTC(2030, 0, 1),
    judge: () => ({ outcome: 'pass' }),
    sent,
    transactions,
    async use(next) {
      current.program = compileProgram(next, kinds);
      current.builtIn = await open();
    },
    async put(account, type, { files: sent = {}, ...brought } = {}) {
      const stored = Object.entries(sent).map(
        async ([field, bytes]) => [field, await files.store(Readable.from([bytes]))] as const,
      );
      const request = { ...requestOf(account, type, brought), files: new Map(await Promise.all(stored)) };
      return world.builtIn.integration.put(request, contextOf(account));
    },
    async get(account, type, transactionId) {
      const asked = { account, type, lang: 'en', ...(transactionId !== undefined && { transactionId }) };
      return customerReply(await world.builtIn.integration.get(asked, contextOf(account)));
    },
    async runChecks(times = Number.POSITIVE_INFINITY) {
      let done = 0;
      for (let time = 0; time < times; time++) {
        const some = await world.builtIn.runner.runDue();
        if (some === 0) break;
        done += some;
      }
      return done;
    },
    async sendCodes() {
      while ((await sendDueCodes(world.builtIn.sending, clock.now())) > 0);
    },
    async catchUp() {
      const [due, outdated] = [new CatchUp(world.builtIn.parts), new Reevaluation(world.builtIn.parts)];
      while ((await due.runDue()) > 0);
      while ((await outdated.runSome()) > 0);
    },
    async [Symbol.asyncDispose]() {
      await ground[Symbol.asyncDispose]();
      await own?.[Symbol.asyncDispose]();
    },
  };
  current.builtIn = await open();
  return world;
}

function requestOf(account: string, type: string, { fields = {}, codes = {}, transactionId }: Brought): PutCustomer {
  return {
    ...{ account, type, lang: 'en', files: new Map(), unknownFiles: new Set(), fileIds: new Map() },
    ...(transactionId !== undefined && { transactionId }),
    fields: new Map(Object.entries(fields)),
    verifications: new Map(Object.entries(codes)),
  };
}

function contextOf(account: string): CustomerContext {
  return { subject: { account, sub: account }, requestId: 'test' };
}
