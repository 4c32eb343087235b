import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KycError } from '../../../src/errors.ts';
import { defaultCodeLimits } from '../../../src/kyc/codes/code-limits.ts';
import { type Confirming, confirmCodes } from '../../../src/kyc/codes/confirm-codes.ts';
import type { CodeChannel } from '../../../src/kyc/codes/destination.ts';
import { type SendParts, sendDueCodes } from '../../../src/kyc/codes/send-due-codes.ts';
import type { CodeMessage, CodeSender } from '../../../src/kyc/codes/senders/code-sender.ts';
import { compileProgram } from '../../../src/kyc/compile-program.ts';
import { emptyDossier, type FieldFacts, writeDossier } from '../../../src/kyc/dossier.ts';
import type { Program } from '../../../src/kyc/program.ts';
import { jsonLogger } from '../../../src/lib/log.ts';
import { openSqliteStore } from '../../../src/store/sql/open-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { LocalKeyRing } from '../../../src/vault/key-ring.ts';
import { createVault, type Vault } from '../../../src/vault/vault.ts';
import { noConsequences } from '../../store/consequences.ts';
import { randomAccount, temporaryDirectory } from '../../support/test-anchor.ts';

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const start = Date.UTC(2030, 0, 1);

/** Keeps what it is to send; `fails` says what happens instead. */
export class KeepingSender implements CodeSender {
  readonly sent: CodeMessage[] = [];
  readonly channel: CodeChannel;
  fails: (message: CodeMessage) => Error | undefined = () => undefined;

  constructor(channel: CodeChannel) {
    this.channel = channel;
  }

  async send(message: CodeMessage): Promise<void> {
    const error = this.fails(message);
    if (error !== undefined) throw error;
    this.sent.push(message);
  }
}

/** A customer as the rest of the engine would keep them. */
export interface TestCustomer {
  readonly id: string;
  readonly vault: Vault;
  version: number;
  facts: Record<string, FieldFacts>;
}

/** A real store and everything around codes, at a time that the test decides. */
export interface CodeWorld extends AsyncDisposable {
  readonly store: Store;
  readonly program: Program;
  readonly parts: SendParts;
  readonly email: KeepingSender;
  readonly sms: KeepingSender;
  /** Every line that was logged. */
  readonly lines: string[];
  now: number;
  customer(values: Readonly<Record<string, string>>, account?: string): Promise<TestCustomer>;
  /** Sets a value, as a PUT does. */
  give(customer: TestCustomer, field: string, value: string): Promise<void>;
  /** Writes down what is known of the values. */
  keepFacts(customer: TestCustomer): void;
  /** Sends what is due; answers how many messages left. */
  send(parts?: Partial<SendParts>): Promise<number>;
  /** `confirmed`, `nothing new`, or the refusal. */
  guess(customer: TestCustomer, codes: Readonly<Record<string, string>>): Promise<string>;
}

/** A program that asks for a few fields, some of them to be confirmed by a code, whether that makes sense or not. */
export function verifyingProgram(verified: readonly string[]): Program {
  const optional = { optional: true };
  const fields = { email_address: optional, mobile_number: optional, language_code: optional, city: optional };
  const program = compileProgram({ types: { t: { decision: 'automatic', fields } } });
  const marked = [...program.fields].map(([key, asked]) => {
    return [key, asked.map((field) => ({ ...field, verify: verified.includes(key) }))] as const;
  });
  return { ...program, fields: new Map(marked) };
}

export async function openCodeWorld(): Promise<CodeWorld> {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'kyc.db');
  const store = await openSqliteStore(path, { now: () => new Date(world.now) });
  const database = new DatabaseSync(path);
  const program = verifyingProgram(['email_address', 'mobile_number']);
  const keyRing = new LocalKeyRing(new Map([['a', randomBytes(32)]]));
  const [email, sms, lines, digestKey] = [
    new KeepingSender('email'),
    new KeepingSender('sms'),
    [] as string[],
    randomBytes(32),
  ];
  const parts: SendParts = {
    store,
    keyRing,
    program,
    senders: [email, sms],
    limits: defaultCodeLimits,
    digest: (value) => createHmac('sha256', digestKey).update(value).digest(),
    smsCountries: undefined,
    appName: 'Example Anchor',
    log: jsonLogger('debug', (line) => void lines.push(line)),
  };
  const world: CodeWorld = {
    store,
    program,
    parts,
    email,
    sms,
    lines,
    now: start,
    customer: async (values, account = randomAccount()) => {
      const id = `c-${randomBytes(8).toString('hex')}`;
      const vault = await createVault(keyRing, id);
      const customer: TestCustomer = { id, vault, version: 1, facts: {} };
      const changes = { set: [], withdraw: [], files: [], consequences: noConsequences };
      await store.createCustomer({ id, identity: { account }, wrappedKey: vault.wrappedKey, ...changes });
      for (const [field, value] of Object.entries(values)) await world.give(customer, field, value);
      return customer;
    },
    give: async (customer, field, value) => {
      const { id, version, vault } = customer;
      const set = [{ field, sealed: vault.seal(field, value) }];
      customer.version += 1;
      customer.facts[field] = { rev: customer.version };
      const isVerified = program.fields.get(field)?.some(({ verify }) => verify) ?? false;
      const codes = isVerified ? [{ field, rev: customer.version }] : [];
      const consequences = { ...noConsequences, dossier: dossierOf(customer), codes };
      const written = await store.updateCustomer({ id, version, set, withdraw: [], files: [], consequences });
      assert.equal(written.outcome, 'stored');
    },
    keepFacts: (customer) => {
      database.prepare('update customers set dossier = ? where id = ?').run(dossierOf(customer), customer.id);
    },
    send: async (changed = {}) => {
      const before = email.sent.length + sms.sent.length;
      while ((await sendDueCodes({ ...parts, ...changed }, new Date(world.now))) > 0);
      return email.sent.length + sms.sent.length - before;
    },
    guess: async (customer, codes) => {
      const given = new Map(Object.entries(codes));
      const confirming: Confirming = customer;
      try {
        const confirmed = await confirmCodes({ store, program }, confirming, given, new Date(world.now));
        for (const key of confirmed) customer.facts[key] = { rev: customer.facts[key]?.rev ?? 0, confirmed: world.now };
        if (confirmed.size > 0) world.keepFacts(customer);
        return confirmed.size > 0 ? 'confirmed' : 'nothing new';
      } catch (error) {
        if (error instanceof KycError) return error.message;
        throw error;
      }
    },
    [Symbol.asyncDispose]: async () => {
      database.close();
      await store.close();
      await directory[Symbol.asyncDispose]();
    },
  };
  return world;
}

function dossierOf({ facts }: TestCustomer): string {
  return writeDossier({ ...emptyDossier, fields: facts });
}

/** A code that is surely another one. */
export function otherThan(code: string, by = 1): string {
  return String((Number(code) + by) % 1_000_000).padStart(6, '0');
}

/** The code that was sent last. */
export function lastCode({ sent }: KeepingSender): string {
  const message = sent.at(-1);
  assert.ok(message, 'nothing was sent');
  return message.code;
}

/** The same object with some of its methods changed. */
export function changed<T extends object>(original: T, changes: Partial<T>): T {
  return new Proxy(original, {
    get: (target, name) => {
      const found: unknown = Reflect.get(name in changes ? changes : target, name);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}
