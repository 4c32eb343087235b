import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { KycError } from '../../../src/errors.ts';
import type { CheckKind, CheckResult } from '../../../src/kyc/checks/check.ts';
import { builtInKinds } from '../../../src/kyc/checks/kinds.ts';
import { defaultCodeLimits } from '../../../src/kyc/codes/code-limits.ts';
import { compileProgram } from '../../../src/kyc/compile-program.ts';
import { type BuiltIn, openBuiltIn } from '../../../src/kyc/open-built-in.ts';
import type { ProgramDefinition } from '../../../src/kyc/program.ts';
import type { Operator } from '../../../src/kyc/review/operator.ts';
import type { Acted, ReviewDesk } from '../../../src/kyc/review/review-desk.ts';
import { jsonLogger } from '../../../src/lib/log.ts';
import type { CustomerAnswer, UploadedFile } from '../../../src/sep12/integration.ts';
import type { Memo } from '../../../src/stellar/memo.ts';
import { DiskFiles } from '../../../src/store/files/disk-files.ts';
import { SealedFiles } from '../../../src/store/files/sealed-files.ts';
import { openSqliteStore } from '../../../src/store/sql/open-store.ts';
import { openSqliteShredKeys } from '../../../src/store/sql/sql-shred-keys.ts';
import type { Store } from '../../../src/store/store.ts';
import { LocalKeyRing } from '../../../src/vault/key-ring.ts';
import { randomAccount, temporaryDirectory } from '../../support/test-anchor.ts';

export const hourMs = 3_600_000;

export const operators = {
  vic: { name: 'vic', role: 'viewer' },
  rob: { name: 'rob', role: 'reviewer' },
  rita: { name: 'rita', role: 'reviewer' },
  lea: { name: 'lea', role: 'lead' },
  liz: { name: 'liz', role: 'lead' },
  ada: { name: 'ada', role: 'admin' },
  abe: { name: 'abe', role: 'admin' },
} as const satisfies Record<string, Operator>;

const text = { type: 'string', description: 'x' } as const;

/** `basic` is decided by a person; `quick` by itself. Both are screened, by a check of four eyes. */
export const reviewed: ProgramDefinition = {
  types: {
    basic: {
      decision: 'review',
      fields: { first_name: {}, last_name: {}, city: { optional: true }, photo_id_front: { optional: true } },
      checks: ['screening'],
    },
    quick: { decision: 'automatic', fields: { first_name: {}, last_name: {} }, checks: ['screening', 'names'] },
    more: { extends: 'quick', fields: { city: {} } },
    own: { decision: 'automatic', fields: { first_name: {}, pet: text } },
  },
  checks: { screening: { use: 'screening' }, names: { use: 'names' } },
  review: {
    maxResubmissions: 2,
    reasons: { 'odd-city': { kind: 'retry', text: { en: 'Odd city', es: 'Ciudad rara' } } },
  },
};

/** A wallet of one identity. */
export interface TestWallet {
  readonly account: string;
  readonly memo?: Memo;
}

/** What checks say in this world, by kind; a test changes it. */
export interface Sayings {
  screening: CheckResult;
  names: CheckResult;
}

/** The built-in integration over a real store, with checks that say what a test wants, run when a test wants. */
export interface ReviewWorld extends AsyncDisposable {
  readonly builtIn: BuiltIn;
  readonly desk: ReviewDesk;
  readonly store: Store;
  readonly files: SealedFiles;
  readonly databasePath: string;
  readonly shredPath: string;
  readonly says: Sayings;
  readonly lines: string[];
  now: number;
  put(
    wallet: TestWallet,
    fields: Record<string, string>,
    more?: { type?: string; id?: string; file?: Uint8Array },
  ): Promise<string>;
  get(wallet: TestWallet, more?: { type?: string; id?: string; lang?: string }): Promise<CustomerAnswer>;
  runChecks(): Promise<void>;
  /** Someone of type `basic` whose checks are over. */
  customer(fields?: Record<string, string>, type?: string): Promise<{ id: string; wallet: TestWallet }>;
  /** Acts on the customer as they are now, unless the body names a version. */
  act(operator: Operator, id: string, body: Record<string, unknown>): Promise<Acted>;
  version(id: string): Promise<number>;
}

/** @param isShredded whether every data key has its other half in a shred store, as a server's has */
export async function openReviewWorld(
  definition: ProgramDefinition = reviewed,
  isShredded = false,
): Promise<ReviewWorld> {
  const directory = await temporaryDirectory();
  const databasePath = join(directory.path, 'kyc.db');
  const lines: string[] = [];
  const says: Sayings = { screening: { outcome: 'pass' }, names: { outcome: 'pass' } };
  const state = { now: Date.UTC(2030, 0, 1) };
  const clock = { now: () => new Date(state.now) };
  const store = await openSqliteStore(databasePath, clock);
  const files = new SealedFiles(new DiskFiles(join(directory.path, 'files')));
  const shredPath = join(directory.path, 'shreds.db');
  const shreds = isShredded ? await openSqliteShredKeys(shredPath) : undefined;
  const kind = (name: keyof Sayings, fourEyes: boolean): CheckKind => ({
    name,
    inputs: ['given_name', 'family_name'],
    early: false,
    fourEyes,
    faultsOf: () => [],
    open: () => ({ run: () => Promise.resolve(says[name]) }),
  });
  const kinds = new Map([...builtInKinds, ['screening', kind('screening', true)], ['names', kind('names', false)]]);
  const builtIn = await openBuiltIn({
    store,
    files,
    keyRing: new LocalKeyRing(new Map([['a', randomBytes(32)]])),
    program: compileProgram(definition, kinds),
    clock,
    log: jsonLogger('debug', (line) => void lines.push(line)),
    kinds,
    secret: () => undefined,
    shreds,
    codes: { senders: [], limits: defaultCodeLimits, smsCountries: undefined, appName: 'x' },
  });
  const { desk, integration, runner } = builtIn;
  const contextOf = ({ account, memo }: TestWallet) => ({
    subject: { sub: account, account, ...(memo && { memo }) },
    requestId: 'test',
  });
  const keyOf = ({ account, memo }: TestWallet) => ({
    account,
    lang: 'en',
    ...(memo && { memo: memo.value, memoType: memo.type }),
  });
  const none = { fileIds: new Map(), unknownFiles: new Set<string>(), verifications: new Map() };
  const version = async (id: string): Promise<number> => (await store.findCustomerById(id))?.version ?? 0;
  const world: Omit<ReviewWorld, 'now'> = {
    builtIn,
    desk,
    store,
    files,
    databasePath,
    shredPath,
    says,
    lines,
    put: async (wallet, fields, { file, ...more } = {}) => {
      const uploaded = new Map<string, UploadedFile>();
      if (file !== undefined) uploaded.set('photo_id_front', await files.store(chunks(file)));
      const request = { ...keyOf(wallet), ...none, ...more, fields: new Map(Object.entries(fields)), files: uploaded };
      return integration.put(request, contextOf(wallet));
    },
    get: (wallet, more = {}) => integration.get({ ...keyOf(wallet), ...more }, contextOf(wallet)),
    runChecks: async () => {
      while ((await runner.runDue()) > 0);
    },
    customer: async (fields = { first_name: 'Ada', last_name: 'Lovelace' }, type = 'basic') => {
      const wallet = { account: randomAccount() };
      const id = await world.put(wallet, fields, { type });
      await world.runChecks();
      return { id, wallet };
    },
    act: async (operator, id, body) =>
      desk.act(operator, id, { ...(needsNoVersion(body) ? {} : { version: await version(id) }), ...body }),
    version,
    [Symbol.asyncDispose]: async () => {
      await shreds?.close();
      await store.close();
      await directory[Symbol.asyncDispose]();
    },
  };
  return Object.defineProperty(world, 'now', {
    get: () => state.now,
    set: (now: number) => {
      state.now = now;
    },
  }) as ReviewWorld;
}

function needsNoVersion({ act }: Record<string, unknown>): boolean {
  return act === 'claim' || act === 'release';
}

async function* chunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** The code of the refusal, or `done`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof KycError) return error.code;
    throw error;
  }
}

export const hit: CheckResult = {
  outcome: 'review',
  reason: 'screening-hit',
  finding: 'list:1',
  evidence: { list: 'ofac', name: 'Secret Suspect' },
};
